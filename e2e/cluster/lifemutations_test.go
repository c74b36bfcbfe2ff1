package cluster_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/life"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// TestLostQuorumIsFound takes the brokers' disruption budget away.
func TestLostQuorumIsFound(t *testing.T) {
	e := environments(t)[0]
	release := releases()[0]
	holds(t, e.name, release, "mutation is found: no disruption budget of the brokers", func(t *testing.T) {
		budget := objects.Find(e.objects, "PodDisruptionBudget", "kafka")
		e.objects = slices.DeleteFunc(e.objects, func(o *objects.Object) bool { return o == budget })
		g := newGround(t, release, e.classes, e.pools...)
		taken(t, g, e)
		g.up(t, e.namespace())
		brokers := look(t, g, e).Of("kafka")
		quorum, err := life.Watch(g.ctx, g.set, e.namespace(), "kafka")
		if err != nil {
			t.Fatal(err)
		}
		none(t, drainTogether(g, brokers[:2]))
		problems := quorum.Kept(len(brokers) - 1)
		if !found(problems, []string{"kafka had only 1 ready pods, 2 are needed"}) {
			t.Errorf("the quorum was lost, and what is found is %q", problems)
		}
	})
}

// TestBlockedDrainIsFound has two pods of a component on the only node: the
// second can never be evicted.
func TestBlockedDrainIsFound(t *testing.T) {
	all := environments(t)
	e := all[len(all)-1]
	release := releases()[0]
	holds(t, e.name, release, "mutation is found: two pods that only one node can take", func(t *testing.T) {
		objects.Set(objects.Find(e.objects, "Deployment", "nginx"), "spec.replicas", int64(2))
		g := newGround(t, release, e.classes, e.pools...)
		taken(t, g, e)
		g.up(t, e.namespace())
		ctx, cancel := context.WithTimeout(g.ctx, 20*time.Second)
		defer cancel()
		_, err := life.Drain(ctx, g.set, "node-0")
		if err == nil || !strings.Contains(err.Error(), "nginx") || !strings.Contains(err.Error(), "disruption budget") {
			t.Errorf("the drain cannot end, and what is found is: %v", err)
		}
	})
}
