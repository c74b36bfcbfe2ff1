package catalog_test

import (
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
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog"
	"github.com/whiskops/whiskops/schema/catalog/again"
)

const systemKey = "789c46b1-71f6-4ed5-8c54-816aa4f8c502:abczO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP"

// packageAPI is the API of OpenWhisk as far as install.js uses it: packages and actions of
// one namespace. Like the real one it counts versions, adds annotations of its own,
// and says of a default kind which one it is.
type packageAPI struct {
	mu       sync.Mutex
	packages map[string]doc
	actions  map[string]doc // by package/name
	writes   []string
	reads    int
	// before may answer in its place.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func newPackageAPI() *packageAPI {
	return &packageAPI{packages: map[string]doc{}, actions: map[string]doc{}}
}

func (a *packageAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.before != nil && a.before(w, r) {
		return
	}
	user, password, _ := r.BasicAuth()
	if user+":"+password != systemKey {
		http.Error(w, `{"error":"The supplied authentication is invalid."}`, http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodGet {
		a.reads++
	} else {
		a.writes = append(a.writes, r.Method+" "+r.URL.Path)
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v1/namespaces/_/"), "/")
	switch {
	case path[0] == "packages" && len(path) == 1:
		a.list(w, r)
	case path[0] == "packages":
		a.serve(w, r, a.packages, path[1])
	default:
		a.serve(w, r, a.actions, path[1]+"/"+path[2])
	}
}

// pageOfAPI is the longest list that the API gives, and the one that it gives unless it
// is asked for another: an installation may set both as low.
const pageOfAPI = 2

func (a *packageAPI) list(w http.ResponseWriter, r *http.Request) {
	skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
	limit := pageOfAPI
	if asked := r.URL.Query().Get("limit"); asked != "" {
		if limit, _ = strconv.Atoi(asked); limit > pageOfAPI {
			http.Error(w, `{"error":"The query parameter 'limit' was malformed."}`, http.StatusBadRequest)
			return
		}
	}
	names := slices.Sorted(maps.Keys(a.packages))
	names = names[min(skip, len(names)):]
	all := []doc{}
	for _, name := range names[:min(limit, len(names))] {
		all = append(all, doc{"name": name, "annotations": a.packages[name]["annotations"], "publish": a.packages[name]["publish"]})
	}
	_ = json.NewEncoder(w).Encode(all)
}

func (a *packageAPI) serve(w http.ResponseWriter, r *http.Request, of map[string]doc, name string) {
	have := of[name]
	switch {
	case r.Method == http.MethodPut:
		a.put(w, r, of, name)
		return
	case have == nil:
		http.Error(w, `{"error":"The requested resource does not exist."}`, 404)
		return
	case r.Method == http.MethodDelete && len(a.in(name)) > 0:
		http.Error(w, `{"error":"Package not empty."}`, http.StatusConflict)
		return
	case r.Method == http.MethodDelete:
		delete(of, name)
	case !strings.Contains(name, "/"):
		have = maps.Clone(have)
		have["actions"] = a.in(name)
	case r.URL.Query().Get("code") == "false":
		have = a.inheriting(name)
		exec := maps.Clone(have["exec"].(doc))
		delete(exec, "code")
		have["exec"] = exec
	default:
		have = a.inheriting(name)
	}
	_ = json.NewEncoder(w).Encode(have)
}

// inheriting is an action as it is shown: with the parameters of its package.
func (a *packageAPI) inheriting(name string) doc {
	have := maps.Clone(a.actions[name])
	of, _, _ := strings.Cut(name, "/")
	own, _ := have["parameters"].([]any)
	all := slices.Clone(own)
	more, _ := a.packages[of]["parameters"].([]any)
	for _, p := range more {
		if !slices.ContainsFunc(own, func(o any) bool { return o.(doc)["key"] == p.(doc)["key"] }) {
			all = append(all, p)
		}
	}
	have["parameters"] = all
	return have
}

// in are the actions in a package.
func (a *packageAPI) in(name string) []doc {
	all := []doc{}
	for _, id := range slices.Sorted(maps.Keys(a.actions)) {
		if of, action, _ := strings.Cut(id, "/"); of == name {
			all = append(all, doc{"name": action, "annotations": a.actions[id]["annotations"], "version": a.actions[id]["version"]})
		}
	}
	return all
}

func (a *packageAPI) put(w http.ResponseWriter, r *http.Request, of map[string]doc, name string) {
	var body doc
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, `{"error":"no JSON"}`, 400)
		return
	}
	n := 0
	entity := doc{"annotations": []any{}, "parameters": []any{}}
	if have := of[name]; have != nil {
		entity = maps.Clone(have)
		n, _ = strconv.Atoi(strings.TrimPrefix(have["version"].(string), "0.0."))
	}
	maps.Copy(entity, body)
	entity["version"] = fmt.Sprintf("0.0.%d", n+1)
	if exec, ok := entity["exec"].(doc); ok {
		if exec["kind"] == "nodejs:default" {
			exec["kind"] = "nodejs:20"
		}
		if exec["kind"] == "nodejs:14" {
			http.Error(w, `{"error":"The request content was malformed: kind 'nodejs:14' not in Set(nodejs:18, nodejs:20)"}`, 400)
			return
		}
		entity["annotations"] = append(slices.Clone(body["annotations"].([]any)), doc{"key": "exec", "value": exec["kind"]}, doc{"key": "provide-api-key", "value": false})
	}
	of[name] = entity
	_ = json.NewEncoder(w).Encode(entity)
}

func (a *packageAPI) names() []string {
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(a.packages)), slices.Collect(maps.Keys(a.actions))...)))
}

