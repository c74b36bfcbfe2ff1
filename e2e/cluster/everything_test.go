package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	place "github.com/whiskops/whiskops/e2e/ground"
)

// everything are the two environments that have all that one can have together, with the
// objects of each that the API server knows no definition of left out.
func everything(t *testing.T, unknown ...string) []*environment {
	t.Helper()
	binary, err := place.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../internal/render/testdata/everything")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "generate", "--no-cache", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("whiskops generate: %v\n%s", err, out)
	}
	all := []*environment{{name: "own"}, {name: "outside"}}
	for _, e := range all {
		e.read(t, filepath.Join(dir, "golden"))
		e.objects = slices.DeleteFunc(e.objects, func(o *objects.Object) bool { return slices.Contains(unknown, o.GetKind()) })
	}
	return all
}

// TestEverything has a real API server take each object of both, with strict validation
// and PodSecurity's levels, and take them again without a change.
func TestEverything(t *testing.T) {
	all := everything(t, "KafkaUser") // of which this module has no definition
	each(t, func(t *testing.T, release string) {
		for _, e := range all {
			t.Run(e.name, func(t *testing.T) {
				g := newGround(t, release, []string{"standard"})
				if err := g.installer.Define(g.ctx, os.DirFS("../refused/testdata/crds")); err != nil {
					t.Fatal(err)
				}
				spaces(t, g, e)
				if holds(t, e.name, release, "with all features on, taken without a rejection or a warning", func(t *testing.T) { taken(t, g, e) }) {
					holds(t, e.name, release, "with all features on, taken again without a change", func(t *testing.T) { again(t, g, e) })
				}
			})
		}
	})
}

// spaces makes the namespaces that the environment leaves to somebody else.
func spaces(t *testing.T, g *ground, e *environment) {
	t.Helper()
	for _, o := range e.objects {
		if o.GetNamespace() == "" || len(objects.OfKind(e.objects, "Namespace")) > 0 {
			continue
		}
		_, err := g.set.CoreV1().Namespaces().Create(g.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: o.GetNamespace()}}, metav1.CreateOptions{})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			t.Fatal(err)
		}
	}
}
