package servers

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// stoodFor is a server that is not run here, or not everywhere: a fake has its
// documented paths.
type stoodFor struct {
	name  string
	port  int
	paths map[string]bool
}

var stoodFors = []stoodFor{
	{"controller", 8080, map[string]bool{"/ping": true, "/invokers": true, "/activation/count": true}},
	{"invoker", 8080, map[string]bool{"/ping": true}},
	{"apigateway", 9000, map[string]bool{"/v1/health-check": true}},
	{"kafka-exporter", 9308, map[string]bool{"/metrics": true}},
}

// Probes runs the probes of servers that are stood for against fakes with their
// documented paths, and against their absence. Those of the other servers are
// run in their own checks.
func Probes(r *Run) error {
	for _, c := range stoodFors {
		if !r.has(c.name) {
			continue
		}
		ip, err := r.address(c.name)
		if err != nil {
			return fmt.Errorf("probes: %w", err)
		}
		pod, err := r.pod(podproc.Options{Component: c.name, IP: ip})
		if err != nil {
			return fmt.Errorf("probes: %w", err)
		}
		if err := r.probesFail(pod, c.name); err != nil {
			return fmt.Errorf("probes: %w", err)
		}
		if _, err := r.newFake(c.name, ip, c.port, func(w http.ResponseWriter, q *http.Request) bool {
			if !c.paths[q.URL.Path] {
				w.WriteHeader(http.StatusUnauthorized)
			}
			return true
		}); err != nil {
			return err
		}
		if err := r.probesPass(pod, c.name, 0); err != nil {
			return fmt.Errorf("probes: %w", err)
		}
		r.proved("a fake of the documented paths", "probes of %s ask for what it has, and fail in its absence", c.name)
	}
	return nil
}

// Drain runs the preStop commands of an environment.
func Drain(r *Run) error {
	for _, step := range []func(*Run) error{drainController, drainInvoker, drainOthers} {
		if err := step(r); err != nil {
			return fmt.Errorf("preStop: %w", err)
		}
	}
	return nil
}

// drainPod is a pod whose preStop asks a fake of itself; the long sleeps are
// shortened.
func (r *Run) drainPod(component string, sleeps ...podproc.Rule) (*podproc.Pod, string, error) {
	ip, err := r.address(component)
	if err != nil {
		return nil, "", err
	}
	rules := append(sleeps, podproc.Rule{In: "file drain.sh", From: "http://127.0.0.1:8080", To: "http://" + ip + ":8080", Always: true})
	pod, err := r.pod(podproc.Options{Component: component, IP: ip, Rules: rules})
	return pod, ip, err
}

func (r *Run) preStop(pod *podproc.Pod, container string) (string, error) {
	command, err := pod.PreStop(container)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(r.Context, 60*time.Second)
	defer cancel()
	log, err := pod.Exec(ctx, container, command)
	if err != nil {
		return log, fmt.Errorf("%s of %s: %w: %s", strings.Join(command, " "), container, err, tail(log))
	}
	return log, nil
}

// authorized says whether a request has the Basic login of a component's Secret.
func authorized(header, component string) error {
	secret := madeSecrets()["openwhisk-admin"]
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(secret[component+"-username"]+":"+secret[component+"-password"]))
	if header != want {
		return fmt.Errorf("POST /disable of %s has Authorization %q, not the login of Secret openwhisk-admin", component, header)
	}
	return nil
}

