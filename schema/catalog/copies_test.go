package catalog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/whiskops/whiskops/schema/catalog"
)

// couchServer is CouchDB as far as backup.js and restore.js use one: databases, documents
// with attachments, changes and permissions.
type couchServer struct {
	mu        sync.Mutex
	databases map[string]map[string]doc
	security  map[string]any
	// changed are ids of a database by when they were changed.
	changed map[string][]string
	// during is called before each page of documents.
	during func(database string, page int)
	pages  map[string]int
}

func newStored() *couchServer {
	return &couchServer{databases: map[string]map[string]doc{}, security: map[string]any{}, changed: map[string][]string{}, pages: map[string]int{}}
}

func (s *couchServer) put(database, id string, d doc) {
	if s.databases[database] == nil {
		s.databases[database] = map[string]doc{}
	}
	d["_id"] = id
	if d["_rev"] == nil {
		d["_rev"] = fmt.Sprintf("%d-%032d", len(s.changed[database])+1, 7)
	}
	s.databases[database][id] = d
	s.changed[database] = append(s.changed[database], id)
}

func (s *couchServer) delete(database, id string) {
	s.databases[database][id] = doc{"_id": id, "_deleted": true, "_rev": "9-9"}
	s.changed[database] = append(s.changed[database], id)
}

func (s *couchServer) alive(database string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.databases[database])) {
		if s.databases[database][id]["_deleted"] == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// without attachments, which are stubs unless they are asked for.
func shown(d doc, attachments bool) doc {
	out := maps.Clone(d)
	if d["_attachments"] != nil && !attachments {
		out["_attachments"] = doc{"code": doc{"stub": true}}
	}
	return out
}

func (s *couchServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if user, word, _ := r.BasicAuth(); user != "admin" || word != password {
		w.WriteHeader(401)
		fmt.Fprint(w, `{"error":"unauthorized"}`)
		return
	}
	answer := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	if r.URL.Path == "/_all_dbs" {
		answer(200, append([]string{}, slices.Sorted(maps.Keys(s.databases))...))
		return
	}
	database, rest, _ := strings.Cut(r.URL.Path[1:], "/")
	docs, there := s.databases[database]
	switch {
	case r.Method == http.MethodPut && rest == "" && there:
		answer(412, doc{"error": "file_exists"})
	case r.Method == http.MethodPut && rest == "":
		s.databases[database] = map[string]doc{}
		answer(201, doc{"ok": true})
	case !there:
		answer(404, doc{"error": "not_found"})
	case rest == "":
		answer(200, doc{"doc_count": len(s.alive(database)), "update_seq": strconv.Itoa(len(s.changed[database])) + "-x"})
	case rest == "_security" && r.Method == http.MethodPut:
		var v any
		_ = json.NewDecoder(r.Body).Decode(&v)
		s.security[database] = v
		answer(200, doc{"ok": true})
	case rest == "_security":
		answer(200, s.security[database])
	case rest == "_all_docs":
		answer(200, doc{"rows": s.rows(r, database)})
	case rest == "_changes":
		answer(200, s.changes(r, database))
	case rest == "_bulk_docs":
		var all struct {
			Docs     []doc `json:"docs"`
			NewEdits *bool `json:"new_edits"`
		}
		_ = json.NewDecoder(r.Body).Decode(&all)
		if all.NewEdits == nil || *all.NewEdits {
			answer(400, doc{"error": "new_edits"})
			return
		}
		for _, d := range all.Docs {
			s.put(database, d["_id"].(string), d)
		}
		answer(201, []any{})
	case docs[rest] == nil || docs[rest]["_deleted"] != nil:
		answer(404, doc{"error": "not_found"})
	default:
		answer(200, shown(docs[rest], r.URL.Query().Get("attachments") == "true"))
	}
}

func (s *couchServer) rows(r *http.Request, database string) []doc {
	rows := []doc{}
	if r.Method == http.MethodPost {
		var asked struct{ Keys []string }
		_ = json.NewDecoder(r.Body).Decode(&asked)
		for _, id := range asked.Keys {
			switch d := s.databases[database][id]; {
			case d == nil:
				rows = append(rows, doc{"key": id, "error": "not_found"})
			case d["_deleted"] != nil:
				rows = append(rows, doc{"id": id, "key": id, "value": doc{"rev": d["_rev"], "deleted": true}, "doc": nil})
			default:
				rows = append(rows, doc{"id": id, "key": id, "value": doc{"rev": d["_rev"]}})
			}
		}
		return rows
	}
	q := r.URL.Query()
	var start, end string
	_ = json.Unmarshal([]byte(q.Get("startkey")), &start)
	_ = json.Unmarshal([]byte(q.Get("endkey")), &end)
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		limit = 1 << 30
	}
	if q.Get("include_docs") == "true" && s.during != nil {
		s.pages[database]++
		s.during(database, s.pages[database])
	}
	for _, id := range s.alive(database) {
		if id >= start && (end == "" || id <= end) && len(rows) < limit {
			rows = append(rows, doc{"id": id, "key": id, "doc": shown(s.databases[database][id], false)})
		}
	}
	return rows
}

