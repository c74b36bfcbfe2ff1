package cluster_test

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// TestAutoscale moves an installation with numbers of pods to autoscalers, in
// namespaces that someone else made.
func TestAutoscale(t *testing.T) {
	each(t, func(t *testing.T, release string) {
		e := environments(t)[0]
		g := newGround(t, release, e.classes)
		before := &environment{name: e.name}
		before.read(t, generate(t, example(t, e.name)))
		none(t, g.install(t, before.objects, before.readme).Problems)

		scaled := &environment{name: e.name}
		scaled.read(t, generate(t, example(t, e.name)+`
production: {
	namespaces: managed: false
	edge: autoscale: {min: 3, max: 5}
}
`))
		holds(t, e.name, release, "namespaces of somebody else are not generated, and stay", func(t *testing.T) {
			if made := objects.OfKind(scaled.objects, "Namespace"); len(made) > 0 {
				t.Errorf("%d Namespaces are generated", len(made))
			}
			none(t, g.installer.Apply(g.ctx, scaled.objects).Problems)
			for _, name := range []string{e.namespace(), actions(e)} {
				n, err := g.set.CoreV1().Namespaces().Get(g.ctx, name, metav1.GetOptions{})
				if err != nil || n.Status.Phase != corev1.NamespaceActive {
					t.Errorf("namespace %s: %v, %v", name, n.Status.Phase, err)
				}
			}
		})
		holds(t, e.name, release, "an autoscaler brings pods to the fewest, and an apply does not reset them", func(t *testing.T) {
			replicas := func(want int32) []string {
				return eventually(90*time.Second, func() string {
					d, err := g.set.AppsV1().Deployments(e.namespace()).Get(g.ctx, "nginx", metav1.GetOptions{})
					if err != nil {
						return err.Error()
					}
					if *d.Spec.Replicas != want {
						return fmt.Sprintf("nginx has %d replicas, wanted %d", *d.Spec.Replicas, want)
					}
					return ""
				})
			}
			none(t, replicas(3))
			// As the autoscaler does under load.
			scale, err := g.set.AppsV1().Deployments(e.namespace()).GetScale(g.ctx, "nginx", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			scale.Spec.Replicas = 5
			if _, err := g.set.AppsV1().Deployments(e.namespace()).UpdateScale(g.ctx, "nginx", scale, metav1.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
			none(t, g.installer.Apply(g.ctx, scaled.objects).Problems)
			none(t, replicas(5))
		})
	})
}
