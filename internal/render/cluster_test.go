package render

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/tree"
)

// TestOneObjectOfTwoEnvironments: two environments of one cluster that write one
// object, whatever its kind, are a finding of the rules, and two that have nothing
// in common but the cluster write none.
func TestOneObjectOfTwoEnvironments(t *testing.T) {
	collided := 0
	for _, seed := range seeds.Of(t, 5, 100) {
		a, b := randomEnvironment(seed), randomEnvironment(seed+1)
		for i, e := range []*environment.Environment{&a, &b} {
			e.Cluster.Name, e.Source = "one", environment.Base().Source
			e.Secrets.Source = environment.SecretSource{} // which wants files
			if flux := e.GitOps.Flux; flux != nil {
				flux.Namespace = "flux-system"
			}
			if i == 1 {
				e.Name = a.Name + []string{"-test", "-edge", "-other"}[seed%3]
			}
		}
		switch seed % 4 {
		case 0: // as it comes, which is often the same
		case 1:
			b.Namespace, b.Actions.Namespace = valuesOf(t, &a).ActionNamespace, "b-actions"
		default:
			b.Namespace, b.Actions.Namespace = "b", "b-actions"
		}
		folders, err := Tree([]environment.Environment{a, b}, fstest.MapFS{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		both := common(t, objectsOf(t, folders, a), objectsOf(t, folders, b))
		va, vb := valuesOf(t, &a), valuesOf(t, &b)
		var found []string
		for _, f := range rules.CheckAll([]*derived.Values{&va, &vb}) {
			if f.Severity == finding.Error && slices.Contains([]string{"WO508", "WO511", "WO512"}, f.Code) {
				found = append(found, f.Code+" "+f.Message)
			}
		}
		if len(both) > 0 {
			collided++
		}
		if (len(both) > 0) != (len(found) > 0) {
			t.Errorf("seed %d: both environments write %v, and the rules say %q", seed, both, found)
		}
	}
	if collided == 0 {
		t.Error("no two environments wrote one object")
	}
}

// objectsOf an environment on its cluster: identities, and what is claimed there
// besides, namespaces that somebody else makes and node ports.
func objectsOf(t *testing.T, folders []tree.Folder, env environment.Environment) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, f := range folders {
		if f.Path != path.Join(GoldenFolder, env.Name) && f.Path != path.Join("clusters", env.Name, "flux") {
			continue
		}
		for name, content := range f.Files {
			if path.Ext(name) != ".yaml" || strings.Contains(name, "/") || name == "kustomization.yaml" {
				continue
			}
			nodes, err := kio.FromBytes(content)
			if err != nil {
				t.Fatal(name, err)
			}
			for _, n := range nodes {
				if n.GetNamespace() != "" && !strings.HasPrefix(f.Path, "clusters") {
					all["namespace "+n.GetNamespace()] = true
				}
				all[fmt.Sprintf("%s %s %s/%s", n.GetApiVersion(), n.GetKind(), n.GetNamespace(), n.GetName())] = true
				if ports, err := n.GetSlice("spec.ports"); err == nil && n.GetKind() == "Service" {
					for _, p := range ports {
						if port := p.(map[string]any)["nodePort"]; port != nil {
							all[fmt.Sprint("node port ", port)] = true
						}
					}
				}
			}
		}
	}
	return all
}

func common(t *testing.T, a, b map[string]bool) []string {
	t.Helper()
	if len(a) == 0 || len(b) == 0 {
		t.Fatal("an environment without objects")
	}
	var both []string
	for o := range a {
		if b[o] {
			both = append(both, o)
		}
	}
	slices.Sort(both)
	return both
}