func (s *couchServer) changes(r *http.Request, database string) doc {
	n, _, _ := strings.Cut(r.URL.Query().Get("since"), "-")
	since, _ := strconv.Atoi(n)
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	results := []doc{}
	last := since
	for i, id := range s.changed[database] {
		if i < since || slices.Contains(s.changed[database][i+1:], id) || len(results) == limit {
			continue
		}
		d := s.databases[database][id]
		row := doc{"id": id, "doc": shown(d, false)}
		if d["_deleted"] != nil {
			row["deleted"] = true
		}
		results, last = append(results, row), i+1
	}
	if len(results) < limit {
		last = len(s.changed[database])
	}
	return doc{"results": results, "last_seq": strconv.Itoa(last) + "-x"}
}

// copier runs backup.js and restore.js.
type copier struct {
	t      *testing.T
	folder string
	env    []string
}

func newCopier(t *testing.T, target string) *copier {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no node")
	}
	dir := t.TempDir()
	for _, script := range []string{"backup.js", "restore.js", "s3.js", "server.js", "target.js"} {
		text, err := catalog.Files.ReadFile("couchdb/" + script)
		if err != nil {
			t.Fatal(err)
		}
		// A server that is not there is asked again as often, in less time.
		write(t, filepath.Join(dir, script), strings.Replace(string(text), "const pause = 3;", "const pause = 0.1;", 1))
	}
	write(t, filepath.Join(dir, "secrets/couchdb/username"), "admin")
	write(t, filepath.Join(dir, "secrets/couchdb/password"), password)
	write(t, filepath.Join(dir, "secrets/s3/access-key-id"), "key")
	write(t, filepath.Join(dir, "secrets/s3/secret-access-key"), "secret\n")
	return &copier{t, dir, append(os.Environ(), "SECRETS="+filepath.Join(dir, "secrets"), "TARGET="+target, "KEEP=2")}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run of a script against a server: what it says, and whether it ended well.
func (c *copier) run(script string, server http.Handler, env ...string) (string, bool) {
	c.t.Helper()
	url := "http://127.0.0.1:1"
	if server != nil {
		s := httptest.NewServer(server)
		defer s.Close()
		url = s.URL
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(c.folder, script))
	cmd.Env = slices.Concat(c.env, []string{"COUCHDB_URL=" + url}, env)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), password) || strings.Contains(string(out), "fault of") {
		c.t.Errorf("it says %s", out)
	}
	return string(out), err == nil
}

// full is a server with what an installation stores: more than a page of activations,
// code beside its action, users, and a name that has to be escaped.
func full() *couchServer {
	s := newStored()
	for i := range 1203 {
		s.put("w_activations", fmt.Sprintf("guest/%05d", i), doc{"start": i, "logs": []any{"ä\u2028"}})
	}
	s.put("w_whisks", "guest/action", doc{"_attachments": doc{"code": doc{"data": strings.Repeat("QUJD", 9000), "content_type": "application/octet-stream"}}})
	s.put("w_whisks", "_design/whisks.v2.1.0", doc{"views": doc{}})
	s.put("_users", "org.couchdb.user:controller", doc{"name": "controller"})
	s.put("alarms+triggers", "a/b c", doc{"x": "1"})
	s.put("_replicator", "r", doc{"source": "elsewhere"})
	s.put("_global_changes", "updated:x", doc{})
	s.security["w_whisks"] = doc{"members": doc{"names": []any{"controller"}}}
	return s
}

