package servers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// call is a request of the guest to a controller.
func (o *openWhisk) call(i int, method, path string, body any) (int, string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	q, err := http.NewRequestWithContext(o.run.Context, method, "http://"+o.ips[i]+":8080/api/v1/namespaces"+path, bytes.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	id, key, _ := strings.Cut(madeSecrets()["openwhisk-subjects"]["guest"], ":")
	q.SetBasicAuth(id, key)
	q.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(q)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(said), err
}

// action of so many bytes of code.
func action(code int) any {
	return map[string]any{"exec": map[string]string{"kind": "nodejs:20", "code": "function main() {}" + strings.Repeat(" ", code-len("function main() {}"))}}
}

// code and payload are limits in bytes.
func (o *openWhisk) limits() (code, payload int, err error) {
	env, err := o.pods[0].Environment("controller")
	if err != nil {
		return 0, 0, err
	}
	if _, err = fmt.Sscanf(env["CONFIG_whisk_activation_payload_max"], "%d B", &payload); err != nil {
		return 0, 0, fmt.Errorf("CONFIG_whisk_activation_payload_max is %q: %w", env["CONFIG_whisk_activation_payload_max"], err)
	}
	if _, err = fmt.Sscanf(env["CONFIG_whisk_execSizeLimit"], "%d m", &code); err != nil {
		return 0, 0, fmt.Errorf("CONFIG_whisk_execSizeLimit is %q: %w", env["CONFIG_whisk_execSizeLimit"], err)
	}
	return code << 20, payload, nil
}

func (o *openWhisk) api() error {
	code, payload, err := o.limits()
	if err != nil {
		return err
	}
	last := len(o.ips) - 1
	for _, c := range []struct {
		at           int
		method, path string
		body         any
		want         []int
	}{
		{0, http.MethodGet, "", nil, []int{200}},
		{0, http.MethodPut, "/_/packages/p", map[string]any{}, []int{200}},
		{0, http.MethodPut, "/_/actions/p/hello", action(100), []int{200}},
		{last, http.MethodGet, "/_/actions/p/hello", nil, []int{200}},
		{last, http.MethodPut, "/_/triggers/t", map[string]any{}, []int{200}},
		{0, http.MethodPut, "/_/rules/r", map[string]string{"trigger": "/_/t", "action": "/_/p/hello"}, []int{200}},
		{0, http.MethodGet, "/_/activations?limit=1", nil, []int{200}},
		{0, http.MethodPut, "/_/actions/largest", action(code), []int{200}},
		{last, http.MethodGet, "/_/actions/largest", nil, []int{200}},
		{0, http.MethodPut, "/_/actions/larger", action(code + 1), []int{413, 400}},
		// No invoker is there to run it; what is too large is refused before that.
		{0, http.MethodPost, "/_/actions/p/hello", map[string]string{"a": strings.Repeat("x", payload-len(`{"a":""}`))}, []int{503, 502}},
		{0, http.MethodPost, "/_/actions/p/hello", map[string]string{"a": strings.Repeat("x", payload+1-len(`{"a":""}`))}, []int{413}},
		{last, http.MethodDelete, "/_/rules/r", nil, []int{200}},
	} {
		status, said, err := o.call(c.at, c.method, c.path, c.body)
		if err != nil {
			return err
		}
		if !slices.Contains(c.want, status) {
			return fmt.Errorf("%s %s of controller-%d: status %d, want %v: %.300s\n%s", c.method, c.path, c.at, status, c.want, said, tail(o.processes[c.at].Log()))
		}
	}
	o.run.proved(openWhiskServer, "the API answers for a subject that couchdb-init made, and keeps its limits to the byte: %d of code, %d of a payload", code, payload)
	return nil
}