func drainController(r *Run) error {
	first, err := r.firstWait("controller")
	if err != nil {
		return err
	}
	pod, ip, err := r.drainPod("controller",
		podproc.Rule{In: "file drain.sh", From: fmt.Sprintf("sleep %d", first), To: "sleep 0", Always: true},
		podproc.Rule{In: "file drain.sh", From: "+ 330", To: "+ 6", Always: true})
	if err != nil {
		return err
	}
	if _, err := r.preStop(pod, "controller"); err != nil {
		return fmt.Errorf("without a controller: %w", err)
	}
	running := 3
	shown := ""
	var slow time.Duration
	f, err := r.newFake("controller", ip, 8080, func(w http.ResponseWriter, q *http.Request) bool {
		switch q.Method + " " + q.URL.Path {
		case "GET /activation/count":
			time.Sleep(slow)
			fmt.Fprint(w, running)
			running = max(running-1, 0)
		case "POST /disable":
			shown = inProcessList(madeSecrets()["openwhisk-admin"]["controller-password"])
		default:
			w.WriteHeader(http.StatusNotFound)
		}
		return true
	})
	if err != nil {
		return err
	}
	log, err := r.preStop(pod, "controller")
	if err != nil {
		return err
	}
	var order []string
	for _, q := range f.all() {
		order = append(order, q.Method+" "+q.Path)
	}
	want := "GET /activation/count, GET /activation/count, GET /activation/count, GET /activation/count, POST /disable"
	if got := strings.Join(order, ", "); got != want {
		return fmt.Errorf("controller, with 3 running activations: asked %s, not %s\n%s", got, want, log)
	}
	last, _ := f.last()
	if err := authorized(last.Header.Get("Authorization"), "controller"); err != nil {
		return err
	}
	if shown != "" {
		return fmt.Errorf("the password of the controller is in the list of processes: %s", shown)
	}
	r.proved("sh, curl", "preStop of controller waits until no activation runs, then disables it with its login, which is in no list of processes; without a controller it ends")

	// Answers that take their time are no reason to wait longer.
	running = 1000
	slow = time.Second
	start := time.Now()
	if log, err = r.preStop(pod, "controller"); err != nil {
		return err
	}
	if took := time.Since(start); took < 5*time.Second || took > 12*time.Second {
		return fmt.Errorf("controller, with activations that never end: preStop takes %s, not 6 s\n%s", took, log)
	}
	r.proved("sh, curl", "preStop of controller gives up after the time of controller.drain (330 s, here 6), however slowly it is answered")
	return pod.Checked()
}

// drainOthers runs the preStop commands that only wait. Traffic runs nginx's.
func drainOthers(r *Run) error {
	for _, w := range r.Env.Workloads {
		component := w.Metadata.Labels["app.kubernetes.io/name"]
		for _, c := range w.Spec.Template.Spec.Containers {
			if component == "controller" || component == "invoker" || component == "nginx" || c.Lifecycle.PreStop.Exec == nil {
				continue
			}
			wait, err := r.firstWait(component)
			if err != nil {
				return fmt.Errorf("nothing is known here of preStop %q of %s: %w", c.Lifecycle.PreStop.Exec.Command, component, err)
			}
			command := c.Lifecycle.PreStop.Exec.Command
			rule := podproc.Rule{In: "command", From: strconv.Itoa(wait), To: "0.1", Always: true}
			if script := command[len(command)-1]; strings.HasSuffix(script, ".sh") {
				rule = podproc.Rule{In: "file " + filepath.Base(script), From: fmt.Sprintf("sleep %d", wait), To: "sleep 0.1", Always: true}
			}
			pod, err := r.pod(podproc.Options{
				Component: component, IP: "127.0.0.1", Secrets: withTLS(map[string]map[string]string{}), Rules: []podproc.Rule{rule},
			})
			if err != nil {
				return err
			}
			if _, err := r.preStop(pod, c.Name); err != nil {
				return err
			}
			r.proved("sh, sleep", "preStop of %s runs", component)
		}
	}
	return nil
}

// inProcessList is the command line that shows a secret, if one does.
func inProcessList(secret string) string {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, line := range lines {
		text, err := os.ReadFile(line)
		if err == nil && strings.Contains(string(text), secret) {
			return strings.ReplaceAll(string(text), "\x00", " ")
		}
	}
	return ""
}
