package catalog_test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

type doc = map[string]any

// activations is CouchDB as far as cleanup.js uses one: the database of
// activations, with the view byDate and deletions in bulk.
type activations struct {
	docs map[string]doc
	// clock of the server.
	clock func() time.Time
	// rows changes what the view gives.
	rows func([]doc) []doc
	// before each deletion.
	before           func(batch int)
	batches, largest int
	// refuses deletions of these.
	refuses map[string]string
}

const password = "p:a ss"

func (a *activations) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", a.clock().UTC().Format(http.TimeFormat))
	login := base64.StdEncoding.EncodeToString([]byte("invoker:" + password))
	switch {
	case r.Header.Get("Authorization") != "Basic "+login:
		w.WriteHeader(401)
		fmt.Fprint(w, `{"error":"unauthorized","reason":"Name or password is incorrect."}`)
	case r.URL.Path == "/w_activations/_design/activations/_view/byDate":
		_ = json.NewEncoder(w).Encode(doc{"rows": a.view(r)})
	case r.URL.Path == "/w_activations/_bulk_docs" && r.Method == http.MethodPost:
		_ = json.NewEncoder(w).Encode(a.delete(r))
	default:
		w.WriteHeader(404)
		fmt.Fprint(w, `{"error":"not_found","reason":"missing"}`)
	}
}

func (a *activations) view(r *http.Request) []doc {
	q := r.URL.Query()
	number := func(name string, other float64) float64 {
		n, err := strconv.ParseFloat(q.Get(name), 64)
		if err != nil {
			return other
		}
		return n
	}
	var rows []doc
	for _, id := range slices.Sorted(maps.Keys(a.docs)) {
		d := a.docs[id]
		start, ok := d["start"].(float64)
		if ok && start >= number("startkey", 0) && start <= number("endkey", 1e18) {
			rows = append(rows, doc{"id": id, "key": start, "value": []any{id, d["_rev"]}, "doc": d})
		}
	}
	slices.SortStableFunc(rows, func(x, y doc) int { return cmp.Compare(x["key"].(float64), y["key"].(float64)) })
	if q.Get("descending") == "true" {
		slices.Reverse(rows)
	}
	if a.rows != nil {
		rows = a.rows(rows)
	}
	rows = rows[min(len(rows), int(number("skip", 0))):]
	return append([]doc{}, rows[:min(len(rows), int(number("limit", 1e9)))]...)
}

func (a *activations) delete(r *http.Request) []doc {
	a.batches++
	if a.before != nil {
		a.before(a.batches)
	}
	var body struct{ Docs []doc }
	_ = json.NewDecoder(r.Body).Decode(&body)
	a.largest = max(a.largest, len(body.Docs))
	var answer []doc
	for _, d := range body.Docs {
		id, _ := d["_id"].(string)
		switch {
		case a.refuses[id] != "":
			answer = append(answer, doc{"id": id, "error": a.refuses[id], "reason": "said so"})
		case d["_deleted"] != true || a.docs[id] == nil || a.docs[id]["_rev"] != d["_rev"]:
			answer = append(answer, doc{"id": id, "error": "conflict"})
		default:
			delete(a.docs, id)
			answer = append(answer, doc{"id": id, "ok": true})
		}
	}
	return answer
}

// now is the time of the tests' documents: that of the machine.
var now = time.Now()

// ago is a time as records have it.
func ago(d time.Duration) float64 { return float64(now.Add(-d).UnixMilli()) }

// stored is a record that began and ended so long ago.
func stored(id string, start, end time.Duration) doc {
	return doc{"_id": "guest/" + id, "_rev": "1-" + id, "activationId": id, "namespace": "guest", "entityType": "activation", "start": ago(start), "end": ago(end)}
}

func holding(docs ...doc) *activations {
	a := &activations{docs: map[string]doc{}, clock: time.Now}
	for _, d := range docs {
		a.docs[d["_id"].(string)] = d
	}
	return a
}

func (a *activations) ids() []string { return slices.Sorted(maps.Keys(a.docs)) }

// clean runs cleanup.js, which keeps records for a day, and returns what it says.
func (a *activations) clean(t *testing.T, env ...string) (said string, ok bool) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"cleanup.js": file(t, "couchdb/cleanup.js"), "server.js": file(t, "couchdb/server.js"), "couchdb/username": "invoker", "couchdb/password": password} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(a)
	defer server.Close()
	cmd := exec.Command(node, filepath.Join(dir, "cleanup.js"))
	cmd.Env = append([]string{"COUCHDB_URL=" + server.URL, "DATABASE=w_activations", "KEEP_SECONDS=86400", "SECRETS=" + dir}, env...)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), password) {
		t.Errorf("it prints the password: %s", out)
	}
	return string(out), err == nil
}

const day = 24 * time.Hour

