package catalog_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// cluster is a namespace of an API server as far as configmaps.js uses one: lists
// in pages, and deletions of what has not changed.
type cluster struct {
	// objects by resource, in the order of their lists.
	objects map[string][]doc
	// now is the server's clock.
	now time.Time
	// page is the number of objects of an answer at most; 0: as many as asked for.
	page int
	// answers in place of this server, request by request, the first being 1; it
	// tells whether it did.
	answers func(n int, w http.ResponseWriter, r *http.Request) bool
	// after the list of these is read.
	after map[string]func()

	requests         int
	listed, foreign  []string
	largest          int
	deleted, unready []string
}

const token = "a.token-of the account"

// refers are the resources that configmaps.js must have looked into.
var refers = []string{"controllerrevisions", "cronjobs", "daemonsets", "deployments", "jobs", "pods", "replicasets", "statefulsets"}

var groups = map[string]string{
	"configmaps": "/api/v1", "pods": "/api/v1", "cronjobs": "/apis/batch/v1", "jobs": "/apis/batch/v1", "controllerrevisions": "/apis/apps/v1",
	"daemonsets": "/apis/apps/v1", "deployments": "/apis/apps/v1", "replicasets": "/apis/apps/v1", "statefulsets": "/apis/apps/v1",
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.requests++
	w.Header().Set("Date", c.now.UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	if c.answers != nil && c.answers(c.requests, w, r) {
		return
	}
	group, rest, ok := strings.Cut(r.URL.Path, "/namespaces/whisk/")
	resource, name, named := strings.Cut(rest, "/")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		w.WriteHeader(401)
	case !ok || groups[resource] != group:
		c.foreign = append(c.foreign, r.URL.Path)
		w.WriteHeader(404)
	case r.Method == http.MethodGet && !named:
		c.list(w, r, resource)
	case r.Method == http.MethodDelete && named && resource == "configmaps":
		c.delete(w, r, name)
	default:
		c.foreign = append(c.foreign, r.Method+" "+r.URL.Path)
		w.WriteHeader(405)
	}
}

func (c *cluster) list(w http.ResponseWriter, r *http.Request, resource string) {
	kind := "AnyList"
	if resource == "configmaps" {
		// The contents, which may be large and are nobody's business, are not
		// asked for.
		kind = "PartialObjectMetadataList"
		if !strings.Contains(r.Header.Get("Accept"), "as=PartialObjectMetadataList") || r.URL.Query().Get("labelSelector") != "app.kubernetes.io/managed-by=whiskops" {
			w.WriteHeader(406)
			return
		}
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if c.page > 0 {
		limit = min(limit, c.page)
	}
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("continue"), "after/+&"))
	all := c.objects[resource]
	to := min(len(all), from+limit)
	meta := doc{"resourceVersion": "9"}
	if to < len(all) {
		meta["continue"], meta["remainingItemCount"] = "after/+&"+strconv.Itoa(to), len(all)-to
	} else {
		c.listed = append(c.listed, resource)
	}
	c.largest = max(c.largest, to-from)
	_ = json.NewEncoder(w).Encode(doc{"kind": kind, "metadata": meta, "items": append([]doc{}, all[from:to]...)})
	if c.after[resource] != nil {
		c.after[resource]()
	}
}

func (c *cluster) delete(w http.ResponseWriter, r *http.Request, name string) {
	if want := slices.Sorted(slices.Values(append([]string{"configmaps"}, refers...))); !slices.Equal(slices.Sorted(slices.Values(c.listed)), want) {
		c.unready = append(c.unready, name)
	}
	var options struct {
		Kind          string
		Preconditions struct{ UID, ResourceVersion string }
	}
	_ = json.NewDecoder(r.Body).Decode(&options)
	at := slices.IndexFunc(c.objects["configmaps"], func(d doc) bool { return d["metadata"].(doc)["name"] == name })
	switch {
	case at < 0:
		w.WriteHeader(404)
	case options.Kind != "DeleteOptions" || options.Preconditions.UID != c.objects["configmaps"][at]["metadata"].(doc)["uid"] ||
		options.Preconditions.ResourceVersion != c.objects["configmaps"][at]["metadata"].(doc)["resourceVersion"]:
		w.WriteHeader(409)
	default:
		c.objects["configmaps"] = slices.Delete(c.objects["configmaps"], at, at+1)
		c.deleted = append(c.deleted, name)
	}
	fmt.Fprint(w, `{"kind":"Status"}`)
}

