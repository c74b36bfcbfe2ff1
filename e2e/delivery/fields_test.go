package delivery_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/ground"
)

// added is a custom folder that adds an object.
const added = `apiVersion: v1
kind: ConfigMap
metadata: {name: of-the-user, namespace: %s}
data: {made: by hand}
`

// TestTiers has Flux apply tier by tier, with a folder of the user's beside them,
// by an account with no more rights than are written.
func TestTiers(t *testing.T) {
	const env = "ci"
	release := ground.Releases()[0]
	s := newStage(t, release, byFlux(`shape: "tiers", serviceAccount: true`), env)
	s.repo.adds(t, env, fmt.Sprintf(added, s.namespace(t, env)))
	for _, step := range []struct {
		claim string
		do    func(t *testing.T)
	}{
		{"in tiers and by the account that is written: comes up in their order, custom/ with it", func(t *testing.T) {
			s.at = s.repo.push(t, s.Ground, "begin")
			s.begin(t, env, s.folder(env))
			s.ready(t, env)
			s.arrives(t, env, s.at)
			ground.None(t, s.inOrder(env))
			_, err := s.Set.CoreV1().ConfigMaps(s.namespace(t, env)).Get(s.Ctx, "of-the-user", metav1.GetOptions{})
			must(t, err)
		}},
		{"in tiers and by the account that is written: an upgrade arrives", func(t *testing.T) {
			upgraded(t, s, env)
		}},
		{"in tiers and by the account that is written: what is left out is pruned", func(t *testing.T) {
			s.repo.replaces(t, env, "apigateway: enabled: true", "apigateway: enabled: false")
			s.repo.adds(t, env, "")
			s.at = s.commit(t, env, "no API gateway")
			// The folder of the user's has no Kustomization any more.
			s.forget(t, env)
			s.begin(t, env, s.folder(env))
			s.arrives(t, env, s.at)
			wait(t, s.Ground, time.Minute, func() []string {
				if n := len(s.look(t, env).Of("apigateway")); n > 0 {
					return []string{fmt.Sprintf("%d pods of the API gateway are left", n)}
				}
				_, err := s.Set.CoreV1().ConfigMaps(s.namespace(t, env)).Get(s.Ctx, "of-the-user", metav1.GetOptions{})
				if !apierrors.IsNotFound(err) {
					return []string{fmt.Sprintf("the user's object is left: %v", err)}
				}
				return nil
			})
		}},
		{"in tiers and by the account that is written: deleted, its data are kept", func(t *testing.T) { removed(t, s, env) }},
	} {
		if !ground.Holds(t, env, release, "flux: "+step.claim, step.do) {
			return
		}
	}
}

// adds has a folder of the user's that adds an object; none takes it back.
func (r *repository) adds(t *testing.T, env, object string) {
	t.Helper()
	custom := "overlays/" + env + "/custom"
	r.write(t, custom, "")
	if object != "" {
		r.write(t, custom+"/object.yaml", object)
		r.write(t, custom+"/kustomization.yaml",
			"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [object.yaml]\n")
	}
	r.generate(t)
}

// replaces what an environment says.
func (r *repository) replaces(t *testing.T, env, old, now string) {
	t.Helper()
	path := "environments/" + env + ".cue"
	text, err := os.ReadFile(filepath.Join(r.dir, path))
	must(t, err)
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not say %s", path, old)
	}
	r.write(t, path, strings.Replace(string(text), old, now, 1))
}

// inOrder tells which Kustomization of Flux was Ready for the first time before
// one that it depends on.
func (s *stage) inOrder(env string) (problems []string) {
	all, problems := s.tool.(*flux).syncs(env)
	first := map[string]string{}
	for _, o := range all {
		first[o.GetName()] = fmt.Sprint(condition(o, "Ready")["lastTransitionTime"])
	}
	edges := 0
	for _, o := range all {
		after, _, _ := unstructured.NestedSlice(o.Object, "spec", "dependsOn")
		for _, a := range after {
			name, _, _ := unstructured.NestedString(a.(map[string]any), "name")
			// RFC 3339 in UTC, so the text is in the order of time.
			if edges++; first[name] == "" || first[name] > first[o.GetName()] {
				problems = append(problems, fmt.Sprintf("%s is Ready since %s, and %s, which it depends on, since %q", o.GetName(), first[o.GetName()], name, first[name]))
			}
		}
	}
	if edges == 0 {
		problems = append(problems, "no Kustomization depends on another")
	}
	return problems
}