// Half a minute around the bound is for the time that the test takes.
func TestCleanupDeletesWhatEndedBefore(t *testing.T) {
	running := stored("long", 40*time.Hour, 20*time.Hour)
	trigger := stored("trigger", 30*time.Hour, 0)
	delete(trigger, "end")
	zero := stored("zero", 30*time.Hour, 0)
	zero["end"] = float64(0)
	older := stored("untyped", 50*time.Hour, 50*time.Hour)
	delete(older, "entityType")
	design := doc{"_id": "_design/activations", "_rev": "1-d"}
	other := doc{"_id": "other", "_rev": "1-o"}
	a := holding(stored("old", 2*day, 2*day), stored("above", day+30*time.Second, day+30*time.Second), trigger, zero, older, design, other, running,
		stored("below", day-30*time.Second, day-30*time.Second), stored("new", time.Hour, time.Hour), stored("across", day+time.Minute, day-time.Minute))
	said, ok := a.clean(t)
	want := []string{"_design/activations", "guest/across", "guest/below", "guest/long", "guest/new", "other"}
	if diff := gocmp.Diff(want, a.ids()); !ok || diff != "" || !strings.Contains(said, "5 deleted, 2 began before and are kept") {
		t.Errorf("%s (-want +got):\n%s", said, diff)
	}
	if said, ok := a.clean(t); !ok || !strings.Contains(said, "0 deleted, 2 ") || len(a.ids()) != len(want) {
		t.Errorf("a second run: %s", said)
	}
}

// many are n old records, some of which ended late.
func many(n int) (all []doc, kept int) {
	for i := range n {
		d := stored(fmt.Sprintf("%04d", i), 3*day-time.Duration(i)*time.Second, 2*day)
		if i%97 == 0 {
			d["end"] = ago(time.Hour)
			kept++
		}
		all = append(all, d)
	}
	return all, kept
}

func TestCleanupGoesInBatches(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 199, 200, 201, 1000} {
		docs, kept := many(n)
		a := holding(docs...)
		if said, ok := a.clean(t); !ok || len(a.docs) != kept || a.largest > 200 {
			t.Errorf("%d records: %d are left, not %d, in batches of %d: %s", n, len(a.docs), kept, a.largest, said)
		}
	}
}

// Records with large logs come in smaller batches, and never all at once.
func TestCleanupOfLargeRecords(t *testing.T) {
	t.Parallel()
	docs, kept := many(40)
	for i, d := range docs {
		if i < 20 {
			d["logs"] = strings.Repeat("x", 3<<20)
		}
	}
	docs[5]["logs"] = strings.Repeat("x", 17<<20)
	a := holding(docs...)
	if said, ok := a.clean(t); !ok || len(a.docs) != kept || a.largest > 40 {
		t.Errorf("%d are left, not %d, in batches of %d: %s", len(a.docs), kept, a.largest, said)
	}
}

func TestCleanupRefuses(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }
	none := func(change func(d doc)) *activations {
		d := stored("none", 2*day, 2*day)
		change(d)
		return holding(d)
	}
	fresh := holding(stored("old", 2*day, 2*day), stored("future", -10*time.Minute, -10*time.Minute))
	for _, tt := range []struct {
		name string
		a    *activations
		env  string
		want string
	}{
		{"too short", holding(stored("old", 2*day, 2*day)), "KEEP_SECONDS=3599", `KEEP_SECONDS is "3599", not a number of at least 3600`},
		{"no time", holding(stored("old", 2*day, 2*day)), "KEEP_SECONDS=", `KEEP_SECONDS is ""`},
		{"a negative time", holding(stored("old", 2*day, 2*day)), "KEEP_SECONDS=-86400", `KEEP_SECONDS is "-86400"`},
		{"no number", holding(stored("old", 2*day, 2*day)), "KEEP_SECONDS=1e9", `KEEP_SECONDS is "1e9"`},
		{"no database", holding(stored("old", 2*day, 2*day)), "DATABASE=../w_whisks", "DATABASE is no name of a database"},
		{"another database", holding(stored("old", 2*day, 2*day)), "DATABASE=w_whisks", "404 not_found missing (couchdb-init makes"},
		{"no Secret", holding(stored("old", 2*day, 2*day)), "SECRETS=/nowhere", "cannot read /nowhere/couchdb/username"},
		{"credentials in the URL", holding(stored("old", 2*day, 2*day)), "COUCHDB_URL=http://a:b@c", "without credentials"},
		{"nobody there", holding(stored("old", 2*day, 2*day)), "COUCHDB_URL=http://127.0.0.1:2", "no answer from http://127.0.0.1:2/w_activations: "},
		{"the server's clock is ahead", &activations{docs: holding(stored("old", 2*day, 2*day)).docs, clock: in(310 * time.Second)}, "", "too far apart"},
		{"the server's clock is behind", &activations{docs: holding(stored("old", 2*day, 2*day)).docs, clock: in(-310 * time.Second)}, "", "too far apart"},
		{"records from the future", fresh, "", "the newest activation began at"},
		{"no activation", none(func(d doc) { delete(d, "activationId") }), "", `document "guest/none" is in the view of activations and is none`},
		{"an action", none(func(d doc) { d["entityType"] = "action" }), "", "is none: nothing more is deleted"},
		{"another id", none(func(d doc) { d["activationId"] = "x" }), "", "is none"},
		{"another namespace", none(func(d doc) { d["namespace"] = "x" }), "", "is none"},
		{"an end that is no number", none(func(d doc) { d["end"] = "2020" }), "", "is none"},
		{"a deletion that the server refuses", &activations{docs: holding(stored("old", 2*day, 2*day)).docs, clock: time.Now, refuses: map[string]string{"guest/old": "forbidden"}}, "", `document "guest/old" is not deleted: forbidden said so`},
	} {
		before := tt.a.ids()
		var env []string
		if tt.env != "" {
			env = []string{tt.env}
		}
		said, ok := tt.a.clean(t, env...)
		if ok || !strings.Contains(said, "failed: ") || !strings.Contains(said, tt.want) || !strings.Contains(said, "0 deleted") || !slices.Equal(tt.a.ids(), before) {
			t.Errorf("%s: it ends well: %v; %s", tt.name, ok, said)
		}
	}
	// Clocks may be a little apart.
	for _, d := range []time.Duration{-290 * time.Second, 290 * time.Second} {
		a := holding(stored("old", 2*day, 2*day), stored("near", -4*time.Minute, -4*time.Minute))
		a.clock = in(d)
		if said, ok := a.clean(t); !ok || len(a.docs) != 1 {
			t.Errorf("clocks %s apart: %s", d, said)
		}
	}
}