// someone makes an entity that is not install.js' own.
func (a *packageAPI) someone(name string) {
	if of, _, inPackage := strings.Cut(name, "/"); inPackage {
		if a.packages[of] == nil {
			a.someone(of)
		}
		a.actions[name] = doc{"version": "0.0.1", "annotations": []any{}, "exec": doc{"kind": "nodejs:20", "code": "mine"}}
		return
	}
	a.packages[name] = doc{"version": "0.0.1", "annotations": []any{doc{"key": "description", "value": "mine"}}, "publish": true}
}

// installing is a run of install.js for manifests against an API: so many rounds.
type installing struct {
	rounds int
	// manifests by directory and file.
	manifests map[string]string
	env       []string
}

const oneManifest = `{"packages": {
	"own": {
		"version": "1.0.0", "licence": "Apache-2.0", "source": "a test",
		"annotations": {"description": "a package"},
		"parameters": {"plain": "p", "url": {"value": "gateway-url"}, "token": {"value": "gateway-token"}, "nested": {"value": "x", "and": 1}},
		"actions": {
			"hello": {"code": ["part.js", "hello.js"], "annotations": {"description": "hi"}},
			"web": {"code": ["hello.js"], "web": true, "kind": "nodejs:20", "main": "other", "parameters": {"a": 1, "plain": "q"}, "limits": {"timeout": 1000}},
			"zipped": {"code": ["all.zip"], "kind": "python:3.11"}
		}
	},
	"closed": {"shared": false, "actions": {}}
}}`

func oneFolder() map[string]string {
	return map[string]string{"one/packages.json": oneManifest, "one/part.js": "const a = 1;", "one/hello.js": "const main = () => ({});", "one/all.zip": "PK\x03\x04"}
}

func (i installing) run(t *testing.T, api http.Handler) (said string, ready bool) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	text, err := catalog.Files.ReadFile("packages/install.js")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	dir := t.TempDir()
	rounds := fmt.Sprintf("for (let n = 0; n < %d; n++) {", max(i.rounds, 1))
	if strings.Count(again.Program, "for (;;) {") != 1 {
		t.Fatal("again.js has not one loop without an end")
	}
	loop := strings.Replace(again.Program, "for (;;) {", rounds, 1)
	files := map[string]string{"install.js": string(text), "again.js": loop, "secrets/subjects/whisk.system": systemKey + "\n"}
	maps.Copy(files, i.manifests)
	var folders []string
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if folder, ok := strings.CutSuffix(name, "/packages.json"); ok {
			folders = append(folders, filepath.Join(dir, folder))
		}
	}
	slices.Sort(folders)
	cmd := exec.Command(node, filepath.Join(dir, "install.js"))
	cmd.Env = append([]string{"API_URL=" + server.URL + "/api/v1", "MANIFESTS=" + strings.Join(append(folders, dir+"/none"), ":"), `VALUES={"gateway-url":"http://gateway/v2"}`, "SECRETS=" + dir + "/secrets", "STATE=" + dir, "HASTE=10000"}, i.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, part := range []string{systemKey, strings.Split(systemKey, ":")[1], gatewayToken} {
		if strings.Contains(string(out), part) {
			t.Errorf("it prints a secret: %s", out)
		}
	}
	_, err = os.Stat(filepath.Join(dir, "ready"))
	return strings.ReplaceAll(string(out), dir, "DIR"), err == nil
}