// forget deletes the Kustomizations of Flux that the repository has no more.
func (s *stage) forget(t *testing.T, env string) {
	t.Helper()
	now, err := s.built.Kustomize(s.Ctx, s.folder(env))
	must(t, err)
	var gone []*objects.Object
	for _, o := range objects.OfKind(s.tool.(*flux).objects[env], "Kustomization") {
		if objects.Find(now, o.GetKind(), o.GetName()) == nil {
			gone = append(gone, o)
		}
	}
	if len(gone) == 0 {
		t.Fatal("all Kustomizations are still in the repository")
	}
	ground.None(t, s.Installer.Delete(s.Ctx, gone))
	wait(t, s.Ground, patience, func() []string { return there(s.Ground, gone) })
}

// TestSet has an ApplicationSet make the Applications of two environments.
func TestSet(t *testing.T) {
	release := ground.Releases()[0]
	s := newStage(t, release, byArgoCD(`applicationSet: "installations"`), "ci", "development")
	a := s.tool.(*argocd)
	var made []*objects.Object
	set := func(t *testing.T) {
		t.Helper()
		var err error
		made, err = s.built.Kustomize(s.Ctx, filepath.Join(s.repo.dir, "clusters/_sets/argocd/argocd"))
		must(t, err)
		// Kubernetes warns of the only name that Argo CD has for its finalizer.
		ground.None(t, slices.DeleteFunc(s.Installer.InTurn(s.Ctx, made).Problems, func(p string) bool {
			return strings.Contains(p, `"resources-finalizer.argocd.argoproj.io": prefer a domain-qualified finalizer name`)
		}))
	}
	if !ground.Holds(t, "", release, "argocd: two environments come up by one ApplicationSet", func(t *testing.T) {
		s.at = s.repo.push(t, s.Ground, "begin")
		for _, env := range s.repo.envs {
			s.begin(t, env, s.folder(env))
			a.objects[env] = append(a.objects[env], application(env))
		}
		set(t)
		for _, env := range s.repo.envs {
			wait(t, s.Ground, time.Minute, func() []string {
				_, err := s.Installer.Get(s.Ctx, application(env))
				if err != nil {
					return []string{err.Error()}
				}
				return nil
			})
			s.ready(t, env)
			s.arrives(t, env, s.at)
		}
	}) {
		return
	}
	ground.Holds(t, "", release, "argocd: an environment that leaves the ApplicationSet keeps what runs, and goes on by its own Application", func(t *testing.T) {
		before := s.running(t, "development")
		s.repo.delivers(t, "development", byArgoCD("").gitops(s.repo.URL))
		s.repo.generate(t)
		s.at = s.commit(t, "development", "on its own")
		set(t)
		time.Sleep(5 * time.Second)
		s.begin(t, "development", s.folder("development"))
		s.poke(t, "development")
		s.arrives(t, "development", s.at)
		s.kept(t, "development", before)
		upgraded(t, s, "development")
	})
	ground.Holds(t, "", release, "argocd: the ApplicationSet is deleted, and what it made goes on", func(t *testing.T) {
		ground.None(t, s.Installer.Delete(s.Ctx, made))
		wait(t, s.Ground, patience, func() []string { return there(s.Ground, made) })
		before := s.running(t, "ci")
		time.Sleep(5 * time.Second)
		s.kept(t, "ci", before)
		upgraded(t, s, "ci")
	})
}

// application is what an ApplicationSet makes for an environment, by its name.
func application(env string) *objects.Object {
	o := &objects.Object{}
	o.SetAPIVersion("argoproj.io/v1alpha1")
	o.SetKind("Application")
	o.SetNamespace("argocd")
	o.SetName("openwhisk-" + env)
	return o
}
