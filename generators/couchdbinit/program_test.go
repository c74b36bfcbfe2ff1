package couchdbinit

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

const (
	adminPassword = "admin pässword:Zq1x"
	systemUUID    = "789c46b1-71f6-4ed5-8c54-816aa4f8c502"
	guestUUID     = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502"
	otherUUID     = "0f0e46b1-71f6-4ed5-8c54-816aa4f8c5aa"
)

var (
	systemKey = strings.Repeat("sys0", 16)
	guestKey  = strings.Repeat("gue1", 16)
	otherKey  = strings.Repeat("oth2", 16)
)

// spec is OpenWhisk's set-up, as the catalogue's functions allow it.
func spec(t *testing.T) Spec {
	members := []string{"controller", "invoker"}
	s := Spec{
		Owner:            krm.Owner{Component: "couchdb-init", Tier: "setup"},
		Users:            members,
		SubjectsDatabase: "openwhisk_subjects",
		Marker:           Marker{Database: "openwhisk_subjects", Document: "whiskops"},
	}
	all := catalogued(t)
	for _, role := range slices.Sorted(maps.Keys(all)) {
		db := Database{Name: "openwhisk_" + role, Members: members}
		for _, name := range slices.Sorted(maps.Keys(all[role])) {
			db.Designs = append(db.Designs, all[role][name])
		}
		s.Databases = append(s.Databases, db)
	}
	s.Databases[0].Members = members[:1]
	return s
}

// secrets as the pod has them mounted.
func secrets() map[string]string {
	return map[string]string{
		"couchdb/username":            "admin",
		"couchdb/password":            adminPassword,
		"couchdb/controller-username": "ow-controller",
		"couchdb/controller-password": "controller password",
		"couchdb/invoker-username":    "ow-invoker",
		"couchdb/invoker-password":    "invoker password",
		"subjects/whisk.system":       systemUUID + ":" + systemKey + "\n",
		"subjects/guest":              guestUUID + ":" + guestKey,
		"subjects/..data":             "Kubernetes keeps versions of a Secret here",
	}
}

// pod is a run of init.js for a specification against a server: one round, as
// long as nothing else is said.
func pod(t *testing.T, handler http.Handler, s Spec, secrets map[string]string) *node {
	t.Helper()
	text, err := content(s)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{
		env:     map[string]string{"COUCHDB_URL": "http://couchdb:5984", "RESTART": "kubectl rollout restart statefulset/couchdb"},
		files:   map[string]string{"/init/databases.json": text},
		handler: handler,
	}
	for path, content := range secrets {
		n.files["/secrets/"+path] = content
	}
	return n
}

// finish runs a pod, wants it ready or not, and wants no secret in the log.
func finish(t *testing.T, n *node, ready bool) outcome {
	t.Helper()
	out := n.run(t)
	if out.ready != ready && !out.killed {
		t.Fatalf("ready %v, want %v:\n%s", out.ready, ready, out.log)
	}
	for path, secret := range n.files {
		if !strings.HasPrefix(path, "/secrets/") || strings.HasSuffix(path, "username") {
			continue
		}
		for _, text := range append(strings.Split(secret, ":"), base64.StdEncoding.EncodeToString([]byte(secret))) {
			if text = strings.TrimSpace(text); len(text) > 3 && strings.Contains(out.log, text) {
				t.Errorf("the log shows what is in %s:\n%s", path, out.log)
			}
		}
	}
	return out
}

// installed is a server that was set up from nothing.
func installed(t *testing.T) *couch {
	t.Helper()
	c := newCouch()
	finish(t, pod(t, c, spec(t), secrets()), true)
	c.requests = nil
	return c
}

func sameState(t *testing.T, what string, want, got map[string]any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: state (-want +got):\n%s", what, diff)
	}
}

func TestFromNothing(t *testing.T) {
	c := newCouch()
	s := spec(t)
	finish(t, pod(t, c, s, secrets()), true)

	wantDBs := []string{"_global_changes", "_replicator", "_users", "openwhisk_activations", "openwhisk_subjects", "openwhisk_whisks"}
	if diff := cmp.Diff(wantDBs, slices.Sorted(maps.Keys(c.dbs))); diff != "" {
		t.Errorf("databases (-want +got):\n%s", diff)
	}
	subjects := c.dbs["openwhisk_subjects"]
	wantIDs := []string{"_design/namespaceThrottlings", "_design/snapshotFilters", "_design/subjects.v2.0.0", "_local/whiskops", "guest", "whisk.system"}
	if diff := cmp.Diff(wantIDs, slices.Sorted(maps.Keys(subjects.docs))); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	guest := map[string]any{
		"_id": "guest", "_rev": "1-x", "subject": "guest",
		"namespaces": []any{map[string]any{"name": "guest", "uuid": guestUUID, "key": guestKey}},
	}
	if diff := cmp.Diff(guest, subjects.docs["guest"]); diff != "" {
		t.Errorf("subject (-want +got):\n%s", diff)
	}
	security := map[string]any{
		"admins":  map[string]any{"names": []any{}, "roles": []any{"_admin"}},
		"members": map[string]any{"names": []any{"ow-controller"}, "roles": []any{"_admin"}},
	}
	if diff := cmp.Diff(security, c.dbs["openwhisk_activations"].security); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
	filter := map[string]any{
		"_id": "_design/snapshotFilters", "_rev": "1-x", "language": "javascript",
		"filters": map[string]any{
			"withoutDeletedAndDesignDocuments": source(s.Databases[0].Designs[2].Filters["withoutDeletedAndDesignDocuments"]),
		},
	}
	if diff := cmp.Diff(filter, c.dbs["openwhisk_activations"].docs["_design/snapshotFilters"]); diff != "" {
		t.Errorf("design document (-want +got):\n%s", diff)
	}
	user := map[string]any{
		"_id": "org.couchdb.user:ow-invoker", "_rev": "1-x", "type": "user", "name": "ow-invoker", "roles": []any{},
		"derived_key": derived("ow-invoker", "invoker password"),
	}
	if diff := cmp.Diff(user, c.dbs["_users"].docs["org.couchdb.user:ow-invoker"]); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	hash, err := Hash(s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{hash}, subjects.docs["_local/whiskops"]["hashes"]); diff != "" {
		t.Errorf("marker (-want +got):\n%s", diff)
	}
	if last := c.requests[len(c.requests)-1]; last != "PUT /openwhisk_subjects/_local/whiskops" {
		t.Errorf("the last request is %s, not the marker", last)
	}
}

