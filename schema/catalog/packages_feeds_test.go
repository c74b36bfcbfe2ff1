package catalog_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog"
)

// listened is the database of a provider, and the API with one trigger of the guest's:
// what the service beside a provider talks to.
type listened struct {
	mu   sync.Mutex
	docs map[string]doc
	// seen are the states that a provider would have seen, in order.
	seen     []string
	triggers map[string]bool // by namespace/name
	asked    []string
}

func (l *listened) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	user, password, _ := r.BasicAuth()
	if path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/v1/namespaces/"); ok {
		l.asked = append(l.asked, path)
		namespace, name, _ := strings.Cut(path, "/triggers/")
		switch {
		case user+":"+password != guestKey:
			w.WriteHeader(401)
		case namespace != "guest":
			w.WriteHeader(403)
		case !l.triggers[name]:
			w.WriteHeader(404)
		default:
			fmt.Fprint(w, "{}")
		}
		return
	}
	id, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/providers/"))
	have := l.docs[id]
	switch {
	case user != "alarms" || password != "p:a ss":
		w.WriteHeader(401)
	case r.Method == http.MethodPut:
		var body doc
		_ = json.NewDecoder(r.Body).Decode(&body)
		if have != nil && body["_rev"] != have["_rev"] || have == nil && body["_rev"] != nil {
			w.WriteHeader(409)
			return
		}
		body["_rev"] = fmt.Sprintf("%d-x", len(l.seen)+1)
		l.docs[id] = body
		l.seen = append(l.seen, fmt.Sprint(body["status"].(doc)["active"]))
		_ = json.NewEncoder(w).Encode(doc{"ok": true, "rev": body["_rev"]})
	case have == nil:
		w.WriteHeader(404)
		fmt.Fprint(w, `{"error":"not_found"}`)
	case r.Method == http.MethodDelete && r.URL.Query().Get("rev") != have["_rev"]:
		w.WriteHeader(409)
	case r.Method == http.MethodDelete:
		delete(l.docs, id)
		l.seen = append(l.seen, "deleted")
		fmt.Fprint(w, "{}")
	default:
		_ = json.NewEncoder(w).Encode(have)
	}
}

