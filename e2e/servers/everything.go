package servers

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// everythingClaims are what all features prove together, in the words of a list of what
// was not run.
var everythingClaims = []string{
	"with all features on, a controller and an invoker run actions over the installation's own Kafka with TLS and a login",
	"tenants and packages are put in beside each other, and a tenant calls an action",
}

// together is one installation whose environment has all features on.
type together struct {
	*invokers
	kafka    *securedBrokers
	tenants  *tenants
	packages *packages
}

// Everything proves that the servers of an environment with all features on run beside
// each other: brokers with a certificate and a login, CouchDB with all users, controllers
// and invokers, tenants, packages, a Redis with a certificate and a password. Without the folder with
// OpenWhisk it says what was not run.
func Everything(r *Run) error {
	folder := os.Getenv(OpenWhiskFolder)
	if folder == "" {
		r.notRun(OpenWhiskFolder+" is not set", everythingClaims)
		return nil
	}
	network, without, err := r.invokerRooms(folder)
	if err != nil {
		return fmt.Errorf("everything: %w", err)
	}
	if network == nil {
		r.notRun(without, everythingClaims)
		return nil
	}
	e := &together{invokers: &invokers{network: network, image: filepath.Join(folder, "invoker")}}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"Kafka", func() (err error) { e.kafka, err = newSecuredBrokers(r); return err }},
		{"brokers", func() error { return e.kafka.brokers.begin() }},
		{"topics", func() error { return e.kafka.topics() }},
		{"OpenWhisk", func() error { return e.control(r, folder) }},
		{"tenants", e.sync}, {"packages", e.install},
		{"cluster", func() error { return e.join(r) }},
		{"invokers", func() error {
			return e.invokingWith(e.kafka.client, map[string]string{"kafka-client": "/kafka-client"})
		}},
		{"actions", e.results}, {"tenant", e.called},
		{"Redis", func() error { return RedisSecured(r) }},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("everything: %s: %w", step.name, err)
		}
	}
	return nil
}

// control starts CouchDB and the controllers.
func (e *together) control(r *Run, folder string) error {
	secrets := hexSecrets()
	maps.Copy(secrets, e.kafka.secrets)
	for _, provider := range []string{"alarms", "kafka"} {
		secrets["couchdb-admin"][provider+"-username"], secrets["couchdb-admin"][provider+"-password"] = provider, strings.Repeat("0b", 24)
	}
	r.secrets = secrets
	o, err := newOpenWhiskOn(r, folder, e.kafka.brokers, secrets)
	if err != nil {
		return err
	}
	e.openWhisk = o
	for _, pod := range o.pods {
		if err := e.kafka.client(pod); err != nil {
			return err
		}
	}
	return o.begin()
}

// sync writes the tenants.
func (e *together) sync() error {
	e.tenants = &tenants{couch: e.couch}
	if err := e.tenants.made(); err != nil {
		return err
	}
	for _, name := range []string{"keys-of-tenants", "keys-of-all"} {
		e.secrets[name] = e.tenants.keys
	}
	_, log, err := e.tenants.runOnce(e.run.Env)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(log))
	}
	return nil
}

// install puts the packages in, those of the providers among them.
func (e *together) install() error {
	e.packages = &packages{openWhisk: e.openWhisk}
	log, err := e.packages.installer(e.run.Env)
	if err != nil {
		return err
	}
	there, err := e.packages.there()
	if err != nil {
		return err
	}
	for _, name := range []string{"apimgmt/createApi", "utils/echo", "samples/greeting", "alarms", "messaging"} {
		if there[name] == "" {
			return fmt.Errorf("there is no %s: %v\n%s", name, there, tail(log))
		}
	}
	e.run.proved(openWhiskServer, "with all features on, package-installer puts %d packages and actions in by the API of controllers whose Kafka wants a certificate and a login", len(there))
	return nil
}

// join starts a Kubernetes for action pods, which has what their template asks for.
func (e *together) join(r *Run) (err error) {
	if e.cluster, err = newActionCluster(r); err != nil {
		return err
	}
	low := &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "low"}, Value: -10}
	if _, err = e.cluster.set.SchedulingV1().PriorityClasses().Create(r.Context, low, metav1.CreateOptions{}); err != nil {
		return err
	}
	sandbox := &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: "gvisor"}, Handler: "runsc"}
	_, err = e.cluster.set.NodeV1().RuntimeClasses().Create(r.Context, sandbox, metav1.CreateOptions{})
	return err
}

// called is an action of a tenant's namespace with limits of its own, and one that a
// blocked tenant asks for.
func (e *together) called() error {
	t, o := e.tenants, e.openWhisk
	if err := t.all(o, []asked{
		{"team.all", http.MethodPut, "/_/actions/echo", madeAction("nodejs:20", 256), []int{200}, ""},
		{"team.all", http.MethodPost, "/_/actions/echo?blocking=true", map[string]string{}, []int{200}, `"success":true`},
		{"team.all", http.MethodPost, "/whisk.system/actions/utils/echo?blocking=true", map[string]string{"a": "b"}, []int{200}, `"a":"b"`},
		{"team.dev", http.MethodPut, "/_/actions/large", madeAction("nodejs:20", 512), []int{400}, ""},
		{"team.plain", http.MethodGet, "/_/actions", nil, []int{200}, ""},
		{"team.blocked", http.MethodGet, "/_/actions", nil, []int{401}, ""},
	}); err != nil {
		return err
	}
	e.run.proved(invokerServer, "with all features on, a tenant's namespace runs its own action and one of whisk.system over a Kafka with TLS and a login, each namespace has its own limits, and a blocked tenant is answered 401")
	return nil
}

// invokingWith starts invokers whose init containers ran on this machine: prepare runs
// them in a pod, and files are what they left, by volume.
func (v *invokers) invokingWith(prepare func(*podproc.Pod) error, files map[string]string) error {
	w, err := v.run.Env.Workload("invoker")
	if err != nil {
		return err
	}
	for i := range w.Replicas() {
		before, err := v.run.pod(podproc.Options{Component: "invoker", Index: i, Secrets: v.secrets, Env: []string{javaOptions}})
		if err == nil {
			err = prepare(before)
		}
		if err != nil {
			return err
		}
		pod, err := v.newPod(v.run.Env, i)
		if err != nil {
			return err
		}
		for volume, folder := range files {
			if err := handed(before, folder, pod, volume); err != nil {
				return err
			}
		}
		v.pods = append(v.pods, pod)
		v.processes = append(v.processes, nil)
		if err := v.start(i); err != nil {
			return err
		}
		if err := v.ready(i); err != nil {
			return err
		}
	}
	return nil
}

// handed writes what init containers made where they would have made it.
func handed(from *podproc.Pod, folder string, to *podproc.Pod, volume string) error {
	files, err := os.ReadDir(from.Path(folder))
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(from.Path(folder), f.Name()))
		if err == nil {
			err = to.WriteFile(volume, f.Name(), string(text), nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
