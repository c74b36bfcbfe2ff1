package delivery_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controllers"
	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/wire"
)

// argocd is what was begun in a cluster with Argo CD.
type argocd struct {
	g       *ground.Ground
	built   controllers.Built
	counted *wire.Wire
	objects map[string][]*objects.Object // by environment, as they were applied
}

func startArgoCD(t *testing.T, g *ground.Ground, b controllers.Built, o controllers.ArgoCDOptions) *argocd {
	t.Helper()
	w, err := controllers.ArgoCD(g.Ctx, b, g.Plane, o)
	must(t, err)
	return &argocd{g: g, built: b, counted: w, objects: map[string][]*objects.Object{}}
}

func (a *argocd) name() string     { return "argocd" }
func (a *argocd) wire() *wire.Wire { return a.counted }

// own are the writes of Argo CD to what is its own, and its questions about what
// it may do, which are written too.
func (a *argocd) own(path string) bool {
	return strings.Contains(path, "/argoproj.io/") || isEvent(path) || strings.Contains(path, "/namespaces/argocd/") ||
		strings.Contains(path, "accessreviews")
}

func (a *argocd) begin(t *testing.T, env, dir string) {
	t.Helper()
	a.objects[env] = start(t, a.g, a.built, dir)
}

func (a *argocd) applications(env string) []*objects.Object {
	return objects.OfKind(a.objects[env], "Application")
}

func (a *argocd) each(env string, f func(*objects.Object) string) (problems []string) {
	for _, o := range a.applications(env) {
		now, err := a.g.Installer.Get(a.g.Ctx, o)
		if err != nil {
			problems = append(problems, err.Error())
		} else if p := f(now); p != "" {
			problems = append(problems, objects.Ref(o)+" "+p)
		}
	}
	if len(a.applications(env)) == 0 {
		problems = append(problems, env+" has no Application")
	}
	return problems
}

func at(o *objects.Object, path ...string) string {
	s, _, _ := unstructured.NestedString(o.Object, path...)
	return s
}

func (a *argocd) synced(env, revision string) []string {
	return a.each(env, func(o *objects.Object) string {
		sync, health := at(o, "status", "sync", "status"), at(o, "status", "health", "status")
		seen, done := at(o, "status", "sync", "revision"), at(o, "status", "operationState", "phase")
		// What takes a refused change back leaves nothing to sync: the last
		// operation is the failed one then.
		other := done != "Running" && done != "Terminating" && at(o, "status", "operationState", "operation", "sync", "revision") != revision
		if sync == "Synced" && health == "Healthy" && seen == revision && (done == "Succeeded" || done != "" && other) {
			return ""
		}
		return fmt.Sprintf("is %s at %s, health %s, last operation %s: %s; %s", sync, seen, health, done,
			at(o, "status", "operationState", "message"), a.told(o))
	})
}

// told is what is not Healthy or has a condition.
func (a *argocd) told(o *objects.Object) string {
	var all []string
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok {
			all = append(all, fmt.Sprint(c["message"]))
		}
	}
	resources, _, _ := unstructured.NestedSlice(o.Object, "status", "resources")
	for _, r := range resources {
		r, _ := r.(map[string]any)
		health, _, _ := unstructured.NestedString(r, "health", "status")
		if r["status"] != "Synced" || health != "" && health != "Healthy" {
			all = append(all, fmt.Sprintf("%v %v is %v %s", r["kind"], r["name"], r["status"], health))
		}
	}
	return strings.Join(all[:min(len(all), 5)], ", ")
}

// failed tells if a revision was tried and its operation failed, or what it made
// is Degraded, or its manifests are an error.
func (a *argocd) failed(env, revision string) (why string, failed bool) {
	a.each(env, func(o *objects.Object) string {
		phase := at(o, "status", "operationState", "phase")
		tried := at(o, "status", "operationState", "operation", "sync", "revision")
		message := at(o, "status", "operationState", "message")
		switch {
		case tried == revision && (phase == "Failed" || phase == "Error" || strings.Contains(message, "Retrying")):
			why, failed = phase+": "+message, true
		case tried == revision && at(o, "status", "health", "status") == "Degraded":
			why, failed = "Degraded: "+a.told(o), true
		case condition(o, "ComparisonError") != nil:
			why, failed = fmt.Sprint(condition(o, "ComparisonError")["message"]), true
		}
		return ""
	})
	return why, failed
}

// poke does what a webhook does.
func (a *argocd) poke(t *testing.T, env string) {
	t.Helper()
	a.refresh(t, env, "normal")
}

func (a *argocd) refresh(t *testing.T, env, how string) {
	t.Helper()
	for _, o := range a.applications(env) {
		must(t, a.g.Installer.Merge(a.g.Ctx, o, map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{"argocd.argoproj.io/refresh": how}},
		}))
	}
}

// again has everything made and compared once more; the annotation goes when it
// is done.
func (a *argocd) again(t *testing.T, env string) {
	t.Helper()
	a.refresh(t, env, "hard")
	wait(t, a.g, patience, func() []string {
		return a.each(env, func(o *objects.Object) string {
			if _, asked := o.GetAnnotations()["argocd.argoproj.io/refresh"]; asked {
				return "was not looked at again"
			}
			return ""
		})
	})
}

// tried are the hooks of the last operation: their Jobs go when they have succeeded.
func (a *argocd) tried(_ *testing.T, env string) map[string]string {
	all := map[string]string{}
	a.each(env, func(o *objects.Object) string {
		results, _, _ := unstructured.NestedSlice(o.Object, "status", "operationState", "syncResult", "resources")
		for _, r := range results {
			r, _ := r.(map[string]any)
			if r["kind"] == "Job" && r["hookType"] == "PostSync" && r["hookPhase"] == "Succeeded" {
				all[fmt.Sprint(r["name"])] = at(o, "status", "operationState", "finishedAt")
			}
		}
		return ""
	})
	return all
}

func (a *argocd) suspend(t *testing.T, env string, yes bool) {
	t.Helper()
	for _, o := range a.applications(env) {
		automated, _, err := unstructured.NestedMap(o.Object, "spec", "syncPolicy", "automated")
		must(t, err)
		automated["enabled"] = !yes
		must(t, a.g.Installer.Merge(a.g.Ctx, o, map[string]any{
			"spec": map[string]any{"syncPolicy": map[string]any{"automated": automated}},
		}))
	}
}

func (a *argocd) remove(t *testing.T, env string) {
	t.Helper()
	ground.None(t, a.g.Installer.Delete(a.g.Ctx, a.applications(env)))
	wait(t, a.g, patience, func() []string { return there(a.g, a.applications(env)) })
	ground.None(t, a.g.Installer.Delete(a.g.Ctx, objects.OfKind(a.objects[env], "AppProject")))
}
