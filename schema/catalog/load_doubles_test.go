package catalog_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A whisk is the REST API as far as load.js uses it. Its actions answer after a
// delay; the first call of each starts cold.
type whisk struct {
	mu     sync.Mutex
	made   map[string]bool
	warm   map[string]bool
	left   []string
	delay  func(calls int) time.Duration
	status func(calls int) int
	lose   bool
	// held is when the program is held back for a second.
	held  time.Duration
	calls int
}

func (w *whisk) ServeHTTP(out http.ResponseWriter, q *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	action := q.URL.Path[strings.LastIndex(q.URL.Path, "/")+1:]
	user, key, _ := q.BasicAuth()
	web := strings.HasPrefix(q.URL.Path, "/api/v1/web/guest/default/")
	if !web && (user != "id" || key != "key") {
		http.Error(out, "{}", http.StatusUnauthorized)
		return
	}
	var body struct{ N int }
	_ = json.NewDecoder(q.Body).Decode(&body)
	switch {
	case q.URL.Path == "/api/v1/namespaces":
		fmt.Fprint(out, `["guest"]`)
	case strings.Contains(q.URL.Path, "/activations/"):
		if w.lose {
			http.Error(out, "{}", http.StatusNotFound)
			return
		}
		fmt.Fprint(out, `{"annotations":[{"key":"waitTime","value":3}]}`)
	case q.Method == http.MethodPut:
		w.made[action], w.warm[action] = true, false
		fmt.Fprint(out, "{}")
	case q.Method == http.MethodDelete:
		delete(w.made, action)
		fmt.Fprint(out, "{}")
	case web && w.made[strings.TrimSuffix(action, ".json")]:
		w.answer(out, func() { fmt.Fprintf(out, `{"n":%s}`, q.URL.Query().Get("n")) })
	case !w.made[action]:
		http.Error(out, "{}", http.StatusNotFound)
	case q.URL.Query().Get("blocking") == "":
		out.WriteHeader(http.StatusAccepted)
		fmt.Fprint(out, `{"activationId":"0a"}`)
	default:
		annotations := `{"key":"waitTime","value":5}`
		if !w.warm[action] {
			annotations += `,{"key":"initTime","value":40}`
		}
		w.warm[action] = true
		w.answer(out, func() {
			fmt.Fprintf(out, `{"activationId":"0b","annotations":[%s],"response":{"status":"success","result":{"n":%d}}}`, annotations, body.N)
		})
	}
}

// gone is the status of a server that closes the connection instead.
const gone = 0

// answer a call that counts, others meanwhile.
func (w *whisk) answer(out http.ResponseWriter, say func()) {
	w.calls++
	calls := w.calls
	w.mu.Unlock()
	if w.delay != nil {
		time.Sleep(w.delay(calls))
	}
	status := http.StatusOK
	if w.status != nil {
		status = w.status(calls)
	}
	w.mu.Lock()
	switch status {
	case http.StatusOK:
	case gone:
		panic(http.ErrAbortHandler)
	default:
		http.Error(out, `{"error":"no"}`, status)
		return
	}
	say()
}

// A keeper is the Kubernetes API as far as object.js uses it: one ConfigMap, which
// an apply makes or changes.
type keeper struct {
	mu   sync.Mutex
	held map[string]any
	deny bool
}

func (k *keeper) ServeHTTP(out http.ResponseWriter, q *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case q.Header.Get("Authorization") != "Bearer token" || q.URL.Path != "/api/v1/namespaces/whisk/configmaps/load-report" || k.deny:
		http.Error(out, `{"message":"forbidden"}`, http.StatusForbidden)
	case q.Method == http.MethodGet && k.held == nil:
		http.Error(out, `{"message":"not found"}`, http.StatusNotFound)
	case q.Method == http.MethodGet:
		_ = json.NewEncoder(out).Encode(k.held)
	case q.Method == http.MethodPatch && q.Header.Get("Content-Type") == "application/apply-patch+yaml" && q.URL.RawQuery == "fieldManager=load&force=true":
		k.held = nil
		_ = json.NewDecoder(q.Body).Decode(&k.held)
		_ = json.NewEncoder(out).Encode(k.held)
	default:
		http.Error(out, `{"message":"not served"}`, http.StatusMethodNotAllowed)
	}
}