// name that ends in a hash of Kustomize's letters.
func hashed(name string) string { return name + "-24567k89bt" }

// generatedMap is a ConfigMap that Flux leaves, as old as this.
func generatedMap(name string, age time.Duration, now time.Time) doc {
	return doc{"metadata": doc{
		"name": name, "uid": "u-" + name, "resourceVersion": "7", "creationTimestamp": now.Add(-age).UTC().Format(time.RFC3339),
		"labels": doc{"app.kubernetes.io/managed-by": "whiskops"}, "annotations": doc{"kustomize.toolkit.fluxcd.io/prune": "disabled"},
	}}
}

// namespace has these ConfigMaps, and a generated workload that refers to none.
// Its clock is a minute behind the machine's: what is old is so by the clock that
// is behind, to the second.
func namespace(maps ...doc) *cluster {
	c := &cluster{now: clock, objects: map[string][]doc{"configmaps": maps}, after: map[string]func(){}}
	c.objects["statefulsets"] = []doc{{"metadata": doc{"name": "kafka", "labels": doc{"app.kubernetes.io/managed-by": "whiskops"}}}}
	return c
}

var clock = time.Now().Add(-time.Minute).Truncate(time.Second)

func old(names ...string) (all []doc) {
	for _, name := range names {
		all = append(all, generatedMap(name, 2*time.Hour, clock))
	}
	return all
}

func (c *cluster) left() (names []string) {
	for _, d := range c.objects["configmaps"] {
		names = append(names, d["metadata"].(doc)["name"].(string))
	}
	return names
}

// cleaner is a run of configmaps.js.
type cleaner struct {
	// env adds to its environment, replace to its text, and without is a file of
	// the account that is not there.
	env     []string
	replace []string
	without string
	// started is told the process.
	started func(*os.Process)
}

// clean runs configmaps.js and returns what it says.
func (c *cluster) clean(t *testing.T, with cleaner) (said string, ok bool) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip(err)
	}
	program, api := file(t, "flux/configmaps.js"), file(t, "apiserver.js")
	for i := 0; i < len(with.replace); i += 2 {
		if !strings.Contains(program+api, with.replace[i]) {
			t.Fatalf("configmaps.js and apiserver.js have no %q", with.replace[i])
		}
	}
	replaced := strings.NewReplacer(with.replace...)
	c.listed = nil
	server := httptest.NewTLSServer(c)
	defer server.Close()
	defer server.CloseClientConnections()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"configmaps.js": replaced.Replace(program), "apiserver.js": replaced.Replace(api), "token": token, "namespace": "whisk",
		"ca.crt": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
	} {
		if name == with.without {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	cmd := exec.Command(node, filepath.Join(dir, "configmaps.js"))
	cmd.Env = append([]string{"KUBERNETES_SERVICE_HOST=" + at.Hostname(), "KUBERNETES_SERVICE_PORT=" + at.Port(), "ACCOUNT=" + dir}, with.env...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if with.started != nil {
		with.started(cmd.Process)
	}
	err = cmd.Wait()
	if strings.Contains(out.String(), token) {
		t.Errorf("it prints the token: %s", out.String())
	}
	if len(c.foreign) > 0 || len(c.unready) > 0 {
		t.Errorf("it asks for %v, and deletes %v before it has seen everything", c.foreign, c.unready)
	}
	return out.String(), err == nil
}

// changed is a ConfigMap with something else in its metadata.
func changed(d doc, change func(meta doc)) doc {
	change(d["metadata"].(doc))
	return d
}
