package servers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// activation is what is kept of one.
type activation struct {
	ActivationID string `json:"activationId"`
	Response     struct {
		Status string          `json:"status"`
		Result json.RawMessage `json:"result"`
	} `json:"response"`
	Logs []string `json:"logs"`
}

// largeCode is longer than what is kept in an action's document: its code is an
// attachment, which the invoker fetches.
func largeCode(code string) string { return code + "\n//" + strings.Repeat(" ", 20<<10) }

// asked is the answer of a controller to a request that it must take.
func (v *invokers) asked(at int, method, path string, body any, into any) error {
	status, said, err := v.call(at, method, path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if status >= 300 {
		return fmt.Errorf("%s %s of controller-%d: status %d: %.300s", method, path, at, status, said)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal([]byte(said), into)
}

func (v *invokers) create(name, code string) error {
	return v.asked(0, http.MethodPut, "/_/actions/"+name+"?overwrite=true", map[string]any{
		"exec": map[string]string{"kind": "nodejs:20", "code": code},
	}, nil)
}

// results has actions run to their end: one that adds, one that fails, one whose
// image is not there.
func (v *invokers) results() error {
	if err := v.create("add", largeCode("function main(a) { if (a.n < 0) throw new Error('negative'); console.log('n is ' + a.n); return {sum: a.n + 1}; }")); err != nil {
		return err
	}
	last := len(v.ips) - 1
	for at := range v.ips {
		var a activation
		if err := v.asked(at, http.MethodPost, "/_/actions/add?blocking=true", map[string]int{"n": 41}, &a); err != nil {
			return err
		}
		if a.Response.Status != "success" || string(a.Response.Result) != `{"sum":42}` {
			return fmt.Errorf("add of 41 by controller-%d is %+v", at, a.Response)
		}
		if err := v.logged(last-at, a.ActivationID, "n is 41"); err != nil {
			return err
		}
	}
	if status, said, err := v.call(0, http.MethodPost, "/_/actions/add?blocking=true", map[string]int{"n": -1}); err != nil || status != http.StatusBadGateway {
		return wrong(err, "an action that fails is answered %d: %.300s", status, said)
	}
	v.run.proved(invokerServer, "an action whose code is an attachment is made by the API and invoked by each controller, with its result and its log; an error of it is answered 502")
	return v.imageMissing()
}

// logged waits until the record of an activation has a line of its log.
func (v *invokers) logged(at int, id, line string) error {
	return eventually(v.run.Context, 20*time.Second, func() error {
		a, err := v.record(at, id)
		if err == nil && !strings.Contains(strings.Join(a.Logs, "\n"), line) {
			err = fmt.Errorf("activation %s has the log %q, without %q", id, a.Logs, line)
		}
		return err
	})
}

func (v *invokers) record(at int, id string) (activation, error) {
	var a activation
	return a, v.asked(at, http.MethodGet, "/_/activations/"+id, nil, &a)
}

// imageMissing invokes an action whose image cannot be pulled: the invoker asks
// for the pod's events and deletes it.
func (v *invokers) imageMissing() error {
	if err := v.asked(0, http.MethodPut, "/_/actions/absent", map[string]any{
		"exec": map[string]string{"kind": "blackbox", "image": "example/absent:1"},
	}, nil); err != nil {
		return err
	}
	status, said, err := v.call(0, http.MethodPost, "/_/actions/absent?blocking=true", map[string]any{})
	if err != nil || status != http.StatusBadGateway || !strings.Contains(said, "Failed to pull container image") {
		return wrong(err, "an action whose image is not there is answered %d: %.300s", status, said)
	}
	return eventually(v.run.Context, 20*time.Second, func() error {
		pods, err := v.cluster.pods(v.run, "")
		for _, p := range pods {
			if strings.Contains(p.Spec.Containers[0].Image, "absent") {
				err = fmt.Errorf("pod %s, which cannot start, stays", p.Name)
			}
		}
		return err
	})
}
