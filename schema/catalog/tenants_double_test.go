package catalog_test

import (
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
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog"
	"github.com/whiskops/whiskops/schema/catalog/again"
)

// subjects is CouchDB as far as tenants.js uses one: the database of subjects with
// revisions, conflicts and the view of identities.
type subjects struct {
	mu   sync.Mutex
	docs map[string]doc
	seq  int
	// written are the ids in the order of their writing, requests the paths.
	written, requests []string
	largest           int
	// refuses a document of that id.
	refuses string
	// before each request; true: it was answered there.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func (s *subjects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/w_subjects")
	s.requests = append(s.requests, r.Method+" "+path)
	if s.before != nil && s.before(w, r) {
		return
	}
	if r.Header.Get("Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("controller:"+password)) {
		w.WriteHeader(401)
		return
	}
	var body struct {
		Keys []any
		Docs []doc
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	var answer any
	switch path {
	case "":
		answer = doc{"update_seq": fmt.Sprint(s.seq, "-x")}
	case "/_all_docs":
		rows := []doc{}
		for _, k := range body.Keys {
			if d := s.docs[k.(string)]; d != nil {
				rows = append(rows, doc{"id": k, "key": k, "doc": d})
			} else {
				rows = append(rows, doc{"key": k, "error": "not_found"})
			}
		}
		answer = doc{"rows": rows}
	case "/_design/subjects.v2.0.0/_view/identities":
		answer = doc{"rows": s.identities(body.Keys)}
	case "/_bulk_docs":
		answer = s.write(body.Docs)
	default:
		w.WriteHeader(404)
		answer = doc{"error": "not_found", "reason": "missing"}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *subjects) identities(keys []any) []doc {
	rows := []doc{}
	for _, k := range keys {
		for _, id := range slices.Sorted(maps.Keys(s.docs)) {
			d := s.docs[id]
			if blocked, _ := d["blocked"].(bool); blocked {
				continue
			}
			list, _ := d["namespaces"].([]any)
			for _, n := range list {
				if n.(map[string]any)["name"] == k.([]any)[0] {
					rows = append(rows, doc{"id": id, "key": k})
				}
			}
		}
	}
	return rows
}

func (s *subjects) write(docs []doc) []doc {
	var answer []doc
	s.largest = max(s.largest, len(docs))
	for _, d := range docs {
		id := d["_id"].(string)
		if id == s.refuses {
			answer = append(answer, doc{"id": id, "error": "forbidden"})
			continue
		}
		var rev any
		if old := s.docs[id]; old != nil {
			rev = old["_rev"]
		}
		if d["_rev"] != rev {
			answer = append(answer, doc{"id": id, "error": "conflict"})
			continue
		}
		s.put(id, d)
		s.written = append(s.written, id)
		answer = append(answer, doc{"ok": true, "id": id})
	}
	return answer
}

// put stores a document as anybody might; without one it is deleted.
func (s *subjects) put(id string, d doc) {
	s.seq++
	if d == nil || d["_deleted"] == true {
		delete(s.docs, id)
		return
	}
	text, _ := json.Marshal(d)
	var own doc
	_ = json.Unmarshal(text, &own)
	own["_id"], own["_rev"] = id, fmt.Sprint(s.seq, "-x")
	s.docs[id] = own
}

// changed lets somebody change a document.
func (s *subjects) changed(id string, change func(doc)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := maps.Clone(s.docs[id])
	if d == nil {
		d = doc{}
	}
	change(d)
	s.put(id, d)
}

// shown are the documents without revisions; keys of namespaces as "key".
func (s *subjects) shown() doc {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := doc{}
	for id, d := range s.docs {
		own := maps.Clone(d)
		delete(own, "_rev")
		delete(own, "_id")
		all[id] = own
	}
	return all
}

// tenancy is a pod of tenants.js.
type tenancy struct {
	t        *testing.T
	dir      string
	database *subjects
	out      *syncText
	process  *os.Process
}

type syncText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *syncText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *syncText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

const uuidOf = "10000000-0000-4000-8000-"

// keyOf the n-th namespace.
func keyOf(n int) string {
	return fmt.Sprintf("%s%012d:%s", uuidOf, n, strings.Repeat(string(rune('A'+n%26)), 60)+fmt.Sprintf("%04d", n))
}

func namespaceOf(name string, n int) map[string]any {
	uuid, key, _ := strings.Cut(keyOf(n), ":")
	return map[string]any{"name": name, "uuid": uuid, "key": key}
}

func newTenancy(t *testing.T, lines string, keys map[string]int) *tenancy {
	t.Helper()
	p := &tenancy{t: t, dir: t.TempDir(), database: &subjects{docs: map[string]doc{}}, out: &syncText{}}
	text, err := catalog.Files.ReadFile("tenants/tenants.js")
	if err != nil {
		t.Fatal(err)
	}
	p.file("tenants.js", string(text))
	p.file("again.js", again.Program)
	p.file("tenants/1.jsonl", lines)
	p.file("secrets/couchdb/username", "controller")
	p.file("secrets/couchdb/password", password)
	for name, n := range keys {
		p.file("secrets/tenants/"+name, keyOf(n))
	}
	return p
}

func (p *tenancy) file(name, content string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(content), 0o644); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		p.t.Fatal(err)
	}
}

// run starts the program with pauses of a thirtieth of a second.
func (p *tenancy) run() {
	p.t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		p.t.Skip(err)
	}
	server := httptest.NewServer(p.database)
	cmd := exec.Command(node, filepath.Join(p.dir, "tenants.js"))
	cmd.Env = []string{"COUCHDB_URL=" + server.URL, "DATABASE=w_subjects", "SECRETS=" + filepath.Join(p.dir, "secrets"), "TENANTS=" + filepath.Join(p.dir, "tenants"), "STATE=" + p.dir, "HASTE=1000"}
	cmd.Stdout, cmd.Stderr = p.out, p.out
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.process = cmd.Process
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		server.Close()
		if said := p.out.String(); strings.Contains(said, "AAAA") || strings.Contains(said, "BBBB") || strings.Contains(said, uuidOf) || strings.Contains(said, password) {
			p.t.Errorf("it prints a key: %s", said)
		}
	})
}

// until waits for what must come.
func (p *tenancy) until(what string, is func() bool) {
	p.t.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	shown, _ := json.MarshalIndent(p.database.shown(), "", " ")
	p.t.Fatalf("%s: it never comes\n%s\n%.3000s", what, p.out, shown)
}

func (p *tenancy) ready() bool {
	_, err := os.Stat(filepath.Join(p.dir, "ready"))
	return err == nil
}

// rounds lets some pass.
func (p *tenancy) rounds(n int) {
	p.t.Helper()
	looks := func() int {
		p.database.mu.Lock()
		defer p.database.mu.Unlock()
		return len(slices.DeleteFunc(slices.Clone(p.database.requests), func(r string) bool { return r != "GET " }))
	}
	from := looks()
	p.until("rounds", func() bool { return looks() >= from+n })
}

func (p *tenancy) want(want doc) {
	p.t.Helper()
	p.until("the documents", func() bool { return gocmp.Equal(plain(want), plain(p.database.shown())) })
}

// plain is a value as JSON has it.
func plain(v any) any {
	text, _ := json.Marshal(v)
	var as any
	_ = json.Unmarshal(text, &as)
	return as
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(plain(want), plain(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
