package cluster_test

import (
	"testing"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/life"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// TestRevert rolls brokers to what never gets ready, and back: the roll must stop
// at the first, and the way back must not wait for it to be ready.
func TestRevert(t *testing.T) {
	each(t, func(t *testing.T, release string) {
		for _, e := range environments(t) {
			if e.name != "production" {
				continue
			}
			holds(t, e.name, release, "a roll of brokers that never get ready stops at the first, and is taken back", func(t *testing.T) {
				g := newGround(t, release, e.classes, e.pools...)
				none(t, g.install(t, e.objects, e.readme).Problems)
				g.up(t, e.namespace())
				quorum, err := life.Watch(g.ctx, g.set, e.namespace(), "kafka")
				if err != nil {
					t.Fatal(err)
				}
				brokers := len(look(t, g, e).Of("kafka"))
				bad := objects.Copy(e.objects)
				objects.Each(objects.Find(bad, "StatefulSet", "kafka"), "spec.template.spec.containers", func(c map[string]any) {
					c["envFrom"] = []any{map[string]any{"configMapRef": map[string]any{"name": "missing"}}}
				})
				none(t, g.installer.Apply(g.ctx, bad).Problems)
				none(t, g.settle(e.namespace(), patience, func(s *claims.State) []string {
					for _, p := range s.Of("kafka") {
						if from := p.Spec.Containers[0].EnvFrom; len(from) == 1 && from[0].ConfigMapRef.Name == "missing" {
							return nil
						}
					}
					return []string{"no broker is rolled"}
				}))
				none(t, g.installer.Apply(g.ctx, e.objects).Problems)
				g.up(t, e.namespace())
				none(t, quorum.Kept(brokers-1))
				if got := len(look(t, g, e).Of("kafka")); got != brokers {
					t.Errorf("%d brokers, not %d", got, brokers)
				}
			})
		}
	})
}
