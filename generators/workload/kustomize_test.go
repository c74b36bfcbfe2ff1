package workload

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// TestKustomizeFillsTheSubject holds what account leaves to Kustomize: the
// API server refuses a ServiceAccount subject without a namespace.
func TestKustomizeFillsTheSubject(t *testing.T) {
	objects, err := os.ReadFile("testdata/statefulset/expected.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fs := filesys.MakeFsInMemory()
	for path, content := range map[string][]byte{
		"/tier/objects.yaml":       objects,
		"/tier/kustomization.yaml": []byte("namespace: openwhisk\nresources: [objects.yaml]\n"),
	} {
		if err := fs.WriteFile(path, content); err != nil {
			t.Fatal(err)
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, "/tier")
	if err != nil {
		t.Fatal(err)
	}
	var subjects []any
	for _, r := range built.Resources() {
		if r.GetKind() == "RoleBinding" {
			subjects, err = r.GetSlice("subjects")
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	want := []any{map[string]any{"kind": "ServiceAccount", "name": "controller", "namespace": "openwhisk"}}
	if diff := cmp.Diff(want, subjects); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
