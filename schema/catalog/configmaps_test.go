package catalog_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/schema/catalog"
)

// Only what has all the marks of an orphan goes.
func TestConfigMapsThatGo(t *testing.T) {
	aged := func(name string, age time.Duration) doc { return generatedMap(hashed(name), age, clock) }
	marked := func(name string, change func(meta doc)) doc { return changed(aged(name, 2*time.Hour), change) }
	c := namespace(
		aged("above", time.Hour+time.Second), aged("at", time.Hour), aged("below", time.Hour-time.Second), aged("new", 0), aged("future", -time.Hour),
		marked("other-label", func(m doc) { m["labels"] = doc{"app.kubernetes.io/managed-by": "helm"} }),
		marked("no-labels", func(m doc) { delete(m, "labels") }),
		marked("no-annotations", func(m doc) { delete(m, "annotations") }),
		marked("pruned", func(m doc) { m["annotations"] = doc{"kustomize.toolkit.fluxcd.io/prune": "enabled"} }),
		marked("going", func(m doc) { m["deletionTimestamp"] = "2020-01-01T00:00:00Z" }),
		marked("no-time", func(m doc) { delete(m, "creationTimestamp") }),
		generatedMap("kube-root-ca.crt", 2*time.Hour, clock), generatedMap("nine-24567k89b", 2*time.Hour, clock),
		generatedMap("eleven-24567k89btt", 2*time.Hour, clock), generatedMap("letters-24567k89ba", 2*time.Hour, clock),
	)
	before := c.left()
	said, ok := c.clean(t, cleaner{})
	want := []string{hashed("above"), hashed("at")}
	if diff := gocmp.Diff(want, c.deleted); diff != "" || !ok || len(c.left()) != len(before)-len(want) {
		t.Errorf("%s (-want +got):\n%s", said, diff)
	}
	for _, line := range []string{
		"deleted " + hashed("above"), "deleted " + hashed("at"), "left " + hashed("below") + ": it is younger than an hour",
		"left " + hashed("no-time") + ": it is younger", "2 deleted, 4 left",
	} {
		if !strings.Contains(said, line) {
			t.Errorf("it does not say %q: %s", line, said)
		}
	}
	if said, ok := c.clean(t, cleaner{}); !ok || !strings.Contains(said, "0 deleted, 4 left") {
		t.Errorf("a second run: %s", said)
	}
}

// The clock that is behind decides.
func TestConfigMapsByTheClockBehind(t *testing.T) {
	c := namespace(generatedMap(hashed("new"), 30*time.Minute, time.Now()), generatedMap(hashed("old"), 2*time.Hour, time.Now()))
	c.now = time.Now().Add(45 * time.Minute)
	if said, ok := c.clean(t, cleaner{}); !ok || !slices.Equal(c.left(), []string{hashed("new")}) {
		t.Errorf("%v: %s", c.left(), said)
	}
}

// A name in any of the kinds, and at any place, is a reference.
func TestConfigMapsThatAreReferredTo(t *testing.T) {
	t.Parallel()
	places := map[string]any{
		"volume":    doc{"volumes": []doc{{"configMap": doc{"name": hashed("it")}}}},
		"projected": doc{"volumes": []doc{{"projected": doc{"sources": []doc{{"configMap": doc{"name": hashed("it")}}}}}}},
		"variables": doc{"initContainers": []doc{{"envFrom": []doc{{"configMapRef": doc{"name": hashed("it")}}}}}},
		"variable":  doc{"containers": []doc{{"env": []doc{{"valueFrom": doc{"configMapKeyRef": doc{"name": hashed("it"), "key": "x"}}}}}}},
		"unknown":   doc{"a": []any{nil, 1, true, []any{doc{"b": hashed("it")}}}},
	}
	for _, resource := range refers {
		for place, spec := range places {
			c := namespace(old(hashed("it"), hashed("other"))...)
			c.page = 2
			for i := range 5 {
				c.objects[resource] = append(c.objects[resource], doc{"metadata": doc{"name": fmt.Sprint("filler-", i)}})
			}
			c.objects[resource] = append(c.objects[resource], doc{"metadata": doc{"name": "holder"}, "spec": spec})
			said, ok := c.clean(t, cleaner{})
			if want := "left " + hashed("it") + ": " + resource + "/holder refers to it"; !ok || !strings.Contains(said, want) || !slices.Equal(c.left(), []string{hashed("it")}) {
				t.Errorf("%s, %s: %v: %s", resource, place, c.left(), said)
			}
		}
		if testing.Short() {
			places = map[string]any{"volume": places["volume"]}
		}
	}
}

