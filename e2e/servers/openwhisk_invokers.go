package servers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/room"
)

const invokerServer = "OpenWhisk controllers and invokers, from the folder of " + OpenWhiskFolder + ", on Kafka and Kubernetes' own control plane"

// invokerClaims are what invokers prove, in the words of a list of what was not run.
var invokerClaims = []string{
	"each variable of controllers and invokers is in the configuration that they run with",
	"invokers start in the generated pod, with nothing of it substituted, and controllers find them healthy",
	"an action whose code is an attachment is made by the API and invoked, with its result and its log",
	"action pods have all that the template says, as the API server keeps them",
	"of a template with what the catalogue's model knows, and with what it does not, action pods have the first",
	"invokers ask the API server for all that their Role allows and for nothing else",
	"an invoker's drain loses no activation, another takes over, and its pods go with it",
}

// invokers are those of an environment beside its controllers.
type invokers struct {
	*openWhisk
	cluster   *actionCluster
	network   *room.Network
	image     string
	pods      []*podproc.Pod
	processes []*podproc.Process
}

// notRun lists claims with the reason why they were not run.
func (r *Run) notRun(why string, claims []string) {
	for _, claim := range claims {
		r.proved("not run: "+why, "not proved: %s", claim)
	}
}

// invokerRooms are where invokers run. The text says why there are none; it is
// empty if there can be.
func (r *Run) invokerRooms(folder string) (*room.Network, string, error) {
	if _, err := os.Stat(filepath.Join(folder, "invoker")); err != nil {
		return nil, OpenWhiskFolder + " has no invoker/", nil
	}
	network, err := r.rooms()
	if errors.Is(err, room.ErrRefused) {
		return nil, err.Error(), nil
	}
	return network, "", err
}

// invoke proves what invokers do, beside controllers that run.
func (o *openWhisk) invoke(network *room.Network, image string) error {
	v := &invokers{openWhisk: o, network: network, image: image}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"cluster", func() (err error) { v.cluster, err = newActionCluster(o.run); return err }},
		{"invokers", v.begin},
		{"configuration", v.effective},
		{"invoke", v.results},
		{"action pods", v.actionPods},
		{"rights", v.rights},
		{"drain", v.drain},
		{"template", v.fullTemplate},
		{"rights", v.refused},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// newPod makes an invoker's pod of an environment in a room.
func (v *invokers) newPod(env *golden.Env, i int) (*podproc.Pod, error) {
	hosts, err := os.ReadFile(v.hosts)
	if err != nil {
		return nil, err
	}
	ip, secrets := v.network.PodAddress(), maps.Clone(v.secrets)
	secrets[tokenSecret] = v.cluster.token
	return v.run.podOf(env, podproc.Options{
		Component: "invoker", Index: i, IP: ip, Secrets: secrets,
		// The first two are the kubelet's.
		Env: []string{"KUBERNETES_SERVICE_HOST=" + v.cluster.host, "KUBERNETES_SERVICE_PORT=" + v.cluster.port, javaOptions, logConfig},
		Room: func(name string, mounts []podproc.Mount) (podproc.Room, error) {
			return v.network.Room(ip, name, room.Options{Image: v.image, Hosts: string(hosts)}, mounts)
		},
	})
}

// begin starts invokers as a kubelet would, and waits until controllers use them.
func (v *invokers) begin() error {
	w, err := v.run.Env.Workload("invoker")
	if err != nil {
		return err
	}
	for i := range w.Replicas() {
		pod, err := v.newPod(v.run.Env, i)
		if err != nil {
			return err
		}
		v.pods = append(v.pods, pod)
	}
	v.processes = make([]*podproc.Process, len(v.pods))
	for i := range v.pods {
		if err := v.start(i); err != nil {
			return err
		}
	}
	for i := range v.pods {
		if err := v.ready(i); err != nil {
			return err
		}
		if made := v.pods[i].Substitutions(); len(made) > 0 {
			return fmt.Errorf("substituted: %s", strings.Join(made, "; "))
		}
	}
	v.run.proved(invokerServer, "%d invokers start in the generated pod, with nothing of it substituted, and are healthy to %d controllers", len(v.pods), len(v.ips))
	return nil
}

func (v *invokers) start(i int) (err error) {
	v.processes[i], err = v.pods[i].Start("invoker")
	return err
}

// ready waits until an invoker's probes pass and each controller takes it for
// healthy, by an action that it has run.
func (v *invokers) ready(i int) error {
	err := v.run.probesPass(v.pods[i], "invoker", 2*time.Minute)
	if err == nil {
		err = v.seen(i, "up", 2*time.Minute)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(v.processes[i].Log()))
	}
	return nil
}

// seen waits until each controller sees an invoker in a state.
func (v *invokers) seen(i int, state string, patience time.Duration) error {
	return eventually(v.run.Context, patience, func() error {
		for c, ip := range v.ips {
			states, err := v.states(ip)
			if err != nil {
				return err
			}
			// Names are "invoker0/invoker-0", with the id and the unique name.
			got := ""
			for name, s := range states {
				if strings.HasPrefix(name, fmt.Sprintf("invoker%d/", i)) {
					got = s
				}
			}
			if got != state {
				return fmt.Errorf("invoker %d is not %s to controller %d, which sees %v", i, state, c, states)
			}
		}
		return nil
	})
}

func (v *invokers) states(controller string) (map[string]string, error) {
	q, err := http.NewRequestWithContext(v.run.Context, http.MethodGet, "http://"+controller+":8080/invokers", nil)
	if err != nil {
		return nil, err
	}
	answer, err := (&http.Client{Timeout: 10 * time.Second}).Do(q)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	var states map[string]string
	if err := json.Unmarshal(said, &states); err != nil {
		return nil, fmt.Errorf("GET /invokers: status %d: %.200s", answer.StatusCode, said)
	}
	return states, nil
}
