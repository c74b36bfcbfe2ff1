package catalog_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// lists of configmaps.js, in its order.
var lists = []string{"configmaps", "deployments", "statefulsets", "daemonsets", "cronjobs", "replicasets", "controllerrevisions", "jobs", "pods"}

// at answers one list in another way.
func at(resource string, answer func(w http.ResponseWriter, r *http.Request)) func(int, http.ResponseWriter, *http.Request) bool {
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/"+resource) {
			return false
		}
		answer(w, r)
		return true
	}
}

// Where one list is not whole, nothing is deleted. With -short each answer is that
// of one list, and each list has some.
func TestConfigMapsOfListsThatFail(t *testing.T) {
	t.Parallel()
	says := func(status int, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	empty := `{"kind":"AnyList","metadata":{},"items":[]}`
	for row, tt := range []struct {
		name    string
		answer  func(http.ResponseWriter, *http.Request)
		want    string
		replace []string
	}{
		{"forbidden", says(403, `{"kind":"Status"}`), ": 403 (is its Role bound to the service account?)", nil},
		{"not there", says(404, "404 page not found"), ": 404", nil},
		{"moved", says(302, empty), ": 302", nil},
		{"too many requests", says(429, empty), ": 429", nil},
		{"down", says(503, ""), ": 503", nil},
		{"not JSON", says(200, empty[:20]), "the answer is no list of ", nil},
		{"a Status", says(200, `{"kind":"Status","metadata":{}}`), "the answer is no list of ", nil},
		{"null", says(200, "null"), "the answer is no list of ", nil},
		{"no items", says(200, `{"kind":"AnyList","metadata":{},"items":null}`), "the answer is no list of ", nil},
		{"an object that is none", says(200, `{"kind":"AnyList","metadata":{},"items":[null]}`), "the answer is no list of ", nil},
		{"an object without a name", says(200, `{"kind":"AnyList","metadata":{},"items":[{"metadata":{}}]}`), "the answer is no list of ", nil},
		{"cut without a word", says(200, `{"kind":"AnyList","metadata":{"remainingItemCount":1},"items":[]}`), " is cut", nil},
		{"cut for ever", says(200, `{"kind":"AnyList","metadata":{"continue":"x"},"items":[]}`), "there are more than 20000 ", nil},
		{"expired on the way", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("continue") != "" {
				w.WriteHeader(410)
				return
			}
			fmt.Fprint(w, `{"kind":"AnyList","metadata":{"continue":"x"},"items":[]}`)
		}, ": 410", nil},
		{"cut on the wire", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, empty)
		}, "no answer from 127.0.0.1 port ", nil},
		{"cut on the wire, in chunks", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, empty)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "no answer from 127.0.0.1 port ", nil},
		{"too long", says(200, `{"kind":"AnyList","metadata":{},"items":["`+strings.Repeat("x", 2000)+`"]}`), "an answer of more than 1000 bytes", []string{"16 * 1024 * 1024", "1000"}},
		{"silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer from 127.0.0.1 port ", []string{"30000", "1500"}},
		{"slow in all", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "it has taken more than 1.5 s", []string{"600000", "1500"}},
	} {
		for i, resource := range lists {
			if testing.Short() && i != row%len(lists) {
				continue
			}
			c := namespace(old(hashed("it"))...)
			c.answers = at(resource, tt.answer)
			said, ok := c.clean(t, cleaner{replace: tt.replace})
			if ok || len(c.deleted) > 0 || !strings.Contains(said, "failed: ") || !strings.Contains(said, tt.want) || !strings.Contains(said, "0 deleted, 0 left") {
				t.Errorf("%s of %s: it ends well: %v, deleted %v: %s", tt.name, resource, ok, c.deleted, said)
			}
		}
	}
}

func TestConfigMapsRefuses(t *testing.T) {
	t.Parallel()
	without := func(change func(c *cluster)) *cluster {
		c := namespace(old(hashed("it"))...)
		change(c)
		return c
	}
	good := func() *cluster { return without(func(*cluster) {}) }
	for _, tt := range []struct {
		name string
		c    *cluster
		with cleaner
		want string
	}{
		{"no workload", without(func(c *cluster) { delete(c.objects, "statefulsets") }), cleaner{}, "there is no generated workload in the namespace whisk"},
		{"others' workloads alone", without(func(c *cluster) { delete(c.objects["statefulsets"][0]["metadata"].(doc), "labels") }), cleaner{}, "there is no generated workload"},
		{"its own Job alone", without(func(c *cluster) {
			c.objects["cronjobs"], c.objects["jobs"], c.objects["pods"] = c.objects["statefulsets"], c.objects["statefulsets"], c.objects["statefulsets"]
			delete(c.objects, "statefulsets")
		}), cleaner{}, "there is no generated workload"},
		{"no uid", without(func(c *cluster) { delete(c.objects["configmaps"][0]["metadata"].(doc), "uid") }), cleaner{}, "has no uid or no version"},
		{"no version", without(func(c *cluster) { c.objects["configmaps"][0]["metadata"].(doc)["resourceVersion"] = "" }), cleaner{}, "has no uid or no version"},
		{"no time", without(func(c *cluster) {
			c.answers = at("configmaps", func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Date"] = nil
				c.list(w, r, "configmaps")
			})
		}), cleaner{}, "the API server does not say what time it is"},
		{"no token", good(), cleaner{without: "token"}, "/token: is the service account's token mounted?"},
		{"no certificate", good(), cleaner{without: "ca.crt"}, "/ca.crt: is the service account's token mounted?"},
		{"no namespace", good(), cleaner{without: "namespace"}, "/namespace: is the service account's token mounted?"},
		{"no API server", good(), cleaner{env: []string{"KUBERNETES_SERVICE_HOST="}}, "name no API server"},
		{"no port", good(), cleaner{env: []string{"KUBERNETES_SERVICE_PORT=https"}}, "name no API server"},
		{"nobody there", good(), cleaner{env: []string{"KUBERNETES_SERVICE_PORT=2"}}, "no answer from 127.0.0.1 port 2: ECONNREFUSED"},
		{"another server", good(), cleaner{replace: []string{"ca: to.ca, ", ""}}, "no answer from 127.0.0.1 port "},
		{"another token", good(), cleaner{replace: []string{`"Bearer "`, `"Bearer x"`}}, ": 401 (is this the service account's token?)"},
	} {
		said, ok := tt.c.clean(t, tt.with)
		if ok || len(tt.c.deleted) > 0 || !strings.Contains(said, "failed: ") || !strings.Contains(said, tt.want) {
			t.Errorf("%s: it ends well: %v, deleted %v; %s", tt.name, ok, tt.c.deleted, said)
		}
	}
}

// A deletion that is refused ends the run, and what has been deleted is said.
func TestConfigMapsOfADeletionThatFails(t *testing.T) {
	c := namespace(old(hashed("a"), hashed("b"), hashed("c"))...)
	c.answers = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodDelete || !strings.HasSuffix(r.URL.Path, hashed("b")) {
			return false
		}
		w.WriteHeader(403)
		return true
	}
	said, ok := c.clean(t, cleaner{})
	if ok || !slices.Equal(c.left(), []string{hashed("b"), hashed("c")}) || !strings.Contains(said, "1 deleted, 0 left, and others not looked at") || !strings.Contains(said, "failed: DELETE ") {
		t.Errorf("%v: %s", c.left(), said)
	}
}
