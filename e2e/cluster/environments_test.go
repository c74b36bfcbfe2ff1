// Package cluster_test proves on a real control plane that what whiskops
// generates is taken, comes up, is placed as meant, and lives through drains,
// updates and deletion.
package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
)

// TestEnvironments takes each environment of golden/ through its life.
func TestEnvironments(t *testing.T) {
	each(t, func(t *testing.T, release string) {
		for _, e := range environments(t) {
			t.Run(e.name, func(t *testing.T) {
				g := newGround(t, release, e.classes, e.pools...)
				through(t, g, e, release)
			})
		}
	})
}

func through(t *testing.T, g *ground, e *environment, release string) {
	pooled := func(e *environment) bool { return e.pooled }
	quorum := func(e *environment) bool { return e.name == "production" }
	steps := []struct {
		claim string
		check func(t *testing.T, g *ground, e *environment)
		// of tells which environments it is a claim of; nil is all.
		of func(e *environment) bool
	}{
		{"taken without a rejection or a warning", taken, nil},
		{"all comes up", func(t *testing.T, g *ground, e *environment) { g.up(t, e.namespace()) }, nil},
		{"taken again without a change", again, nil},
		{"placed as meant", placed, nil},
		{"a full pool leaves a pod pending with the reason", full, pooled},
		{"each node is drained in turn", drained, nil},
		{"two nodes with brokers are drained at once", together, quorum},
		{"a node is lost with a broker and all else on it, and others take its place", lost, quorum},
		{"scaled down and up", scaled, pooled},
		{"deleted as the README says, claims are left", deleted, nil},
		{"installed again onto what was left", reinstalled, nil},
		{"deleted whole, nothing is left", gone, nil},
	}
	for _, s := range steps {
		if s.of != nil && !s.of(e) {
			continue
		}
		if !holds(t, e.name, release, s.claim, func(t *testing.T) { s.check(t, g, e) }) {
			return // the next steps stand on this one
		}
	}
}

func taken(t *testing.T, g *ground, e *environment) {
	r := g.install(t, e.objects, e.readme)
	none(t, r.Problems)
	progress("%s: %d objects applied in %s, the largest %s with %d bytes", e.name, r.Applied, r.Took.Round(time.Millisecond), r.LargestName, r.Largest)
}

// again applies the same once more: no object may become a new one.
func again(t *testing.T, g *ground, e *environment) {
	before := generations(t, g, e)
	none(t, g.installer.Apply(g.ctx, e.objects).Problems)
	for name, n := range generations(t, g, e) {
		if n != before[name] {
			t.Errorf("%s changed: generation %d, then %d", name, before[name], n)
		}
	}
}

func generations(t *testing.T, g *ground, e *environment) map[string]int64 {
	t.Helper()
	s := look(t, g, e)
	all := map[string]int64{}
	for _, o := range s.Deployments {
		all["Deployment "+o.Name] = o.Generation
	}
	for _, o := range s.StatefulSets {
		all["StatefulSet "+o.Name] = o.Generation
	}
	for _, o := range s.Jobs {
		if len(o.OwnerReferences) > 0 {
			continue // of a CronJob, whenever its time comes
		}
		all["Job "+o.Name] = o.Generation
	}
	for _, o := range s.Budgets {
		all["PodDisruptionBudget "+o.Name] = o.Generation
	}
	if len(all) == 0 {
		t.Error("there is nothing to compare")
	}
	return all
}

func look(t *testing.T, g *ground, e *environment) *claims.State {
	t.Helper()
	s, err := claims.Look(g.ctx, g.set, e.namespace())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func placed(t *testing.T, g *ground, e *environment) {
	s := look(t, g, e)
	none(t, e.misplaced(s))
	for name, why := range s.Unplaced() {
		t.Errorf("pod %s has no node: %s", name, why)
	}
}

// misplaced tells what of an environment is not where it should be.
func (e *environment) misplaced(s *claims.State) []string {
	var all []string
	for _, c := range e.hard {
		all = append(all, s.Apart(c)...)
	}
	if e.pooled {
		all = append(all, s.Alone("invoker", fakenode.RoleLabel, "invoker")...)
		core, db := []string{"kafka", "controller", "nginx"}, "core"
		if e.name == "ci" {
			core, db = append(core, "apigateway", "redis"), "db"
		}
		for _, c := range core {
			all = append(all, s.Placed(c, fakenode.RoleLabel, "core")...)
		}
		all = append(all, s.Placed("couchdb", fakenode.RoleLabel, db)...)
	}
	if e.zones > 1 {
		for _, c := range []string{"kafka", "controller", "invoker", "nginx"} {
			all = append(all, s.Spread(c, e.zones)...)
		}
	}
	return all
}

// full takes a node of the invokers away, and has it come back.
func full(t *testing.T, g *ground, e *environment) {
	s := look(t, g, e)
	victim := s.Of("invoker")[0]
	if err := g.set.CoreV1().Nodes().Delete(g.ctx, victim.Spec.NodeName, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// What a kubelet that is gone cannot do, the cloud's controller does.
	now := int64(0)
	if err := g.set.CoreV1().Pods(victim.Namespace).Delete(g.ctx, victim.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		t.Logf("pod %s: %v", victim.Name, err)
	}
	var why string
	none(t, g.settle(e.namespace(), patience, func(s *claims.State) []string {
		if why = s.Unplaced()[victim.Name]; why == "" {
			return []string{fmt.Sprintf("pod %s is not pending though its node is gone", victim.Name)}
		}
		return nil
	}))
	progress("%s without a node of the invokers: %s", e.name, why)
	if !strings.Contains(why, "anti-affinity") || !strings.Contains(why, "node affinity/selector") {
		t.Errorf("pod %s is pending for another reason: %s", victim.Name, why)
	}
	for _, p := range e.pools {
		for _, n := range p.Nodes() {
			if n.Name == victim.Spec.NodeName {
				if err := fakenode.Join(g.ctx, g.set, n); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	g.up(t, e.namespace())
}