func TestSecondRunOnlyReads(t *testing.T) {
	c := installed(t)
	out := finish(t, pod(t, c, spec(t), secrets()), true)
	for _, r := range c.requests {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("second run: %s", r)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(out.log), "\n") {
		if !strings.HasSuffix(line, ": right") && line != "all is as it should be" {
			t.Errorf("second run says %q", line)
		}
	}
}

// The process dies at each of its requests, before the server takes it or
// before the answer is back, and runs again.
func TestKilledAndRunAgain(t *testing.T) {
	want := installed(t).state()
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			c := newCouch()
			n := pod(t, c, spec(t), secrets())
			n.killAt, n.killAfter = at, after
			if out := finish(t, n, true); !out.killed {
				if at < 20 {
					t.Fatalf("only %d requests", at)
				}
				break
			}
			if marker := c.dbs["openwhisk_subjects"]; !after && marker != nil && marker.docs["_local/whiskops"] != nil {
				t.Fatalf("marked before the end, at request %d", at)
			}
			finish(t, pod(t, c, spec(t), secrets()), true)
			sameState(t, "killed and run again", want, c.state())
		}
	}
}

// A second run starts and ends between two requests of the first one.
func TestTwoAtOnce(t *testing.T) {
	want := installed(t).state()
	for at := 1; ; at++ {
		c := newCouch()
		interrupted := false
		c.before = func(n int, _ http.ResponseWriter, _ *http.Request) bool {
			if n == at {
				interrupted = true
				finish(t, pod(t, c, spec(t), secrets()), true)
			}
			return false
		}
		finish(t, pod(t, c, spec(t), secrets()), true)
		if !interrupted {
			return
		}
		sameState(t, "two at once", want, c.state())
	}
}

func TestNewContentReplacesDesignsAlone(t *testing.T) {
	c := installed(t)
	s := spec(t)
	designs := s.Databases[2].Designs
	for i := range designs {
		if designs[i].Name == "whisks.v2.1.0" {
			designs[i].Views = map[string]View{"actions": {Map: "function (doc) { emit(doc._id, null); }"}}
		}
	}
	c.dbs["openwhisk_whisks"].put("alice/hello", map[string]any{"exec": map[string]any{}})
	finish(t, pod(t, c, s, secrets()), true)

	fresh := newCouch()
	finish(t, pod(t, fresh, s, secrets()), true)
	fresh.dbs["openwhisk_whisks"].put("alice/hello", map[string]any{"exec": map[string]any{}})
	sameState(t, "new content", unmarked(fresh), unmarked(c))
	if got := c.dbs["openwhisk_whisks"].docs["_design/snapshotFilters"]["_rev"]; got != "1-x" {
		t.Errorf("an unchanged design document was written: %v", got)
	}
}

// What people and OpenWhisk have put on the server stays as it is.
func TestNothingOfOthersIsTouched(t *testing.T) {
	c := newCouch()
	c.create("elsewhere").put("a", map[string]any{"x": 1.0})
	whisks := c.create("openwhisk_whisks")
	whisks.put("alice/hello", map[string]any{"exec": map[string]any{"kind": "nodejs:20"}})
	whisks.put("_design/own", map[string]any{"views": map[string]any{}})
	whisks.security = map[string]any{
		"admins":   map[string]any{"names": []any{"root"}, "roles": []any{"ops"}},
		"members":  map[string]any{"names": []any{"reader"}, "roles": []any{}},
		"cloudant": map[string]any{"nobody": []any{}},
	}
	subjects := c.create("openwhisk_subjects")
	subjects.put("alice", map[string]any{"subject": "alice", "namespaces": []any{}, "blocked": true})
	subjects.put("guest/limits", map[string]any{"invocationsPerMinute": 5.0})
	c.create("_users").put("org.couchdb.user:reader", map[string]any{"name": "reader", "derived_key": "d"})
	before := c.state()

	finish(t, pod(t, c, spec(t), secrets()), true)

	after := c.state()
	for name, db := range before {
		docs := after[name].(map[string]any)["docs"].(map[string]any)
		for id, doc := range db.(map[string]any)["docs"].(map[string]any) {
			if diff := cmp.Diff(doc, docs[id]); diff != "" {
				t.Errorf("%s of %s (-before +after):\n%s", id, name, diff)
			}
		}
	}
	security := map[string]any{
		"admins":   map[string]any{"names": []any{"root"}, "roles": []any{"ops", "_admin"}},
		"members":  map[string]any{"names": []any{"reader", "ow-controller", "ow-invoker"}, "roles": []any{"_admin"}},
		"cloudant": map[string]any{"nobody": []any{}},
	}
	if diff := cmp.Diff(security, whisks.security); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
}