// A reference that is handed on while it looks is met at the other end.
func TestConfigMapsWhoseReferenceMoves(t *testing.T) {
	t.Parallel()
	holder := doc{"metadata": doc{"name": "holder"}, "spec": hashed("it")}
	for from, to := range map[string]string{
		"deployments": "replicasets", "statefulsets": "controllerrevisions", "daemonsets": "pods", "cronjobs": "jobs", "replicasets": "pods", "jobs": "pods",
	} {
		c := namespace(old(hashed("it"))...)
		c.after[from] = func() { c.objects[to] = append(c.objects[to], holder) }
		if said, ok := c.clean(t, cleaner{}); !ok || len(c.deleted) > 0 {
			t.Errorf("from %s to %s: %s", from, to, said)
		}
	}
}

// One that is changed, replaced or gone when it is about to go is left.
func TestConfigMapsThatChange(t *testing.T) {
	c := namespace(old(hashed("changed"), hashed("gone"), hashed("old"), hashed("replaced"))...)
	c.after["pods"] = func() {
		c.objects["configmaps"][0]["metadata"].(doc)["resourceVersion"] = "8"
		c.objects["configmaps"][3]["metadata"].(doc)["uid"] = "another"
		c.objects["configmaps"] = slices.Delete(c.objects["configmaps"], 1, 2)
	}
	said, ok := c.clean(t, cleaner{})
	if want := []string{hashed("old")}; !ok || !slices.Equal(c.deleted, want) || !strings.Contains(said, "left "+hashed("gone")+": it is gone already") ||
		!strings.Contains(said, "1 deleted, 3 left") {
		t.Errorf("%v: %s", c.deleted, said)
	}
}

func TestConfigMapsInPages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 99, 100, 101, 250} {
		c := namespace()
		for i := range n {
			c.objects["configmaps"] = append(c.objects["configmaps"], old(hashed(fmt.Sprint("m", i)))...)
		}
		if said, ok := c.clean(t, cleaner{}); !ok || len(c.deleted) != n || c.largest > 100 {
			t.Errorf("%d: %d deleted, pages of %d: %s", n, len(c.deleted), c.largest, said)
		}
	}
}

// It is killed at each of its requests, before or after the server has acted on
// it: nothing is gone that should not be, and the next run ends the same. With
// -short it is killed at every third.
func TestConfigMapsWhenKilled(t *testing.T) {
	t.Parallel()
	step := 1
	if testing.Short() {
		step = 3
	}
	for _, after := range []bool{false, true} {
		for at := 1; at < 100; at += step {
			c := namespace(append(old(hashed("a"), hashed("b"), hashed("used")), generatedMap(hashed("new"), time.Minute, clock))...)
			c.objects["pods"] = []doc{{"metadata": doc{"name": "holder"}, "spec": hashed("used")}}
			process := make(chan *os.Process, 1)
			inner := false
			c.answers = func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n != at || inner {
					return false
				}
				if after {
					inner = true
					c.requests--
					c.ServeHTTP(httptest.NewRecorder(), r)
				}
				_ = (<-process).Kill()
				return true
			}
			_, ended := c.clean(t, cleaner{started: func(p *os.Process) { process <- p }})
			if ended {
				if at < len(lists)+2 {
					t.Errorf("it has only %d requests", at)
				}
				break
			}
			if slices.Contains(c.deleted, hashed("used")) || slices.Contains(c.deleted, hashed("new")) || at <= len(lists) && len(c.deleted) > 0 {
				t.Errorf("killed at request %d, it has deleted %v", at, c.deleted)
			}
			c.answers = nil
			if said, ok := c.clean(t, cleaner{}); !ok || !slices.Equal(c.left(), []string{hashed("used"), hashed("new")}) {
				t.Errorf("after a kill at request %d: %v: %s", at, c.left(), said)
			}
			if testing.Short() {
				at += 3
			}
		}
	}
}

// The program has no text that Flux or Kubernetes replaces.
func TestConfigMapsIsLeftAlone(t *testing.T) {
	text, err := catalog.Files.ReadFile("flux/configmaps.js")
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`\$[{(]|\{\{|@\{`).Find(text); found != nil {
		t.Errorf("configmaps.js has %q", found)
	}
	if got := slices.Sorted(maps.Keys(groups)); !slices.Equal(got, slices.Sorted(slices.Values(lists))) {
		t.Errorf("the test serves %v and expects %v", got, lists)
	}
}
