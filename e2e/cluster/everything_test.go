package cluster_test

import (
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	place "github.com/whiskops/whiskops/e2e/ground"
)

// everything are the two environments that have all that one can have together.
func everything(t *testing.T) []*environment {
	t.Helper()
	golden, err := place.Everything(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	all := []*environment{{name: "own"}, {name: "outside"}}
	for _, e := range all {
		e.read(t, golden)
	}
	return all
}

// TestEverything has a real API server take each object of both, with strict validation
// and PodSecurity's levels, and take them again without a change.
func TestEverything(t *testing.T) {
	all := everything(t)
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
