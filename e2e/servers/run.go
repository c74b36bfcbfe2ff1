// Package servers proves that real servers read and keep what whiskops
// generates.
//
// An environment of golden comes in. Each check is a function of it that starts
// the servers on loopback addresses with exactly the generated command, files
// and variables (package podproc), asks them, and says each thing that it has
// proved. The first thing that does not hold is its error. So a check can be
// given an environment with a fault made on purpose, and must find it.
package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/whiskops/whiskops/e2e/bounds"
	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/room"
)

// Run is one run of checks on one environment.
type Run struct {
	Context context.Context
	Env     *golden.Env
	Guard   *podproc.Guard
	// Print shows a line of progress.
	Print func(line string)

	// addresses gives one of this machine's on which ports are free.
	addresses func(ports ...int) (string, error)
	// network is that of the run's rooms, once it has one.
	network *room.Network
	// entrypoints are of the images of nginx's sidecars that run, by image.
	entrypoints map[string][]string
	// secrets are those of the platform that all pods of the run may mount.
	secrets map[string]map[string]string
	// databaseSize makes the database's volume a filesystem of this size, if it is
	// not empty.
	databaseSize string

	start time.Time
	mu    sync.Mutex
	ends  []func()
	// late are claims that took longer than somebody waits.
	late []error
}

// NewRun begins a run. Close ends what it started.
func NewRun(ctx context.Context, env *golden.Env, print func(string)) (*Run, error) {
	guard, err := podproc.NewGuard()
	if err != nil {
		return nil, err
	}
	return &Run{Context: ctx, Env: env, Guard: guard, Print: print, addresses: loopback.Address, start: time.Now()}, nil
}

// Close ends all that the run started. Its error has the claims that took too long.
func (r *Run) Close() error {
	for i := len(r.ends) - 1; i >= 0; i-- {
		r.ends[i]()
	}
	return errors.Join(append(r.late, r.Guard.Close())...)
}

// rooms makes a network for them, and has all other addresses where they reach
// them. On a machine that allows none the error is a room.ErrRefused.
func (r *Run) rooms() (*room.Network, error) {
	if r.network != nil {
		return r.network, nil
	}
	network, err := room.New(r.Guard)
	if err != nil {
		return nil, err
	}
	r.atEnd(network.Close)
	r.network, r.addresses = network, network.Address
	return network, nil
}

func (r *Run) atEnd(f func()) { r.ends = append(r.ends, f) }

// Claim is a line of the proof: what holds for an environment.
type Claim struct {
	Environment string  `json:"environment"`
	Claim       string  `json:"claim"`
	Server      string  `json:"server"`
	Seconds     float64 `json:"seconds"`
}

// proved says what has been shown, of which server. With E2E_REPORT it
// is also a line of JSON at the end of that file. What it says of a time is held
// against package bounds.
func (r *Run) proved(server, format string, values ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	claim := Claim{r.Env.Name, fmt.Sprintf(format, values...), server, time.Since(r.start).Round(100 * time.Millisecond).Seconds()}
	r.Print(fmt.Sprintf("%s: proved: %s (%s, after %.1fs)", claim.Environment, claim.Claim, server, claim.Seconds))
	if err := bounds.Check(claim.Claim, claim.Seconds); err != nil {
		r.late = append(r.late, fmt.Errorf("%s: %w", claim.Environment, err))
	}
	path := os.Getenv("E2E_REPORT")
	if path == "" {
		return
	}
	line, err := json.Marshal(claim)
	if err != nil {
		r.Print(err.Error())
		return
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		r.Print(err.Error())
		return
	}
	defer file.Close()
	if _, err := file.Write(append(line, '\n')); err != nil {
		r.Print(err.Error())
	}
}

// pod makes a pod and, in the end, lists what was substituted in it.
func (r *Run) pod(o podproc.Options) (*podproc.Pod, error) { return r.podOf(r.Env, o) }

// podOf is pod for another environment than the run's.
func (r *Run) podOf(env *golden.Env, o podproc.Options) (*podproc.Pod, error) {
	if o.IP == "" {
		ip, err := r.address(o.Component)
		if err != nil {
			return nil, err
		}
		o.IP = ip
	}
	secrets := madeSecrets()
	maps.Copy(secrets, r.secrets)
	for name, data := range o.Secrets {
		secrets[name] = data
	}
	o.Secrets = secrets
	pod, err := podproc.New(env, r.Guard, o)
	if err != nil {
		return nil, err
	}
	r.atEnd(func() {
		for _, line := range pod.Substitutions() {
			r.Print(fmt.Sprintf("%s: substituted in %s: %s", r.Env.Name, pod.Name(), line))
		}
	})
	return pod, nil
}

// has tells whether the environment has a component.
func (r *Run) has(component string) bool {
	_, err := r.Env.Workload(component)
	return err == nil
}

// address is an address of this machine on which a component's own ports are free.
func (r *Run) address(component string) (string, error) {
	w, err := r.Env.Workload(component)
	if err != nil {
		return "", err
	}
	var ports []int
	for _, c := range w.Spec.Template.Spec.Containers {
		for _, p := range c.Ports {
			ports = append(ports, p.ContainerPort)
		}
	}
	return r.addresses(ports...)
}

// madeSecrets are the Secrets that people make, as the environments' README
// says, and the one that Kubernetes' controllers fill. Their values have what makes
// quoting go wrong.
func madeSecrets() map[string]map[string]string {
	return map[string]map[string]string{
		"couchdb-admin": {
			"username": "admin", "password": "a'd $m\"i\\n %",
			"controller-username": "controller", "controller-password": "c'o $n\"t\\r %",
			"invoker-username": "invoker", "invoker-password": "i'n $v\"o\\k %",
		},
		"openwhisk-admin": {
			"controller-username": "controller.admin", "controller-password": "p'a $s\"s\\w %o",
			"invoker-username": "invoker.admin", "invoker-password": "q'a $s\"s\\w %o",
		},
		"openwhisk-subjects": {
			"whisk.system": "00000000-0000-4000-8000-00000000000a:" + strings.Repeat("0system0", 8),
			"guest":        "00000000-0000-4000-8000-00000000000b:" + strings.Repeat("1guest_1", 8),
		},
		"redis-password": {"password": redisPassword},
		// Who needs one of these to be right brings it.
		"kafka-user": {"username": "", "password": ""}, "kafka-ca": {"ca.crt": ""}, "kafka-client": {"tls.crt": "", "tls.key": ""},
		"couchdb-ca": {"bundle.pem": ""}, "redis-ca": {"ca.crt": ""}, "redis-tls": {"tls.crt": "", "tls.key": "", "ca.crt": ""},
		tokenSecret: {"ca.crt": "certificate", "namespace": "openwhisk", "token": "token"},
	}
}

// eventually tries until there is no error, or returns the last one.
func eventually(ctx context.Context, patience time.Duration, try func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := try()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// wrong is an error that tells what was seen, and its cause if there is one.
func wrong(cause error, format string, values ...any) error {
	what := fmt.Sprintf(format, values...)
	if cause == nil {
		return errors.New(what)
	}
	return fmt.Errorf("%s: %w", what, cause)
}
