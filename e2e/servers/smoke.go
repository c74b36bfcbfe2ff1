package servers

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// openwhisk is a fake of the REST API: one action, made, invoked and deleted.
type openwhisk struct {
	mu     sync.Mutex
	made   bool
	wrong  bool
	refuse int
	shown  string
	sum    string
	calls  []string
}

func (o *openwhisk) answer(w http.ResponseWriter, q *http.Request) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := madeSecrets()["openwhisk-subjects"]["guest"]
	if o.shown == "" {
		o.shown = inProcessList(strings.Split(key, ":")[1])
	}
	user, password, _ := q.BasicAuth()
	call := q.Method + " " + q.URL.RequestURI()
	o.calls = append(o.calls, call)
	switch {
	case user+":"+password != key:
		w.WriteHeader(http.StatusUnauthorized)
	case o.refuse > 0:
		o.refuse--
		w.WriteHeader(http.StatusServiceUnavailable)
	case call == "PUT /api/v1/namespaces/_/actions/whiskops-smoke?overwrite=true":
		o.made = true
		fmt.Fprint(w, "{}")
	case call == "POST /api/v1/namespaces/_/actions/whiskops-smoke?blocking=true&result=true" && o.made && !o.wrong:
		fmt.Fprint(w, o.sum)
	case call == "POST /api/v1/namespaces/_/actions/whiskops-smoke?blocking=true&result=true" && o.made:
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, `{"activationId":"1"}`)
	case call == "DELETE /api/v1/namespaces/_/actions/whiskops-smoke" && o.made:
		o.made = false
		fmt.Fprint(w, "{}")
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return true
}

// Smoke runs the smoke test's program against a fake of OpenWhisk's API: one
// that works after a while, and one whose answers do not come.
func Smoke(r *Run) error {
	if err := smoke(r); err != nil {
		return fmt.Errorf("smoke test: %w", err)
	}
	return nil
}

func smoke(r *Run) error {
	if err := programs.Need("curl"); err != nil {
		return err
	}
	component, port, err := r.Env.Target("nginx-internal", 80)
	if err != nil {
		return err
	}
	ip, err := r.address(component)
	if err != nil {
		return err
	}
	sum, err := json.MarshalIndent(map[string]int{"sum": 42}, "", "  ")
	if err != nil {
		return err
	}
	api := &openwhisk{refuse: 2, sum: string(sum)}
	if _, err := r.newFake("nginx", ip, port, api.answer); err != nil {
		return err
	}
	address := net.JoinHostPort(ip, strconv.Itoa(port))
	run := func() (string, error) {
		pod, err := r.pod(podproc.Options{Component: "smoke-test", IP: ip, Rules: []podproc.Rule{
			{In: "env API_URL", From: "http://nginx-internal/", To: "http://" + address + "/", Always: true},
			{In: "file smoke.sh", From: "sleep 5", To: "sleep 0.2", Always: true},
			{In: "file smoke.sh", From: "patience=600", To: "patience=4", Always: true},
		}})
		if err != nil {
			return "", err
		}
		ctx, cancel := context.WithTimeout(r.Context, 30*time.Second)
		defer cancel()
		log, err := pod.Run(ctx, "smoke-test")
		if missing := pod.Checked(); missing != nil {
			return log, missing
		}
		return log, err
	}
	log, err := run()
	if err != nil {
		return fmt.Errorf("%w: %s\n%s", err, tail(log), strings.Join(api.calls, "\n"))
	}
	if api.made || !slices.ContainsFunc(api.calls, func(c string) bool { return strings.HasPrefix(c, "POST ") }) {
		return fmt.Errorf("it ends without invoking the action or with leaving it there: %s", strings.Join(api.calls, ", "))
	}
	if api.shown != "" {
		return fmt.Errorf("the key is in the list of processes: %s", api.shown)
	}
	r.proved("sh, curl", "the smoke test makes, invokes and deletes an action once the API answers; its key is in no list of processes")

	api.mu.Lock()
	api.wrong = true
	api.mu.Unlock()
	if log, err = run(); err == nil {
		return fmt.Errorf("it succeeds although no answer is right: %s", log)
	}
	if api.made {
		return fmt.Errorf("it leaves the action there when it fails: %s", log)
	}
	if strings.Contains(log, madeSecrets()["openwhisk-subjects"]["guest"]) {
		return fmt.Errorf("the log has the key: %s", log)
	}
	r.proved("sh, curl", "the smoke test fails when answers do not come, and deletes its action")
	return nil
}
