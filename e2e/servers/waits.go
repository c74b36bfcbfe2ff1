package servers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/golden"
	"github.com/whiskops/whiskops/e2e/servers/loopback"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// elsewhere are waits that the checks of their servers run.
var elsewhere = map[string]bool{"couchdb": true, "topics": true}

// patience is how long a wait that must not end is watched: more than one try.
const patience = 1500 * time.Millisecond

// waitEnds runs a wait: it must end with success, or go on until it is told to
// end, as when its pod is deleted.
func waitEnds(ctx context.Context, pod *podproc.Pod, container string, ends bool) error {
	return waitEndsWithin(ctx, pod, container, ends, patience)
}

// waitEndsWithin is waitEnds with the time for which a wait must go on.
func waitEndsWithin(ctx context.Context, pod *podproc.Pod, container string, ends bool, patience time.Duration) error {
	process, err := pod.Start(container)
	if err != nil {
		return err
	}
	defer process.Kill()
	limit := patience
	if ends {
		limit = 20 * time.Second
	}
	deadline := time.Now().Add(limit)
	for process.Running() && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	switch {
	case ends && process.Running():
		return fmt.Errorf("%s goes on although all is there: %s", container, tail(process.Log()))
	case ends:
		if err := process.Wait(ctx); err != nil {
			return fmt.Errorf("%w: %s", err, tail(process.Log()))
		}
		return nil
	case !process.Running():
		return fmt.Errorf("%s ends although what it waits for is not there: %s", container, tail(process.Log()))
	}
	// The shell sees a signal when its sleep has ended.
	if err := process.Stop(syscall.SIGTERM, 12*time.Second); err != nil {
		return fmt.Errorf("%s: %w", container, err)
	}
	return nil
}

// endpoint is what a wait asks: the name that the pods use, the Service's port,
// and whether it answers HTTP.
type endpoint struct {
	from, service string
	port          int
	path          string
}

// Waits runs each distinct wait of an environment against what it waits for,
// absent and present, by this machine's sh and by the shell that the image has.
// Those for CouchDB and for Kafka's topics are run against the servers, in the
// checks CouchDB and Kafka.
func Waits(r *Run) error {
	if err := programs.Need("nc", "curl", "busybox"); err != nil {
		return fmt.Errorf("waits: %w", err)
	}
	shells, err := r.busybox()
	if err != nil {
		return fmt.Errorf("waits: %w", err)
	}
	seen := map[string]bool{}
	for _, w := range r.Env.Workloads {
		component := w.Metadata.Labels["app.kubernetes.io/name"]
		for _, c := range w.Spec.Template.Spec.InitContainers {
			target, ok := strings.CutPrefix(c.Name, "wait-for-")
			if !ok || elsewhere[target] {
				continue
			}
			key := strings.Join(c.Command, "\n")
			if seen[key] {
				continue
			}
			seen[key] = true
			for _, path := range [][]string{nil, {shells}} {
				if err := r.wait(component, c, target, path); err != nil {
					return fmt.Errorf("waits: %s of %s: %w", c.Name, component, err)
				}
			}
			r.proved("sh, busybox sh, nc, curl", "%s of %s goes on until %s is there, and ends on SIGTERM", c.Name, component, target)
		}
	}
	// That for brokers, and that of the smoke test.
	if len(seen) < 2 {
		return fmt.Errorf("waits: only %d distinct waits were found", len(seen))
	}
	return nil
}

// busybox is a folder with the shell of Alpine's images.
func (r *Run) busybox() (string, error) {
	folder, err := r.Guard.Folder("busybox")
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs("/bin/busybox")
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		path = "/usr/bin/busybox"
	}
	for _, name := range []string{"sh", "expr", "test", "grep", "sleep"} {
		if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
			return "", err
		}
	}
	return folder, nil
}

func (r *Run) wait(component string, c golden.Container, target string, path []string) error {
	points, err := r.endpoints(target)
	if err != nil {
		return err
	}
	var rules []podproc.Rule
	var addresses []string
	for _, p := range points {
		_, port, err := r.Env.Target(p.service, p.port)
		if err != nil {
			return err
		}
		ip, err := loopback.Address(port)
		if err != nil {
			return err
		}
		address := net.JoinHostPort(ip, strconv.Itoa(port))
		rules = append(rules, podproc.Rule{From: p.from, To: strings.ReplaceAll(strings.ReplaceAll(p.from, p.host(), ip), ip+"/", address+"/")})
		addresses = append(addresses, address)
	}
	pod, err := podproc.New(r.Env, r.Guard, podproc.Options{
		Component: component, IP: "127.0.0.1", Rules: rules, Path: path,
		Secrets: withTLS(madeSecrets()),
	})
	if err != nil {
		return err
	}
	if err := waitEnds(r.Context, pod, c.Name, false); err != nil {
		return err
	}
	// A majority is enough, and less is not.
	for i, address := range addresses {
		most := 2*(i+1) > len(addresses)
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		defer listener.Close()
		if want := points[i].path; want != "" {
			go func() { _ = http.Serve(listener, onlyPath(want)) }()
		}
		if err := waitEnds(r.Context, pod, c.Name, most); err != nil {
			return fmt.Errorf("with %d of %d: %w", i+1, len(addresses), err)
		}
		if most {
			return nil
		}
	}
	return nil
}

// host is the name in what a pod writes.
func (p endpoint) host() string {
	return strings.TrimSuffix(strings.TrimPrefix(p.from, "http://"), "/")
}

func onlyPath(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != path {
			w.WriteHeader(http.StatusNotFound)
		}
	})
}

func withTLS(secrets map[string]map[string]string) map[string]map[string]string {
	secrets["nginx-tls"] = map[string]string{"tls.crt": "", "tls.key": ""}
	return secrets
}

// endpoints are the addresses of a component by which others wait for it.
func (r *Run) endpoints(target string) ([]endpoint, error) {
	w, err := r.Env.Workload(target)
	if err != nil {
		return nil, err
	}
	switch target {
	case "kafka":
		var list []endpoint
		for i := range w.Replicas() {
			list = append(list, endpoint{fmt.Sprintf("kafka-%d.kafka", i), "kafka", 9092, ""})
		}
		return list, nil
	case "redis":
		return []endpoint{{"redis." + w.Metadata.Namespace + ".svc.cluster.local", "redis", 6379, ""}}, nil
	case "nginx":
		return []endpoint{{"http://nginx-internal/", "nginx-internal", 80, "/healthz"}}, nil
	}
	return nil, errors.New("nothing is known here of a wait for " + target)
}
