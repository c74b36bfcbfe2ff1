package servers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// tenantsClaims are what only OpenWhisk itself can prove of tenants.
var tenantsClaims = []string{
	"each namespace of a tenant is reached by its own key, with its own limits",
	"a tenant's limits are kept: 429 beyond a rate, 403 for a kind, 400 for memory",
	"who is blocked, removed or not yet made is answered with 401, at the latest five minutes after the change",
}

// cached is how long a controller believes what it knows of a key, and of one that
// nobody has.
// Source: MultipleReadersSingleWriterCache of 2.0.0: five minutes from the read.
const cached = 5 * time.Minute

// TenantsOfOpenWhisk proves that the real controllers let tenants in as they are
// described, and nobody else.
func TenantsOfOpenWhisk(r *Run) error {
	folder := os.Getenv(OpenWhiskFolder)
	if folder == "" {
		r.notRun(OpenWhiskFolder+" is not set", tenantsClaims)
		return nil
	}
	o, err := newOpenWhisk(r, folder)
	if err != nil {
		return fmt.Errorf("tenants: %w", err)
	}
	t := &tenants{couch: o.couch}
	for _, step := range []struct {
		name  string
		check func() error
	}{{"keys", t.made}, {"start", o.begin}, {"limits", func() error { return t.limited(o) }}, {"blocked", func() error { return t.blocked(o) }}} {
		if err := step.check(); err != nil {
			return fmt.Errorf("tenants: %s: %w", step.name, err)
		}
	}
	return nil
}

// ask is a request with the key of a namespace.
func (t *tenants) ask(o *openWhisk, namespace, method, path string, body any) (int, string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	q, err := http.NewRequestWithContext(t.run.Context, method, "http://"+o.ips[0]+":8080/api/v1/namespaces"+path, bytes.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	id, key, _ := strings.Cut(t.keys[namespace], ":")
	q.SetBasicAuth(id, key)
	q.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Timeout: time.Minute}).Do(q)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(said), err
}

// asked is one request, and what it must be answered with.
type asked struct {
	namespace, method, path string
	body                    any
	want                    []int
	says                    string
}

func (t *tenants) all(o *openWhisk, list []asked) error {
	for _, a := range list {
		status, said, err := t.ask(o, a.namespace, a.method, a.path, a.body)
		if err != nil {
			return err
		}
		if !slices.Contains(a.want, status) || !strings.Contains(said, a.says) {
			return fmt.Errorf("%s %s of %s: status %d, want %v and %q: %.300s\n%s", a.method, a.path, a.namespace, status, a.want, a.says, said, tail(o.processes[0].Log()))
		}
	}
	return nil
}

// made is an action that asks for memory in MiB.
func madeAction(kind string, memory int) any {
	return map[string]any{"exec": map[string]string{"kind": kind, "code": "function main() {}"}, "limits": map[string]any{"memory": memory}}
}

// minute waits for the beginning of one: rates are counted by the clock's minutes.
func (t *tenants) minute() error {
	now := time.Now()
	select {
	case <-time.After(now.Truncate(time.Minute).Add(time.Minute + time.Second).Sub(now)):
		return nil
	case <-t.run.Context.Done():
		return t.run.Context.Err()
	}
}

// limited proves the limits of tenants that the program has just made. One whom a
// controller has not seen before is known to it at once.
func (t *tenants) limited(o *openWhisk) error {
	if err := t.all(o, []asked{{"later", http.MethodGet, "", nil, []int{401}, ""}}); err != nil {
		return err
	}
	if _, _, err := t.runOnce(t.run.Env); err != nil {
		return err
	}
	if err := t.all(o, []asked{
		{"limited", http.MethodGet, "", nil, []int{200}, `["limited"]`},
		{"several", http.MethodGet, "", nil, []int{200}, `["several"]`},
		{"several-dev", http.MethodGet, "", nil, []int{200}, `["several-dev"]`},
		{"several-dev", http.MethodGet, "/_/limits", nil, []int{200}, `"firesPerMinute":2`},
		{"several-dev", http.MethodGet, "/several/actions", nil, []int{403}, ""},
		{"several-old", http.MethodGet, "", nil, []int{401}, ""},
		{"tenant-0999", http.MethodGet, "", nil, []int{200}, `["tenant-0999"]`},
		{"blocked", http.MethodGet, "", nil, []int{401}, ""},
		{"removed", http.MethodGet, "", nil, []int{401}, ""},
		{"limited", http.MethodPut, "/_/actions/a", madeAction("nodejs:20", 256), []int{200}, ""},
		{"limited", http.MethodPut, "/_/actions/b", madeAction("nodejs:20", 257), []int{400}, "256"},
		{"limited", http.MethodPut, "/_/actions/c", madeAction("python:3.11", 256), []int{403}, "python:3.11"},
		{"limited", http.MethodPut, "/_/triggers/t", map[string]any{}, []int{200}, ""},
		{"several-none", http.MethodPut, "/_/actions/a", madeAction("nodejs:20", 256), []int{200}, ""},
		{"several-none", http.MethodPost, "/_/actions/a", map[string]any{}, []int{429}, "0"},
	}); err != nil {
		return err
	}
	if err := t.minute(); err != nil {
		return err
	}
	// No invoker is there to run it; what is too much is refused before that.
	runs, fires := []int{502, 503}, []int{202, 204}
	if err := t.all(o, []asked{
		{"limited", http.MethodPost, "/_/actions/a", map[string]any{}, runs, ""}, {"limited", http.MethodPost, "/_/actions/a", map[string]any{}, runs, ""}, {"limited", http.MethodPost, "/_/actions/a", map[string]any{}, runs, ""},
		{"limited", http.MethodPost, "/_/actions/a", map[string]any{}, []int{429}, "3"},
		{"limited", http.MethodPost, "/_/triggers/t", map[string]any{}, fires, ""}, {"limited", http.MethodPost, "/_/triggers/t", map[string]any{}, fires, ""},
		{"limited", http.MethodPost, "/_/triggers/t", map[string]any{}, []int{429}, "2"},
	}); err != nil {
		return err
	}
	t.run.proved(openWhiskServer, "each namespace of a tenant is reached by its own key, with its own limits, among %d", len(t.keys))
	t.run.proved(openWhiskServer, "limits of tenants are kept: the 4th invocation of 3 in a minute and the 3rd firing of 2 get 429, a kind that is not allowed 403, memory beyond the most 400; who may invoke nothing gets 429, who is blocked, removed or of a removed namespace 401")
	return nil
}

// blocked measures how long controllers believe what they knew.
func (t *tenants) blocked(o *openWhisk) error {
	env, err := t.run.Env.Changed("configmap-tenants-*", `{"subject":"limited",`, `{"subject":"limited","state":"blocked",`)
	if err != nil {
		return err
	}
	begin := time.Now()
	if _, _, err := t.runOnce(env); err != nil {
		return err
	}
	until := func(namespace string, want int) (time.Duration, error) {
		err := eventually(t.run.Context, cached+time.Minute, func() error {
			return t.all(o, []asked{{namespace, http.MethodGet, "", nil, []int{want}, ""}})
		})
		return time.Since(begin), err
	}
	out, err := until("limited", 401)
	if err != nil {
		return err
	}
	in, err := until("later", 200)
	if err != nil {
		return err
	}
	t.run.proved(openWhiskServer, "a tenant that was let in a moment before is blocked after %.0f s, and one that was refused before it was made is let in after %.0f s", out.Seconds(), in.Seconds())
	return nil
}