// What changes while it runs stays, and so does what a view of another kind gives.
func TestCleanupBelievesDocuments(t *testing.T) {
	t.Parallel()
	a := holding(stored("old", 2*day, 2*day), stored("changed", 2*day, 2*day), stored("new", time.Hour, time.Hour))
	a.before = func(int) { a.docs["guest/changed"]["_rev"] = "2-x" }
	if said, ok := a.clean(t); !ok || !slices.Equal(a.ids(), []string{"guest/changed", "guest/new"}) {
		t.Errorf("%v: %s", a.ids(), said)
	}
	// A view that says of all that they are old.
	a = holding(stored("old", 2*day, 2*day), stored("new", time.Hour, time.Hour))
	all := func() []doc {
		var rows []doc
		for _, id := range a.ids() {
			rows = append(rows, doc{"id": id, "key": float64(1), "value": []any{id, "x"}, "doc": a.docs[id]})
		}
		return rows
	}
	a.rows = func([]doc) []doc { return all() }
	if said, ok := a.clean(t); !ok || !slices.Equal(a.ids(), []string{"guest/new"}) {
		t.Errorf("%v: %s", a.ids(), said)
	}
}

// What is deleted by somebody else while it runs, as by the last request of a run that
// was killed, is no reason to skip what is behind it.
func TestCleanupBesideAnother(t *testing.T) {
	t.Parallel()
	docs, kept := many(1000)
	a := holding(docs...)
	a.before = func(batch int) {
		if batch == 1 {
			for _, d := range docs[:200] {
				if d["end"] != ago(time.Hour) {
					delete(a.docs, d["_id"].(string))
				}
			}
		}
	}
	if said, ok := a.clean(t); !ok || len(a.docs) != kept || !strings.Contains(said, fmt.Sprintf(" %d began before", kept)) {
		t.Errorf("deleted before its batch: %d are left, not %d: %s", len(a.docs), kept, said)
	}
	// The same after the view was read: its rows have no documents.
	docs, kept = many(1000)
	a = holding(docs...)
	first := true
	a.rows = func(rows []doc) []doc {
		if !first || len(rows) < 2 || rows[0]["key"].(float64) > rows[1]["key"].(float64) {
			return rows
		}
		first = false
		for _, row := range rows[1:97] {
			delete(a.docs, row["id"].(string))
			row["doc"] = nil
		}
		return rows
	}
	if said, ok := a.clean(t); !ok || first || len(a.docs) != kept || !strings.Contains(said, fmt.Sprintf("%d deleted, %d began before", 1000-kept-96, kept)) {
		t.Errorf("deleted after the view: %d are left, not %d: %s", len(a.docs), kept, said)
	}
	// One whose document is never there ends it all the same.
	a = holding(stored("old", 2*day, 2*day), stored("ghost", 3*day, 3*day))
	a.rows = func(rows []doc) []doc {
		for _, row := range rows {
			if row["id"] == "guest/ghost" {
				row["doc"] = nil
			}
		}
		return rows
	}
	if said, ok := a.clean(t); !ok || !slices.Equal(a.ids(), []string{"guest/ghost"}) || !strings.Contains(said, "1 deleted, 1 began before") {
		t.Errorf("a row without a document: %v: %s", a.ids(), said)
	}
}
