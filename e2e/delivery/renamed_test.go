package delivery_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/whiskops/whiskops/e2e/ground"
)

// TestRenamed gives an environment another name: what it was delivered as goes,
// and what runs and its data do not.
func TestRenamed(t *testing.T) {
	const old, renamed = "ci", "staging"
	release := ground.Releases()[0]
	for _, name := range []string{"flux", "argocd"} {
		ground.Holds(t, old, release, name+": under another name its data are kept", func(t *testing.T) {
			s := newStage(t, release, ways[name], old)
			s.at = s.repo.push(t, s.Ground, "begin")
			s.begin(t, old, s.folder(old))
			s.ready(t, old)
			s.arrives(t, old, s.at)
			data := s.data(t, old)
			s.repo.rename(t, old, renamed)
			s.at = s.repo.push(t, s.Ground, "another name")
			if a, is := s.tool.(*argocd); is {
				a.orphan(t, old)
				a.takeOver(t, renamed, s.folder(renamed))
			} else {
				s.begin(t, renamed, s.folder(renamed))
			}
			s.arrives(t, renamed, s.at)
			// What the new one has taken over by now stays.
			if name == "flux" {
				s.remove(t, old)
			}
			s.begin(t, renamed, s.folder(renamed))
			s.again(t, renamed)
			s.arrives(t, renamed, s.at)
			s.same(t, renamed, data)
			if len(data) == 0 {
				t.Error("there were no data")
			}
		})
	}
}

// rename gives an environment another name.
func (r *repository) rename(t *testing.T, old, renamed string) {
	t.Helper()
	for _, suffix := range []string{".cue", "-gitops.cue"} {
		text, err := os.ReadFile(filepath.Join(r.dir, "environments", old+suffix))
		must(t, err)
		r.write(t, "environments/"+renamed+suffix, strings.Replace(string(text), "\n"+old+":", "\n"+renamed+":", 1))
		r.write(t, "environments/"+old+suffix, "")
	}
	r.envs = []string{renamed}
	r.generate(t)
}

// orphan deletes an Application and leaves what it delivered.
func (a *argocd) orphan(t *testing.T, env string) {
	t.Helper()
	for _, o := range a.applications(env) {
		must(t, a.g.Installer.Merge(a.g.Ctx, o, map[string]any{"metadata": map[string]any{"finalizers": nil}}))
	}
	a.remove(t, env)
}

// takeOver applies a folder with an Application that may take what another one
// had: Argo CD writes down whose an object is, and does not forget it with that
// Application.
func (a *argocd) takeOver(t *testing.T, env, dir string) {
	t.Helper()
	all, err := a.built.Kustomize(a.g.Ctx, dir)
	must(t, err)
	a.objects[env] = all
	for _, o := range a.applications(env) {
		options, _, err := unstructured.NestedStringSlice(o.Object, "spec", "syncPolicy", "syncOptions")
		must(t, err)
		left := slices.DeleteFunc(slices.Clone(options), func(o string) bool { return o == "FailOnSharedResource=true" })
		if len(left) == len(options) {
			t.Fatalf("%s may share objects", env)
		}
		must(t, unstructured.SetNestedStringSlice(o.Object, left, "spec", "syncPolicy", "syncOptions"))
	}
	ground.None(t, a.g.Installer.InTurn(a.g.Ctx, all).Problems)
}