// gatewayToken is the SHA-256 of "apigateway:" and the key.
const gatewayToken = "57d4588bed80d374959021611bdd771893500b72a06a1abcbfa2c7efed44b8aa"

func installed(t *testing.T) *packageAPI {
	t.Helper()
	a := newPackageAPI()
	if said, ready := (installing{manifests: oneFolder()}).run(t, a); !ready {
		t.Fatal(said)
	}
	return a
}

func TestInstallFromNothing(t *testing.T) {
	t.Parallel()
	a := installed(t)
	if diff := gocmp.Diff([]string{"closed", "own", "own/hello", "own/web", "own/zipped"}, a.names()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	exec := func(name string) any { return a.actions[name]["exec"] }
	for name, want := range map[string]doc{
		"own/hello":  {"kind": "nodejs:20", "code": "const a = 1;\nconst main = () => ({});", "binary": false},
		"own/web":    {"kind": "nodejs:20", "code": "const main = () => ({});", "binary": false, "main": "other"},
		"own/zipped": {"kind": "python:3.11", "code": "UEsDBA==", "binary": true},
	} {
		if diff := gocmp.Diff(any(want), exec(name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if a.packages["own"]["publish"] != true || a.packages["closed"]["publish"] != false {
		t.Errorf("who may bind: %v", a.packages)
	}
	given := map[string]any{}
	for _, p := range a.packages["own"]["parameters"].([]any) {
		given[p.(doc)["key"].(string)] = p.(doc)["value"]
	}
	token, _ := given["token"].(string)
	delete(given, "token")
	want := map[string]any{"plain": "p", "url": "http://gateway/v2", "nested": doc{"value": "x", "and": 1.0}}
	if diff := gocmp.Diff(want, given); diff != "" || token != gatewayToken {
		t.Errorf("parameters, token %q (-want +got):\n%s", token, diff)
	}
	notes := fmt.Sprint(a.actions["own/web"]["annotations"])
	for _, note := range []string{"map[key:web-export value:true]", "map[key:final value:true]", "map[key:whiskops"} {
		if !strings.Contains(notes, note) {
			t.Errorf("the web action has not %s: %s", note, notes)
		}
	}
}

// A second run writes nothing, and a second round of one run does not even read code.
func TestInstallTwice(t *testing.T) {
	t.Parallel()
	a := installed(t)
	a.writes = nil
	said, ready := installing{manifests: oneFolder()}.run(t, a)
	if len(a.writes) > 0 || !ready || strings.Contains(said, "changed") {
		t.Errorf("it writes %v: %s", a.writes, said)
	}
	a.reads = 0
	if said, _ := (installing{manifests: oneFolder()}).run(t, a); a.reads == 0 {
		t.Fatal(said)
	}
	one := a.reads
	a.reads = 0
	if said, ready := (installing{manifests: oneFolder(), rounds: 3}).run(t, a); len(a.writes) > 0 || !ready || a.reads >= 3*one {
		t.Errorf("three rounds read %d times, one reads %d, and write %v: %s", a.reads, one, a.writes, said)
	}
}

// Whatever is changed, a round puts it right, and touches nothing else.
func TestInstallHeals(t *testing.T) {
	t.Parallel()
	whole := installed(t)
	for name, tt := range map[string]struct {
		spoil func(*packageAPI)
		want  string
	}{
		"an action is gone":       {func(a *packageAPI) { delete(a.actions, "own/hello") }, "PUT own/hello"},
		"a package is gone":       {func(a *packageAPI) { delete(a.packages, "closed") }, "PUT closed"},
		"another code":            {func(a *packageAPI) { change(a.actions["own/hello"], "exec", doc{"kind": "nodejs:20", "code": "evil"}) }, "PUT own/hello"},
		"another parameter":       {func(a *packageAPI) { change(a.actions["own/web"], "parameters", []any{}) }, "PUT own/web"},
		"a parameter of a packag": {func(a *packageAPI) { change(a.packages["own"], "parameters", []any{}) }, "PUT own"},
		"open to all":             {func(a *packageAPI) { change(a.packages["closed"], "publish", true) }, "PUT closed"},
		"an annotation is gone": {func(a *packageAPI) {
			change(a.actions["own/web"], "annotations", a.actions["own/web"]["annotations"].([]any)[1:])
		}, "PUT own/web"},
	} {
		t.Run(name, func(t *testing.T) {
			a := whole.copied(t)
			a.someone("foreign/action")
			tt.spoil(a)
			said, ready := installing{manifests: oneFolder()}.run(t, a)
			var wrote []string
			for _, w := range a.writes {
				method, path, _ := strings.Cut(w, " ")
				path = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(path, "/api/v1/namespaces/_/"), "packages/"), "actions/")
				wrote = append(wrote, method+" "+path)
			}
			if diff := gocmp.Diff([]string{tt.want}, wrote); diff != "" || !ready {
				t.Errorf("%s (-want +got):\n%s", said, diff)
			}
		})
	}
}

// copied is an API of its own that holds the same.
func (a *packageAPI) copied(t *testing.T) *packageAPI {
	t.Helper()
	other := newPackageAPI()
	for from, to := range map[*map[string]doc]*map[string]doc{&a.packages: &other.packages, &a.actions: &other.actions} {
		text, err := json.Marshal(*from)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, to); err != nil {
			t.Fatal(err)
		}
	}
	return other
}

func change(entity doc, field string, value any) {
	entity[field] = value
	n, _ := strconv.Atoi(strings.TrimPrefix(entity["version"].(string), "0.0."))
	entity["version"] = fmt.Sprintf("0.0.%d", n+1)
}

// What is wanted no more goes, with what others put into it it stays, and foreign
// packages are nobody's business.
func TestInstallRemoves(t *testing.T) {
	t.Parallel()
	a := installed(t)
	a.someone("foreign/action")
	less := oneFolder()
	less["one/packages.json"] = `{"packages": {"own": {"actions": {"hello": {"code": ["hello.js"]}}}}}`
	if said, ready := (installing{manifests: less}).run(t, a); !ready || !strings.Contains(said, "package closed: deleted") || !strings.Contains(said, "action own/web: deleted") {
		t.Errorf("%s", said)
	}
	if diff := gocmp.Diff([]string{"foreign", "foreign/action", "own", "own/hello"}, a.names()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	a.someone("own/theirs")
	none := map[string]string{"one/packages.json": `{"packages": {}}`}
	said, ready := installing{manifests: none}.run(t, a)
	if diff := gocmp.Diff([]string{"foreign", "foreign/action", "own", "own/theirs"}, a.names()); diff != "" || !ready {
		t.Errorf("%s (-want +got):\n%s", said, diff)
	}
	a.writes = nil
	if said, ready := (installing{manifests: none}).run(t, a); !ready || len(a.writes) > 0 {
		t.Errorf("it does not let go: %v %s", a.writes, said)
	}
}

// A package of a wanted name that someone else made stays as it is until it is said
// that it may be taken over; the others are installed.
func TestInstallForeignOfTheSameName(t *testing.T) {
	t.Parallel()
	a := newPackageAPI()
	a.someone("closed/action")
	said, ready := installing{manifests: oneFolder()}.run(t, a)
	if ready || !strings.Contains(said, "package closed is there and was made by someone else") || a.actions["own/hello"] == nil {
		t.Errorf("%s", said)
	}
	if a.packages["closed"]["version"] != "0.0.1" || a.actions["closed/action"] == nil {
		t.Errorf("it was touched: %v", a.packages["closed"])
	}
	said, ready = installing{manifests: oneFolder(), env: []string{"ADOPT=true"}}.run(t, a)
	if !ready || a.packages["closed"]["version"] == "0.0.1" || a.actions["closed/action"] == nil {
		t.Errorf("%s: %v", said, a.packages["closed"])
	}
}

// It does not go on as if nothing was, and says what to do.
func TestInstallFailures(t *testing.T) {
	t.Parallel()
	with := func(manifest string) map[string]string {
		folder := oneFolder()
		folder["one/packages.json"] = manifest
		return folder
	}
	two := oneFolder()
	two["two/packages.json"] = `{"packages": {"closed": {}}}`
	for name, tt := range map[string]struct {
		manifests map[string]string
		env       []string
		before    func(w http.ResponseWriter, r *http.Request) bool
		want      string
	}{
		"a kind that is not offered": {with(`{"packages": {"p": {"actions": {"a": {"code": ["hello.js"], "kind": "nodejs:14"}}}}}`), nil, nil, "PUT /actions/p/a?overwrite=true: 400 The request content was malformed: kind 'nodejs:14'"},
		"no JSON":                    {with(`{`), nil, nil, "packages.json is no JSON"},
		"no packages":                {with(`{"packages": []}`), nil, nil, "has no packages by their names"},
		"no such file":               {with(`{"packages": {"p": {"actions": {"a": {"code": ["gone.js"]}}}}}`), nil, nil, "packages.json: p/a: there is no file gone.js"},
		"a file outside":             {with(`{"packages": {"p": {"actions": {"a": {"code": ["../secrets/subjects/whisk.system"]}}}}}`), nil, nil, "is outside of its directory"},
		"no code":                    {with(`{"packages": {"p": {"actions": {"a": {}}}}}`), nil, nil, "p/a has no code"},
		"no such value":              {with(`{"packages": {"p": {"parameters": {"a": {"value": "cake"}}}}}`), nil, nil, "there is no value cake"},
		"a name that is none":        {with(`{"packages": {"a/b": {}}}`), nil, nil, "a/b is no name of a package"},
		"an action's name":           {with(`{"packages": {"p": {"actions": {"a/b": {"code": ["hello.js"]}}}}}`), nil, nil, "the action's name \"a/b\" is none"},
		"two archives":               {with(`{"packages": {"p": {"actions": {"a": {"code": ["all.zip", "all.zip"]}}}}}`), nil, nil, "an archive is one file"},
		"in two manifests":           {two, nil, nil, "package closed is in DIR/two/packages.json and in DIR/one/packages.json"},
		"no address":                 {oneFolder(), []string{"API_URL=http://a:b@c/"}, nil, "API_URL must be http(s)://host/api/v1, without credentials"},
		"no values":                  {oneFolder(), []string{"VALUES={"}, nil, "VALUES is no JSON"},
		"another key":                {oneFolder(), nil, answers(401, `{"error":"no"}`), "does not know the key of whisk.system (401)"},
		"a busy server":              {oneFolder(), nil, answers(503, "<html>"), "GET /packages?skip=0: 503"},
		"no list":                    {oneFolder(), nil, answers(200, "{}"), "the answer is no list"},
		"nobody there":               {oneFolder(), []string{"API_URL=http://127.0.0.1:5/api/v1"}, nil, "no answer from http://127.0.0.1:5/api/v1: ECONNREFUSED"},
		"no secret":                  {oneFolder(), []string{"SECRETS=/nowhere"}, nil, "cannot read /nowhere/subjects/whisk.system: is the Secret mounted"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newPackageAPI()
			a.before = tt.before
			said, ready := installing{manifests: tt.manifests, env: tt.env}.run(t, a)
			if ready || !strings.Contains(said, "failed: ") || !strings.Contains(said, tt.want) || strings.Contains(said, "fault of install.js") {
				t.Errorf("ready %v, want %q:\n%s", ready, tt.want, said)
			}
		})
	}
}

func answers(status int, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
		return true
	}
}