func sameData(t *testing.T, got, want *couchServer, but ...string) {
	t.Helper()
	for database := range want.databases {
		if slices.Contains(but, database) {
			continue
		}
		g, _ := json.Marshal(got.databases[database])
		w, _ := json.Marshal(want.databases[database])
		if !bytes.Equal(g, w) {
			t.Errorf("%s is restored as %.400s, want %.400s", database, g, w)
		}
	}
}

// All that a server has is on a new one after it, the code of actions and permissions
// with it; what replicates stays out.
func TestCopyAndRestore(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	c := newCopier(t, target)
	was := full()
	if out, good := c.run("backup.js", was); !good {
		t.Fatal(out)
	}
	is := newStored()
	out, good := c.run("restore.js", is)
	if !good {
		t.Fatal(out)
	}
	sameData(t, is, was, "_replicator", "_global_changes")
	if is.databases["_replicator"] != nil || is.databases["_global_changes"] != nil {
		t.Error("what the server makes, or what replicates, is restored")
	}
	if got := fmt.Sprint(is.security["w_whisks"]); got != fmt.Sprint(was.security["w_whisks"]) {
		t.Error("permissions are", got)
	}
	again, good := c.run("restore.js", is)
	if !good || !strings.Contains(again, "database w_activations: 0 documents written, 1203 were there and stay") {
		t.Error("the second time:", again)
	}
	info, err := os.Stat(filepath.Join(target, firstCopy(t, target), "w_whisks.docs.gz"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error("who else reads it?", info.Mode(), err)
	}
}

func firstCopy(t *testing.T, target string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(target, "*T*Z"))
	if err != nil || len(found) == 0 {
		t.Fatal("no copy in", target, err)
	}
	return filepath.Base(found[0])
}

// What changes while it is copied is in the copy as it was at its end.
func TestCopyWhileWritten(t *testing.T) {
	t.Parallel()
	c := newCopier(t, t.TempDir())
	was := full()
	was.during = func(database string, page int) {
		if database == "w_activations" && page%2 == 0 {
			was.put(database, fmt.Sprintf("guest/%05d", page), doc{"start": -1})
			was.put(database, fmt.Sprintf("guest/00000-%d", page), doc{"start": -2})
			was.delete(database, fmt.Sprintf("guest/%05d", 20+page))
			was.delete(database, fmt.Sprintf("guest/%05d", 1100+page))
		}
	}
	if out, good := c.run("backup.js", was); !good {
		t.Fatal(out)
	}
	was.during = nil
	is := newStored()
	if out, good := c.run("restore.js", is); !good {
		t.Fatal(out)
	}
	if was.pages["w_activations"] < 3 {
		t.Fatal("it came in one page")
	}
	maps.DeleteFunc(was.databases["w_activations"], func(_ string, d doc) bool { return d["_deleted"] != nil })
	sameData(t, is, was, "_replicator", "_global_changes")
}

// A database that has what the copy has not is a reason to stop before anything is
// written, unless it is said; and what is there stays.
func TestRestoreIntoWhatIsThere(t *testing.T) {
	t.Parallel()
	c := newCopier(t, t.TempDir())
	if out, good := c.run("backup.js", full()); !good {
		t.Fatal(out)
	}
	is := newStored()
	is.put("w_activations", "guest/other", doc{"start": 1})
	is.put("w_activations", "guest/00001", doc{"start": 99})
	is.put("w_whisks", "_design/whisks.v2.1.0", doc{"views": doc{"new": doc{}}})
	out, good := c.run("restore.js", is)
	if good || !strings.Contains(out, "failed: database w_activations has 1 documents that the copy has not: nothing is written.") || len(is.alive("w_activations")) != 2 {
		t.Fatal(out)
	}
	if out, good = c.run("restore.js", is, "INTO=filled"); !good {
		t.Fatal(out)
	}
	if n := len(is.alive("w_activations")); n != 1204 || fmt.Sprint(is.databases["w_activations"]["guest/00001"]["start"]) != "99" {
		t.Errorf("%d documents", n)
	}
}

