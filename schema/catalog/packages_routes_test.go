package catalog_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog"
)

const (
	guestID  = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502"
	guestKey = guestID + ":123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP"
)

// gatewayDouble is the management API of the API gateway, as its document
// management_interface_v2.md and its program have it: APIs by tenant, found by base
// path or title, each a Swagger document. Like the program it fails at a document
// without the configuration that it reads.
type gatewayDouble struct {
	apis   []doc // tenant, id, document
	next   int
	asked  []string
	answer func(w http.ResponseWriter, r *http.Request) bool
}

func (g *gatewayDouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.asked = append(g.asked, r.Method+" "+r.URL.RequestURI())
	if g.answer != nil && g.answer(w, r) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+gatewayToken {
		http.Error(w, "<html>401", http.StatusUnauthorized)
		return
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v2/"), "/")
	tenant, id := path[0], ""
	if len(path) > 2 {
		id = path[2]
	}
	at := slices.IndexFunc(g.apis, func(a doc) bool { return a["id"] == id })
	if id != "" && at < 0 {
		http.Error(w, `{"status":404,"message":"Error: Unknown API id `+id+`"}`, 404)
		return
	}
	switch r.Method {
	case http.MethodGet:
		_ = json.NewEncoder(w).Encode(g.find(tenant, r))
	case http.MethodDelete:
		g.apis = slices.Delete(g.apis, at, at+1)
		w.WriteHeader(204)
	default:
		var document doc
		_ = json.NewDecoder(r.Body).Decode(&document)
		configuration, _ := document["x-ibm-configuration"].(doc)
		if configuration == nil || configuration["assembly"] == nil || document["basePath"] == nil {
			http.Error(w, "<html>500", 500)
			return
		}
		if at < 0 {
			g.next++
			g.apis = append(g.apis, doc{"tenant": tenant, "id": fmt.Sprintf("id-%d", g.next)})
			at = len(g.apis) - 1
		}
		g.apis[at]["document"] = document
		_ = json.NewEncoder(w).Encode(g.shown(g.apis[at]))
	}
}

func (g *gatewayDouble) find(tenant string, r *http.Request) []doc {
	found := []doc{}
	for _, a := range g.apis {
		document := a["document"].(doc)
		q := r.URL.Query()
		if a["tenant"] == tenant && (!q.Has("basePath") || q.Get("basePath") == document["basePath"]) && (!q.Has("title") || q.Get("title") == document["info"].(doc)["title"]) {
			found = append(found, g.shown(a))
		}
	}
	return found
}

func (g *gatewayDouble) shown(a doc) doc {
	document := a["document"].(doc)
	return doc{"artifact_id": a["id"], "managed_url": "https://functions.example.com/api/" + a["tenant"].(string) + document["basePath"].(string), "open_api_doc": document}
}

// act runs the code of an action as a runtime does, once for each of the
// invocations, and returns what each gives.
func act(t *testing.T, code []string, env []string, invocations ...doc) []doc {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	var text strings.Builder
	for _, file := range code {
		part, err := catalog.Files.ReadFile("packages/" + file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(part)
	}
	given, err := json.Marshal(map[string]any{"code": text.String(), "invocations": invocations})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	input := filepath.Join(dir, "input.json")
	if err := os.WriteFile(input, given, 0o644); err != nil {
		t.Fatal(err)
	}
	const run = `const { code, invocations } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
		const main = new Function("require", code + "\nreturn main;")(require);
		console.error = console.log = () => {};
		(async () => { const all = []; for (const i of invocations) all.push((await main(i)) || {}); process.stdout.write(JSON.stringify(all)); })();`
	cmd := exec.Command(node, "-e", run, input)
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var results []doc
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return results
}

// call of an action of route management, as a controller makes it for the guest.
func called(g *httptest.Server, more doc) doc {
	params := doc{
		"gatewayUrl": g.URL + "/v2", "gatewayToken": gatewayToken, "__ow_user": "guest", "__ow_method": "post",
		"__ow_headers": doc{"authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(guestKey))},
		// What wsk says beside.
		"accesstoken": "DUMMY TOKEN", "spaceguid": guestID, "responsetype": "json",
	}
	for key, value := range more {
		params[key] = value
	}
	return params
}

func creation(base, path, verb, action string) doc {
	return doc{"apidoc": doc{
		"namespace": "_", "gatewayBasePath": base, "gatewayPath": path, "gatewayMethod": verb, "id": "API:_:" + base,
		"action": doc{"name": action, "namespace": "_", "backendMethod": "POST", "backendUrl": "https://functions.example.com/api/v1/web/_/default/hello.json", "authkey": guestKey},
	}}
}

func routes(t *testing.T, g *gatewayDouble, action string, invocations ...doc) []doc {
	t.Helper()
	server := httptest.NewServer(g)
	defer server.Close()
	var all []doc
	for _, i := range invocations {
		all = append(all, called(server, i))
	}
	results := act(t, []string{"shared/send.js", "apimgmt/gateway.js", "apimgmt/" + action + ".js"}, nil, all...)
	for i, r := range results {
		if refused, ok := r["error"].(doc); ok {
			results[i] = doc{"refused": refused["body"].(doc)["error"], "status": refused["statusCode"]}
		} else if r["statusCode"] != 200.0 {
			t.Errorf("%s answers %v", action, r)
		} else {
			results[i] = r["body"].(doc)
		}
	}
	return results
}

func TestCreateAPI(t *testing.T) {
	g := &gatewayDouble{}
	made := routes(t, g, "createApi",
		creation("/hello", "/world", "get", "/_/hello"),
		creation("/hello", "/world", "POST", "/_/tools/hello"),
		// The same again changes nothing but what it says.
		creation("/hello", "/world", "get", "/_/other"))
	if len(g.apis) != 1 || g.apis[0]["tenant"] != guestID {
		t.Fatalf("APIs: %v", g.apis)
	}
	if made[2]["gwApiUrl"] != "https://functions.example.com/api/"+guestID+"/hello" || made[2]["gwApiActivated"] != true {
		t.Errorf("wsk is told %v", made[2])
	}
	operation := func(verb, pack, action, path string) doc {
		return doc{
			"operationId": verb + "_world",
			"x-openwhisk": doc{"url": "https://functions.example.com/api/v1/web/guest/" + path + ".json", "namespace": "guest", "package": pack, "action": action},
			"responses":   doc{"default": doc{"description": "Default response"}},
		}
	}
	step := func(verb, path string) doc {
		return doc{"operations": []any{verb + "_world"}, "execute": []any{doc{"invoke": doc{"target-url": "https://functions.example.com/api/v1/web/guest/" + path + ".json", "verb": "keep"}}}}
	}
	want := doc{
		"swagger": "2.0", "basePath": "/hello", "info": doc{"title": "/hello", "version": "1.0.0"},
		"paths": doc{"/world": doc{"get": operation("get", "", "other", "default/other"), "post": operation("post", "tools", "hello", "tools/hello")}},
		"x-ibm-configuration": doc{
			"cors":     doc{"enabled": true},
			"assembly": doc{"execute": []any{doc{"operation-switch": doc{"case": []any{step("post", "tools/hello"), step("get", "default/other")}}}}},
		},
	}
	if diff := gocmp.Diff(want, g.apis[0]["document"]); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(made[2]["apidoc"], g.apis[0]["document"]); diff != "" {
		t.Errorf("wsk sees another document: %s", diff)
	}
}

// An action behind a key of its own, one behind a path with parameters, and a document.
func TestCreateAPIForms(t *testing.T) {
	g := &gatewayDouble{}
	secure, pathed := creation("/s", "/", "get", "/guest/p/a"), creation("/p", "/pets/{id}", "get", "/_/pets")
	secure["apidoc"].(doc)["action"].(doc)["secureKey"] = "s3"
	secure["apidoc"].(doc)["apiName"] = "Secure"
	pathed["apidoc"].(doc)["pathParameters"] = []any{doc{"name": "id", "in": "path", "required": true, "type": "string"}}
	pathed["responsetype"] = "http"
	own := doc{"basePath": "/own", "info": doc{"title": "Own", "version": "3"}, "paths": doc{}, "x-ibm-configuration": doc{"assembly": doc{"execute": []any{}}, "cors": doc{"enabled": false}}}
	text, _ := json.Marshal(own)
	results := routes(t, g, "createApi", secure, pathed, doc{"apidoc": doc{"namespace": "_", "swagger": string(text)}}, doc{"apidoc": string(mustJSON(doc{"namespace": "_", "swagger": own}))})
	for i, r := range results {
		if r["refused"] != nil {
			t.Errorf("%d: %v", i, r)
		}
	}
	said := string(mustJSON(g.apis))
	for _, part := range []string{
		`{"set-variable":{"actions":[{"set":"message.headers.X-Require-Whisk-Auth","value":"s3"}]}}`,
		`"target-url":"https://functions.example.com/api/v1/web/guest/default/pets.http$(request.path)"`,
		`"title":"Secure"`, `"title":"Own"`,
	} {
		if !strings.Contains(said, part) {
			t.Errorf("no %s in %s", part, said)
		}
	}
	if len(g.apis) != 3 {
		t.Errorf("a document twice makes %d APIs", len(g.apis))
	}
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func TestRoutesRefuse(t *testing.T) {
	t.Parallel()
	without := func(fields ...string) doc {
		c := creation("/a", "/b", "get", "/_/c")
		for _, f := range fields {
			of := c["apidoc"].(doc)
			if action, ok := strings.CutPrefix(f, "action."); ok {
				of, f = of["action"].(doc), action
			}
			delete(of, f)
		}
		return c
	}
	with := func(c doc, field string, value any) doc {
		if field == "action.backendUrl" || field == "action.name" {
			c["apidoc"].(doc)["action"].(doc)[strings.TrimPrefix(field, "action.")] = value
		} else if strings.HasPrefix(field, "gateway") && field != "gatewayToken" {
			c["apidoc"].(doc)[field] = value
		} else {
			c[field] = value
		}
		return c
	}
	good := func() doc { return creation("/a", "/b", "get", "/_/c") }
	cases := []struct {
		action string
		call   doc
		want   string
	}{
		{"createApi", with(good(), "__ow_user", ""), "a valid key is needed"},
		{"createApi", with(good(), "__ow_headers", doc{}), "the key has to come by Basic authentication"},
		{"createApi", with(good(), "spaceguid", "789c46b1-71f6-4ed5-8c54-816aa4f8c502"), "spaceguid is not that of the key"},
		{"createApi", with(good(), "__ow_headers", doc{"authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("../x:y"))}), "is no UUID"},
		{"createApi", with(good(), "gatewayToken", "wrong"), "the API gateway refused (401)"},
		{"createApi", doc{}, "apidoc is missing"},
		{"createApi", doc{"apidoc": "{"}, "apidoc is no JSON"},
		{"createApi", without("gatewayBasePath"), "apidoc has no gatewayBasePath"},
		{"createApi", without("gatewayPath"), "apidoc has no gatewayPath"},
		{"createApi", without("action"), "apidoc has no action"},
		{"createApi", without("action.name"), "action has no name"},
		{"createApi", with(good(), "action.name", "/a/b/c/d"), "is none"},
		{"createApi", with(good(), "action.backendUrl", "ftp://x/api/v1/web"), "no address of an action"},
		{"createApi", with(good(), "gatewayMethod", "fetch"), "which is no verb"},
		{"createApi", with(good(), "gatewayPath", "b"), "has to begin with \"/\""},
		{"createApi", with(good(), "gatewayBasePath", "/a/{x}"), "the base path /a/{x} has parameters"},
		{"createApi", with(good(), "gatewayPath", "/b/{x}"), "has {x}, of which the parameters of get say nothing"},
		{"createApi", with(good(), "responsetype", "../json"), "the response type is"},
		{"createApi", doc{"apidoc": doc{"swagger": doc{"basePath": "/x", "info": doc{}}}}, "swagger has no paths"},
		{"createApi", doc{"apidoc": doc{"swagger": doc{"basePath": "/x", "info": doc{}, "paths": doc{}}}}, "no x-ibm-configuration"},
		{"createApi", doc{"apidoc": doc{"swagger": "x", "gatewayBasePath": "/x"}}, "exclude each other"},
		{"getApi", doc{"__ow_user": ""}, "a valid key is needed"},
		{"getApi", doc{"spaceguid": "other"}, "spaceguid is not that of the key"},
		{"deleteApi", doc{"__ow_user": ""}, "a valid key is needed"},
		{"deleteApi", doc{}, "basepath is missing"},
		{"deleteApi", doc{"basepath": "/x", "operation": "get"}, "relpath is missing"},
		{"deleteApi", doc{"basepath": "/x"}, "API '/x' does not exist"},
	}
	for _, action := range []string{"createApi", "getApi", "deleteApi"} {
		var calls []doc
		var wants []string
		for _, c := range cases {
			if c.action == action {
				calls, wants = append(calls, c.call), append(wants, c.want)
			}
		}
		g := &gatewayDouble{}
		for i, r := range routes(t, g, action, calls...) {
			said, _ := r["refused"].(string)
			if !strings.Contains(said, wants[i]) || r["status"] != 502.0 {
				t.Errorf("%s: want %q, got %v", action, wants[i], r)
			}
		}
		if len(g.apis) > 0 {
			t.Errorf("%s leaves %v", action, g.apis)
		}
	}
}

// fill has two APIs of the guest's, and one of someone else.
func fill(t *testing.T) *gatewayDouble {
	t.Helper()
	g := &gatewayDouble{}
	named := creation("/two", "/c", "get", "/_/c")
	named["apidoc"].(doc)["apiName"] = "Second"
	routes(t, g, "createApi", creation("/one", "/a", "get", "/_/a"), creation("/one", "/a", "post", "/_/a"), creation("/one", "/b", "get", "/_/b"), named)
	g.apis = append(g.apis, doc{"tenant": "other", "id": "theirs", "document": doc{"basePath": "/one", "info": doc{"title": "/one"}, "paths": doc{}, "x-ibm-configuration": doc{}}})
	return g
}

func TestGetAPI(t *testing.T) {
	g := fill(t)
	got := routes(t, g, "getApi", doc{"limit": "0", "skip": "0"}, doc{"basepath": "/one"}, doc{"basepath": "Second"}, doc{"basepath": "/none"}, doc{"limit": "1", "skip": "1"}, doc{"skip": "9"})
	var paths []string
	for _, r := range got {
		said := ""
		for _, api := range r["apis"].([]any) {
			value := api.(doc)["value"].(doc)
			said += value["apidoc"].(doc)["basePath"].(string) + " "
			if !strings.Contains(value["gwApiUrl"].(string), guestID) {
				t.Errorf("someone else's API: %v", value)
			}
		}
		paths = append(paths, strings.TrimSpace(said))
	}
	if diff := gocmp.Diff([]string{"/one /two", "/one", "/two", "", "/two", ""}, paths); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDeleteAPI(t *testing.T) {
	t.Parallel()
	g := fill(t)
	got := routes(t, g, "deleteApi",
		doc{"basepath": "/one", "relpath": "/none"},
		doc{"basepath": "/one", "relpath": "/b", "operation": "put"},
		doc{"basepath": "/one", "relpath": "/a", "operation": "POST"})
	if got[0]["refused"] != "path '/none' does not exist in the API" || got[1]["refused"] != "path '/b' has no operation 'put'" || len(got[2]) != 0 {
		t.Errorf("%v", got)
	}
	said := string(mustJSON(g.apis[0]["document"]))
	if strings.Contains(said, "post_a") || !strings.Contains(said, "get_a") || !strings.Contains(said, "get_b") {
		t.Errorf("after an operation: %s", said)
	}
	routes(t, g, "deleteApi", doc{"basepath": "/one", "relpath": "/a"})
	if said := string(mustJSON(g.apis[0]["document"])); strings.Contains(said, "get_a") || !strings.Contains(said, "get_b") {
		t.Errorf("after a path: %s", said)
	}
	// With its last path an API goes.
	routes(t, g, "deleteApi", doc{"basepath": "/one", "relpath": "/b", "operation": "get"}, doc{"basepath": "Second"})
	if len(g.apis) != 1 || g.apis[0]["id"] != "theirs" {
		t.Errorf("left: %v", g.apis)
	}
}

// The pod may not be let through at once.
func TestGatewayIsTriedAgain(t *testing.T) {
	t.Parallel()
	refused := 0
	g := &gatewayDouble{answer: func(w http.ResponseWriter, _ *http.Request) bool {
		if refused++; refused > 2 {
			return false
		}
		connection, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			connection.Close()
		}
		return true
	}}
	if got := routes(t, g, "getApi", doc{}); got[0]["refused"] != nil {
		t.Errorf("%v", got)
	}
	g.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, `{"message":"Error: Redis is away"}`, 500)
		return true
	}
	if got := routes(t, g, "getApi", doc{}); got[0]["refused"] != "the API gateway refused (500): Error: Redis is away" {
		t.Errorf("%v", got)
	}
}

// What the catalogue's small actions give for what they take.
func TestSmallActions(t *testing.T) {
	t.Parallel()
	env := []string{"__OW_NAMESPACE=guest", "__OW_API_HOST=https://functions.example.com"}
	for _, tt := range []struct {
		file     string
		in, want doc
	}{
		{"utils/echo", doc{"a": 1.0}, doc{"a": 1.0}},
		{"utils/cat", doc{"lines": []any{1.0, "b"}}, doc{"lines": []any{1.0, "b"}, "payload": "1\nb"}},
		{"utils/cat", doc{}, doc{"lines": []any{}, "payload": ""}},
		{"utils/head", doc{"lines": []any{"a", "b", "c"}, "num": 2.0}, doc{"lines": []any{"a", "b"}, "num": 2.0}},
		{"utils/head", doc{"lines": []any{"a", "b"}}, doc{"lines": []any{"a"}, "num": 1.0}},
		{"utils/sort", doc{"lines": []any{"b", "a"}}, doc{"lines": []any{"a", "b"}, "length": 2.0}},
		{"utils/split", doc{"payload": "a,b", "separator": ","}, doc{"lines": []any{"a", "b"}, "payload": "a,b"}},
		{"utils/split", doc{"payload": "a\r\nb\nc"}, doc{"lines": []any{"a", "b", "c"}, "payload": "a\r\nb\nc"}},
		{"utils/smash", doc{"$fieldName": "p", "a": 1.0}, doc{"p": doc{"a": 1.0}}},
		{"utils/smash", doc{"a": 1.0}, doc{"error": "$fieldName has to be a text: the name to put the parameters below"}},
		{"utils/namespace", doc{}, doc{"namespace": "guest"}},
		{"utils/hosturl", doc{"path": "a"}, doc{"url": "https://functions.example.com/api/v1/namespaces/guest/actions/a"}},
		{"utils/hosturl", doc{"path": "a", "web": true, "ext": ".json"}, doc{"url": "https://functions.example.com/api/v1/web/guest/default/a.json"}},
		{"utils/hosturl", doc{"path": "p/a", "web": true}, doc{"url": "https://functions.example.com/api/v1/web/guest/p/a"}},
		{"utils/hosturl", doc{"path": "t", "trigger": true}, doc{"url": "https://functions.example.com/api/v1/namespaces/guest/triggers/t"}},
		{"utils/hosturl", doc{}, doc{"url": "https://functions.example.com/api/v1/namespaces/guest/actions"}},
		{"utils/hosturl", doc{"web": true, "trigger": true}, doc{"error": "a trigger has no package, and is nothing on the web"}},
		{"utils/hosturl", doc{"web": true, "ext": ".exe"}, doc{"error": "ext has to be one of .html, .http, .json, .svg, .text"}},
		{"samples/greeting", doc{"name": "Ada"}, doc{"payload": "Hello, Ada from somewhere!"}},
		{"samples/helloWorld", doc{}, doc{}},
		{"samples/printParams", doc{"b": 1.0, "a": 2.0}, doc{"params": doc{"a": 2.0, "b": 1.0}}},
		{"samples/wordCount", doc{"payload": " five fuzzy\nfelines "}, doc{"count": 3.0}},
		{"slack/post", doc{}, doc{"error": "text is missing"}},
		{"slack/post", doc{"text": "a", "url": "http://x"}, doc{"error": "url is missing: the address of an incoming webhook"}},
	} {
		if diff := gocmp.Diff([]doc{tt.want}, act(t, []string{tt.file + ".js"}, env, tt.in)); diff != "" {
			t.Errorf("%s of %v (-want +got):\n%s", tt.file, tt.in, diff)
		}
	}
	date := act(t, []string{"utils/date.js"}, nil, doc{})[0]["date"].(string)
	if len(date) != len("2016-03-22T00:59:55.961Z") {
		t.Errorf("date %q", date)
	}
}
