package cluster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// placements are found from where the scheduler puts the pods of production on
// a cluster with one node of each pool.
var placements = []mutation{
	{"brokers without anti-affinity", at("StatefulSet", "kafka", remove(pod+"affinity")),
		[]string{"of kafka share node core-0"}},
	{"controllers without anti-affinity", at("StatefulSet", "controller", remove(pod+"affinity")),
		[]string{"of controller share node core-0"}},
	{"invokers without anti-affinity", at("StatefulSet", "invoker", remove(pod+"affinity")),
		[]string{"node invoker-0 has", "pods of invoker, not 1"}},
	{"another pod that tolerates the invokers' nodes", at("Deployment", "kafka-topics", func(o *objects.Object) {
		objects.Set(o, pod+"tolerations", []any{map[string]any{"operator": "Exists"}})
		objects.Set(o, pod+"nodeSelector", map[string]any{fakenode.RoleLabel: "invoker"})
	}), []string{"node invoker-0: pod kafka-topics-", "is beside the invoker"}},
	{"brokers on another pool", at("StatefulSet", "kafka", func(o *objects.Object) {
		objects.Set(o, pod+"nodeSelector", map[string]any{fakenode.RoleLabel: "other"})
	}), []string{"pod kafka-", "on node \"other-0\""}},
	{"brokers in one zone", at("StatefulSet", "kafka", func(o *objects.Object) {
		objects.Remove(o, pod+"affinity")
	}), []string{"kafka: 3 pods are over zones"}},
}

// TestMisplacementsAreFound breaks how production is placed, and squeezes it.
func TestMisplacementsAreFound(t *testing.T) {
	e := environments(t)[0]
	g := newGround(t, releases()[0], e.classes, fakenode.Role("core", 1, "64", "256Gi", 1),
		fakenode.Role("other", 1, "64", "256Gi", 1), fakenode.Role("invoker", 1, "64", "256Gi", 1).Tainted())
	check := func(s *claims.State) []string {
		if s.Undecided() || len(s.Of("kafka")) < 3 || len(s.Of("invoker")) < 6 || len(s.Of("controller")) < 3 || len(s.Of("kafka-topics")) < 1 {
			return []string{"pods are still to be placed"}
		}
		var all []string
		for _, c := range e.hard {
			all = append(all, s.Apart(c)...)
		}
		all = append(all, s.Alone("invoker", fakenode.RoleLabel, "invoker")...)
		all = append(all, s.Placed("kafka", fakenode.RoleLabel, "core")...)
		for _, p := range s.Of("kafka") {
			if p.Spec.NodeName == "" {
				return all // one node takes one broker: as it should be
			}
		}
		return append(all, s.Spread("kafka", 3)...)
	}
	for i, m := range append([]mutation{{name: "nothing"}}, placements...) {
		objs := objects.Into(e.objects, fmt.Sprintf("-m%d", i))
		if m.change != nil {
			m.change(objs)
		}
		claim := "misplacement is found: " + m.name
		if m.change == nil {
			claim = "with one node of each pool no pod is where it should not be"
		}
		holds(t, e.name, releases()[0], claim, func(t *testing.T) {
			g.install(t, objs, strings.ReplaceAll(e.readme, "-n openwhisk ", fmt.Sprintf("-n openwhisk-m%d ", i)))
			problems := g.settle(objects.Namespace(objs), time.Minute, func(s *claims.State) []string {
				problems := check(s)
				if m.change == nil {
					return problems
				}
				if found(problems, m.want) {
					return nil
				}
				return append([]string{fmt.Sprintf("no problem has the words %q", m.want)}, problems...)
			})
			none(t, problems)
		})
	}
}
