package delivery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controllers"
	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/wire"
)

// flux is what was begun in a cluster with Flux.
type flux struct {
	g       *ground.Ground
	built   controllers.Built
	counted *wire.Wire
	objects map[string][]*objects.Object // by environment, as they were applied
}

func startFlux(t *testing.T, g *ground.Ground, b controllers.Built, cancel bool) *flux {
	t.Helper()
	w, err := controllers.Flux(g.Ctx, b, g.Plane, controllers.FluxOptions{Requeue: 5 * time.Second, Cancel: cancel})
	must(t, err)
	return &flux{g: g, built: b, counted: w, objects: map[string][]*objects.Object{}}
}

func (f *flux) name() string     { return "flux" }
func (f *flux) wire() *wire.Wire { return f.counted }

// own are the writes of Flux to what is its own.
func (f *flux) own(path string) bool {
	return strings.Contains(path, ".toolkit.fluxcd.io/") || isEvent(path)
}

// isEvent tells if a path is that of an Event, or of all: one that is told again is
// changed by its name.
func isEvent(path string) bool {
	return strings.HasSuffix(path, "/events") || strings.Contains(path, "/events/")
}

func (f *flux) begin(t *testing.T, env, dir string) {
	t.Helper()
	f.objects[env] = start(t, f.g, f.built, dir)
}

func (f *flux) sources(env string) []*objects.Object {
	return objects.OfKind(f.objects[env], "GitRepository", "OCIRepository")
}

// syncs are the Kustomizations as they are now, or why not.
func (f *flux) syncs(env string) (all []*objects.Object, problems []string) {
	for _, o := range objects.OfKind(f.objects[env], "Kustomization") {
		now, err := f.g.Installer.Get(f.g.Ctx, o)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		all = append(all, now)
	}
	if len(all)+len(problems) == 0 {
		problems = append(problems, env+" has no Kustomization")
	}
	return all, problems
}

func (f *flux) synced(env, revision string) []string {
	all, problems := f.syncs(env)
	for _, o := range all {
		ready := condition(o, "Ready")
		applied, _, _ := unstructured.NestedString(o.Object, "status", "lastAppliedRevision")
		if ready["status"] != "True" || !strings.Contains(applied, revision) || observed(o) != o.GetGeneration() {
			problems = append(problems, fmt.Sprintf("%s is at %q, Ready is %v: %v: %v", objects.Ref(o), applied, ready["status"], ready["reason"], ready["message"]))
		}
	}
	return problems
}

func (f *flux) failed(env, revision string) (string, bool) {
	all, _ := f.syncs(env)
	for _, o := range all {
		ready := condition(o, "Ready")
		tried, _, _ := unstructured.NestedString(o.Object, "status", "lastAttemptedRevision")
		// The source fails too if it cannot be read, but not here.
		if ready["status"] == "False" && strings.Contains(tried, revision) {
			return fmt.Sprintf("%v: %v", ready["reason"], ready["message"]), true
		}
	}
	return "", false
}

// poke does what a webhook does: it has the source looked at now.
func (f *flux) poke(t *testing.T, env string) {
	t.Helper()
	f.annotate(t, f.sources(env), time.Now().Format(time.RFC3339Nano))
}

func (f *flux) annotate(t *testing.T, all []*objects.Object, when string) {
	t.Helper()
	for _, o := range all {
		must(t, f.g.Installer.Merge(f.g.Ctx, o, map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{"reconcile.fluxcd.io/requestedAt": when}},
		}))
	}
}

// again has everything reconciled once more.
func (f *flux) again(t *testing.T, env string) {
	t.Helper()
	when := time.Now().Format(time.RFC3339Nano)
	f.annotate(t, objects.OfKind(f.objects[env], "Kustomization"), when)
	wait(t, f.g, patience, func() []string {
		all, problems := f.syncs(env)
		for _, o := range all {
			if handled, _, _ := unstructured.NestedString(o.Object, "status", "lastHandledReconcileAt"); handled != when {
				problems = append(problems, objects.Ref(o)+" was not looked at again")
			}
		}
		return problems
	})
}

func (f *flux) tried(t *testing.T, env string) map[string]string {
	t.Helper()
	all := map[string]string{}
	jobs, err := f.g.Set.BatchV1().Jobs(metav1.NamespaceAll).List(f.g.Ctx, metav1.ListOptions{})
	must(t, err)
	for _, j := range jobs.Items {
		by := j.Labels["kustomize.toolkit.fluxcd.io/name"]
		if strings.HasPrefix(by, "openwhisk-"+env) && j.Status.Succeeded > 0 {
			all[j.Name] = string(j.UID)
		}
	}
	return all
}

func (f *flux) suspend(t *testing.T, env string, yes bool) {
	t.Helper()
	for _, o := range objects.OfKind(f.objects[env], "Kustomization") {
		must(t, f.g.Installer.Merge(f.g.Ctx, o, map[string]any{"spec": map[string]any{"suspend": yes}}))
	}
}

// remove deletes what was begun, and waits until it is gone.
func (f *flux) remove(t *testing.T, env string) {
	t.Helper()
	syncs := objects.OfKind(f.objects[env], "Kustomization")
	ground.None(t, f.g.Installer.Delete(f.g.Ctx, syncs))
	wait(t, f.g, patience, func() []string { return there(f.g, syncs) })
	ground.None(t, f.g.Installer.Delete(f.g.Ctx, f.sources(env)))
}

// there tells which of the objects are there.
func there(g *ground.Ground, all []*objects.Object) (problems []string) {
	for _, o := range all {
		now, err := g.Installer.Get(g.Ctx, o)
		if err == nil {
			problems = append(problems, fmt.Sprintf("%s is there: %v", objects.Ref(o), condition(now, "Ready")["message"]))
		} else if !apierrors.IsNotFound(err) {
			problems = append(problems, err.Error())
		}
	}
	return problems
}

func condition(o *objects.Object, kind string) map[string]any {
	all, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range all {
		if c, ok := c.(map[string]any); ok && c["type"] == kind {
			return c
		}
	}
	return nil
}

func observed(o *objects.Object) int64 {
	n, _, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration")
	return n
}