// As many copies stay as are kept, what is no copy does not count, and one that does
// not come about takes none away.
func TestCopiesThatAreKept(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	c := newCopier(t, target)
	for _, old := range []string{"20200101T000000Z", "20200102T000000Z", "20200103T000000Z"} {
		write(t, filepath.Join(target, old, "manifest.json"), `{"databases":[]}`)
	}
	write(t, filepath.Join(target, "20200104T000000Z/half.gz"), "")
	write(t, filepath.Join(target, "notes/manifest.json"), "")
	write(t, filepath.Join(target, ".unfinished-20200105T000000Z/half.gz"), "")
	names := func() string {
		found, _ := os.ReadDir(target)
		var all []string
		for _, f := range found {
			all = append(all, f.Name())
		}
		return strings.Join(all, " ")
	}
	for says, server := range map[string]http.Handler{
		"no database": newStored(), "no answer from": nil,
		"(is this the administrator of the Secret?)": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }),
	} {
		if out, good := c.run("backup.js", server); good || !strings.Contains(out, says) {
			t.Errorf("want %q: %s", says, out)
		}
		if got := names(); got != "20200101T000000Z 20200102T000000Z 20200103T000000Z 20200104T000000Z notes" {
			t.Error(says, "leaves", got)
		}
	}
	if out, good := c.run("backup.js", full()); !good {
		t.Fatal(out)
	}
	got := strings.Fields(names())
	if len(got) != 4 || got[0] != "20200103T000000Z" || got[1] != "20200104T000000Z" || got[3] != "notes" {
		t.Error(got)
	}
}

// A server that cuts connections is no end that is good, whatever Node makes of it.
func TestConnectionsThatAreCut(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	c := newCopier(t, target)
	if out, good := c.run("backup.js", full()); !good {
		t.Fatal(out)
	}
	cut := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = connection.Close()
		}
	})
	for _, script := range []string{"backup.js", "restore.js"} {
		if out, good := c.run(script, cut); good || !strings.Contains(out, "failed: ") {
			t.Errorf("%s: %s", script, out)
		}
	}
}

// A copy whose bytes changed is none, and is not written anywhere.
func TestCopyThatIsBroken(t *testing.T) {
	t.Parallel()
	target := t.TempDir()
	c := newCopier(t, target)
	if out, good := c.run("backup.js", full()); !good {
		t.Fatal(out)
	}
	path := filepath.Join(target, firstCopy(t, target), "w_activations.docs.gz")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	var shorter bytes.Buffer
	z := gzip.NewWriter(&shorter)
	_, _ = z.Write(all[:bytes.LastIndexByte(all[:len(all)-1], '\n')+1])
	_ = z.Close()
	for says, broken := range map[string][]byte{"has 1202 lines": shorter.Bytes(), "cannot be read": text[:len(text)/2], "cannot be read:": []byte("no gzip")} {
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		is := newStored()
		if out, good := c.run("restore.js", is); good || !strings.Contains(out, says) || len(is.databases) > 0 {
			t.Errorf("want %q: %s", says, out)
		}
	}
}

// A place that cannot be written is said with what to do.
func TestPlaceThatTakesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none")
	c := newCopier(t, file)
	if out, good := c.run("backup.js", full()); good || !strings.Contains(out, "failed: the backup's volume is not there: is the claim mounted?; the copies that are there stay") {
		t.Error(out)
	}
	if os.Getuid() == 0 {
		full := t.TempDir()
		if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", full).Run(); err != nil {
			t.Skip("no small filesystem: ", err)
		}
		defer func() { _ = exec.Command("umount", full).Run() }()
		write(t, filepath.Join(full, "20200101T000000Z/manifest.json"), "{}")
		c := newCopier(t, full)
		if out, good := c.run("backup.js", bigger()); good || !strings.Contains(out, "failed: the backup's volume is full: enlarge its claim, or keep fewer copies (couchdb.backup.keep)") {
			t.Error(out)
		}
		if left, _ := os.ReadDir(full); len(left) != 1 || left[0].Name() != "20200101T000000Z" {
			t.Error("it leaves", left)
		}
	}
}

// bigger is what does not fit into 16 KiB.
func bigger() *couchServer {
	s := newStored()
	for i := range 4000 {
		s.put("w_activations", fmt.Sprintf("guest/%d", i*i*7919), doc{"start": i * i * 104729})
	}
	return s
}