// service runs service.js of a provider, and returns its address.
func (l *listened) service(t *testing.T, provider string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	text, err := catalog.Files.ReadFile("packages/feeds/service.js")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for name, content := range map[string]string{"service.js": string(text), "couchdb/username": "alarms", "couchdb/password": "p:a ss"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	cmd := exec.Command(node, filepath.Join(dir, "service.js"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = []string{"PROVIDER=" + provider, "DATABASE_URL=" + server.URL + "/providers", "API_URL=" + server.URL + "/api/v1", "BROKERS=events-0:9092,events-1:9092", "SECRETS=" + dir, "SILENCE_MS=1", fmt.Sprint("PORT=", port)}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for _, secret := range []string{strings.Split(guestKey, ":")[1], "p:a ss"} {
			if strings.Contains(said.String(), secret) {
				t.Errorf("it prints a secret: %s", said.String())
			}
		}
	})
	address := fmt.Sprintf("http://127.0.0.1:%d", port)
	for range 300 {
		if response, err := http.Get(address + "/healthz"); err == nil {
			response.Body.Close()
			if response.StatusCode == 200 {
				return address
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("it does not answer: %s", said.String())
	return ""
}

// ask the service as feed.js does.
func ask(t *testing.T, address, method, path, key string, body any) (int, doc) {
	t.Helper()
	text, ok := body.(string)
	if !ok && body != nil {
		text = string(mustJSON(body))
	}
	r, err := http.NewRequest(method, address+path, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(key)))
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(response.Body)
	var answer doc
	if err := json.Unmarshal(said, &answer); err != nil {
		t.Fatalf("%s: %v", said, err)
	}
	return response.StatusCode, answer
}

// kept is a document less what changes from run to run.
func kept(d doc) doc {
	d = maps.Clone(d)
	for _, field := range []string{"_rev", "_id", "uuid", "startDate"} {
		delete(d, field)
	}
	if status, ok := d["status"].(doc); ok {
		d["status"] = status["active"]
	}
	return d
}

func TestAlarms(t *testing.T) {
	l := &listened{docs: map[string]doc{}, triggers: map[string]bool{"every": true, "once": true, "cron": true}}
	address := l.service(t, "alarms")
	future := float64(time.Now().Add(time.Hour).UnixMilli())
	for name, body := range map[string]doc{
		"cron":  {"type": "cron", "cron": "*/5 * * * *", "timezone": "Europe/Berlin", "strict": "true", "trigger_payload": "hello", "maxTriggers": 3},
		"once":  {"type": "once", "date": future, "deleteAfterFire": "rules", "trigger_payload": doc{"a": 1.0}},
		"every": {"type": "interval", "minutes": "2", "trigger_payload": ""},
	} {
		if status, said := ask(t, address, "POST", "/guest/"+name, guestKey, body); status != 200 {
			t.Fatalf("%s: %d %v", name, status, said)
		}
	}
	common := doc{"apikey": guestKey, "namespace": "guest", "worker": "worker0", "status": true, "maxTriggers": -1.0}
	for name, more := range map[string]doc{
		"cron":  {"cron": "*/5 * * * *", "timezone": "Europe/Berlin", "strict": true, "payload": doc{"payload": "hello"}, "maxTriggers": 3.0},
		"once":  {"date": future, "deleteAfterFire": "rules", "payload": doc{"a": 1.0}},
		"every": {"minutes": 2.0, "payload": doc{}},
	} {
		want := maps.Clone(common)
		want["name"] = name
		maps.Copy(want, more)
		if diff := gocmp.Diff(want, kept(l.docs[guestKey+"/guest/"+name])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if start, ok := l.docs[guestKey+"/guest/every"]["startDate"].(float64); !ok || start < float64(time.Now().UnixMilli()) {
		t.Errorf("an interval begins at %v", l.docs[guestKey+"/guest/every"]["startDate"])
	}
	status, said := ask(t, address, "GET", "/guest/cron", guestKey, nil)
	if config, _ := said["config"].(doc); status != 200 || config["cron"] != "*/5 * * * *" || config["apikey"] != nil || said["status"].(doc)["active"] != true {
		t.Errorf("%d %v", status, said)
	}
	// A provider of alarms has to see what is on go off before it changes.
	l.seen = nil
	if status, said := ask(t, address, "PUT", "/guest/cron", guestKey, doc{"cron": "0 0 * * *"}); status != 200 || l.docs[guestKey+"/guest/cron"]["cron"] != "0 0 * * *" {
		t.Errorf("%d %v", status, said)
	}
	if status, _ := ask(t, address, "POST", "/guest/once", guestKey, doc{"type": "once", "date": future}); status != 200 {
		t.Errorf("again: %d", status)
	}
	delete(l.triggers, "cron") // wsk deletes the trigger, and then asks the feed
	if status, said := ask(t, address, "DELETE", "/guest/cron", guestKey, nil); status != 200 {
		t.Errorf("%d %v", status, said)
	}
	if diff := gocmp.Diff([]string{"false", "true", "false", "true", "false", "deleted"}, l.seen); diff != "" || l.docs[guestKey+"/guest/cron"] != nil {
		t.Errorf("a provider sees (-want +got):\n%s", diff)
	}
}

func TestKafkaFeed(t *testing.T) {
	l := &listened{docs: map[string]doc{}, triggers: map[string]bool{"t": true}}
	address := l.service(t, "kafka")
	if status, said := ask(t, address, "POST", "/guest/t", guestKey, doc{"topic": "orders", "brokers": "events-1:9092", "isJSONData": "true"}); status != 200 || said["uuid"] == nil {
		t.Fatalf("%d %v", status, said)
	}
	d := l.docs["/guest/t"]
	if trigger, _ := d["triggerURL"].(string); !strings.HasSuffix(trigger, "/api/v1/namespaces/guest/triggers/t") {
		t.Errorf("the provider fires %s", trigger)
	}
	want := doc{
		"topic": "orders", "brokers": []any{"events-1:9092"}, "isMessageHub": false, "isJSONData": true, "isBinaryKey": false, "isBinaryValue": false,
		"triggerName": "/guest/t", "authKey": guestKey, "worker": "worker0", "status": true, "triggerURL": d["triggerURL"],
	}
	if diff := gocmp.Diff(want, kept(d)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	status, said := ask(t, address, "GET", "/guest/t", guestKey, nil)
	if config, _ := said["config"].(doc); status != 200 || config["topic"] != "orders" || config["authKey"] != nil {
		t.Errorf("%d %v", status, said)
	}
	if status, said := ask(t, address, "PUT", "/guest/t", guestKey, doc{"isBinaryValue": true}); status != 400 || said["error"] != "isJSONData and isBinaryValue exclude each other" {
		t.Errorf("%d %v", status, said)
	}
	if status, said := ask(t, address, "PUT", "/guest/t", guestKey, doc{"isBinaryKey": true}); status != 200 || l.docs["/guest/t"]["isBinaryKey"] != true {
		t.Errorf("%d %v", status, said)
	}
	if status, said := ask(t, address, "DELETE", "/guest/t", guestKey, nil); status != 200 || len(l.docs) != 0 {
		t.Errorf("%d %v", status, said)
	}
}

// Who has no key to a trigger changes nothing, and what a provider could not use is
// refused.
func TestFeedsRefuse(t *testing.T) {
	t.Parallel()
	l := &listened{docs: map[string]doc{}, triggers: map[string]bool{"t": true}}
	past := float64(time.Now().Add(-time.Hour).UnixMilli())
	cron := doc{"type": "cron", "cron": "* * * * *"}
	with := func(more doc) doc { all := maps.Clone(cron); maps.Copy(all, more); return all }
	alarms := l.service(t, "alarms")
	kafka := l.service(t, "kafka")
	for _, tt := range []struct {
		address, method, path, key string
		body                       any
		status                     int
		want                       string
	}{
		{alarms, "POST", "/guest/t", "", cron, 401, "the trigger's key is missing"},
		{alarms, "POST", "/guest/t", systemKey, cron, 403, "the key does not open the trigger (401)"},
		{alarms, "POST", "/other/t", guestKey, cron, 403, "the key does not open the trigger (403)"},
		{alarms, "DELETE", "/other/t", guestKey, nil, 403, "the key does not open the trigger (403)"},
		{alarms, "POST", "/guest/none", guestKey, cron, 404, "the key does not open the trigger (404)"},
		{alarms, "GET", "/guest/t", guestKey, nil, 404, "nobody listens for this trigger"},
		{alarms, "PUT", "/guest/t", guestKey, cron, 404, "nobody listens for this trigger"},
		{alarms, "DELETE", "/guest/none", guestKey, nil, 404, "nobody listens for this trigger"},
		{alarms, "PATCH", "/guest/t", guestKey, cron, 400, "there is /NAMESPACE/TRIGGER"},
		{alarms, "POST", "/guest", guestKey, cron, 400, "there is /NAMESPACE/TRIGGER"},
		{alarms, "POST", "/guest/t/u", guestKey, cron, 400, "there is /NAMESPACE/TRIGGER"},
		{alarms, "POST", "/_/t", guestKey, cron, 400, "a namespace and a trigger have names"},
		{alarms, "POST", "/%2e%2e/t", guestKey, cron, 400, "a namespace and a trigger have names"},
		{alarms, "POST", "/guest/t", guestKey, "{", 400, "the body is no JSON"},
		{alarms, "POST", "/guest/t", guestKey, "[]", 400, "the body is no object"},
		{alarms, "POST", "/guest/t", guestKey, doc{}, 400, "type is one of once, interval, cron"},
		{alarms, "POST", "/guest/t", guestKey, doc{"type": "cron"}, 400, "cron is missing"},
		{alarms, "POST", "/guest/t", guestKey, with(doc{"cron": "* * * *"}), 400, "cron is no pattern"},
		{alarms, "POST", "/guest/t", guestKey, with(doc{"cron": "* * * * $(x)"}), 400, "cron is no pattern"},
		{alarms, "POST", "/guest/t", guestKey, with(doc{"timezone": "Mars"}), 400, "timezone is none"},
		{alarms, "POST", "/guest/t", guestKey, with(doc{"startDate": "soon"}), 400, "startDate is no time"},
		{alarms, "POST", "/guest/t", guestKey, with(doc{"stopDate": past}), 400, "stopDate has passed"},
		{alarms, "POST", "/guest/t", guestKey, with(doc{"maxTriggers": 0.5}), 400, "maxTriggers is a whole number"},
		{alarms, "POST", "/guest/t", guestKey, doc{"type": "interval", "minutes": 0}, 400, "minutes is a whole number"},
		{alarms, "POST", "/guest/t", guestKey, doc{"type": "interval", "minutes": 1, "maxTriggers": 2}, 400, "maxTriggers is a whole number"},
		{alarms, "POST", "/guest/t", guestKey, doc{"type": "once", "date": past}, 400, "date has passed"},
		{alarms, "POST", "/guest/t", guestKey, doc{"type": "once", "date": "2999-01-01T00:00:00Z", "deleteAfterFire": "maybe"}, 400, "deleteAfterFire is one of"},
		{kafka, "POST", "/guest/t", guestKey, doc{"brokers": "events-0:9092"}, 400, "topic is missing"},
		{kafka, "POST", "/guest/t", guestKey, doc{"topic": "a"}, 400, "brokers is missing"},
		{kafka, "POST", "/guest/t", guestKey, doc{"topic": "a", "brokers": []any{"events-0:9092", "kafka:9092"}}, 400, "is not among those that this installation reads from: events-0:9092, events-1:9092"},
		{kafka, "POST", "/guest/t", guestKey, doc{"topic": "a", "brokers": "events-0:9092", "isJSONData": true, "isBinaryValue": true}, 400, "exclude each other"},
	} {
		status, said := ask(t, tt.address, tt.method, tt.path, tt.key, tt.body)
		if text, _ := said["error"].(string); status != tt.status || !strings.Contains(text, tt.want) {
			t.Errorf("%s %s %v: %d %v, want %d %q", tt.method, tt.path, tt.body, status, said, tt.status, tt.want)
		}
	}
	if len(l.docs) > 0 {
		t.Errorf("left: %v", l.docs)
	}
}

// A feed action hands on what is the trigger's, with its key.
func TestFeedAction(t *testing.T) {
	t.Parallel()
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		got = append(got, fmt.Sprint(r.Method, " ", r.URL.Path, " ", user+":"+password == guestKey, " ", string(body)))
		if r.Method == http.MethodPut {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"no"}`)
			return
		}
		fmt.Fprint(w, `{"status":"success"}`)
	}))
	defer server.Close()
	call := func(event string) doc {
		return doc{"lifecycleEvent": event, "triggerName": "/_/t", "authKey": guestKey, "feedUrl": server.URL, "cron": "* * * * *", "__ow_x": 1}
	}
	nameless := call("CREATE")
	delete(nameless, "triggerName")
	results := act(t, []string{"shared/send.js", "feeds/feed.js", "feeds/alarm.js"}, []string{"__OW_NAMESPACE=guest"}, call("CREATE"), call("READ"), call("UPDATE"), call("DELETE"), call("PAUSE"), nameless)
	want := []string{`POST /guest/t true {"cron":"* * * * *","type":"cron"}`, "GET /guest/t true ", `PUT /guest/t true {"cron":"* * * * *","type":"cron"}`, "DELETE /guest/t true "}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	said := string(mustJSON(results))
	if said != `[{"status":"success"},{"status":"success"},{"error":"no"},{"status":"success"},{"error":"lifecycleEvent is \"PAUSE\", not one of CREATE, READ, UPDATE, DELETE"},{"error":"a feed is invoked for a trigger: wsk trigger create NAME --feed ..."}]` {
		t.Errorf("%s", said)
	}
	server.Close()
	if r := act(t, []string{"shared/send.js", "feeds/feed.js", "feeds/kafkaFeed.js"}, nil, call("READ")); r[0]["error"] != "the provider's service does not answer: ECONNREFUSED" {
		t.Errorf("%v", r)
	}
}
