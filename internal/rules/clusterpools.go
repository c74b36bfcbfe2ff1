package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// nodes are a pool of a cluster, as the first environment describes it that does.
type nodes struct {
	name string
	environment.NodePool
	by *checker
}

// part is what one environment takes of a pool.
type part struct {
	of    *checker
	rows  []row
	takes int64
}

// tenant is an environment on a pool, with its components there.
type tenant struct {
	*checker
	components []string
}

// pools adds up what all environments ask of the cluster's nodes, and compares it
// with what is there once. Those that are too much by themselves are not added.
func (g *cluster) pools() {
	pools := g.nodes()
	for _, label := range slices.Sorted(maps.Keys(pools)) {
		var there []tenant
		for _, c := range g.all {
			components := c.on(label, len(pools) == 1)
			if len(components) > 0 && !c.reported("WO229", "WO231", "WO232", "WO236", "WO237") {
				there = append(there, tenant{c, components})
			}
		}
		g.podsFit(pools[label], there)
		for _, r := range measured {
			g.resourceFits(pools[label], there, r)
		}
	}
}

// nodes of the cluster by the label that they carry.
func (g *cluster) nodes() map[string]nodes {
	all := map[string]nodes{}
	for _, c := range g.all {
		for _, name := range c.poolNames() {
			if label := c.nodesOf(name); all[label].by == nil {
				all[label] = nodes{name, c.Env.Cluster.Nodes[name], c}
			}
		}
	}
	return all
}

// on are the components that stand on nodes with a label. Without placement they
// are somewhere, which is known where there is only one pool.
func (c *checker) on(label string, only bool) []string {
	return slices.DeleteFunc(c.standing(), func(component string) bool {
		if !c.Env.Placement.Enabled {
			return !only
		}
		return c.nodesOf(c.Pool(component)) != label
	})
}

// resourceFits compares CPU or memory.
func (g *cluster) resourceFits(pool nodes, there []tenant, r resource) {
	var parts []part
	for _, t := range there {
		rows, sum := t.asks(pool.NodePool, t.components, r)
		parts = append(parts, part{t.checker, rows, sum})
	}
	have := int64(pool.Count) * r.node(pool.NodePool)
	last, sum, over := exceeds(parts, have)
	if !over {
		return
	}
	c := last.of
	c.fail("WO514", c.written(append(c.cause(largest(last.rows), r, poolField(pool.name, "count")), "cluster.name")...),
		fmt.Sprintf("%s of one cluster (%s) ask for %s %s of pool %q, but its %s %s %s: the last to come stay Pending (%s)",
			count(len(parts), "environment"), g.first, r.shown(sum), r.unit, pool.name, count(pool.Count, "node"), verb(pool.Count, "has", "have"), r.shown(have), shares(parts, r.shown)),
		c.fewer(last.rows, poolField(pool.name, "count")))
}

// podsFit compares numbers of pods.
func (g *cluster) podsFit(pool nodes, there []tenant) {
	var parts []part
	for _, t := range there {
		rows, sum := t.takes(pool.NodePool, t.components)
		parts = append(parts, part{t.checker, rows, sum})
	}
	have := int64(pool.Count) * int64(pool.by.OwnPods(pool.NodePool))
	last, sum, over := exceeds(parts, have)
	if !over {
		return
	}
	c := last.of
	c.fail("WO515", c.written(append(c.podsCause(pool.name, largest(last.rows)), "cluster.name")...),
		fmt.Sprintf("%s of one cluster (%s) may bring %d pods to pool %q, but its %s %s %d: the last to come stay Pending with \"Too many pods\" (%s)",
			count(len(parts), "environment"), g.first, sum, pool.name, count(pool.Count, "node"), verb(pool.Count, "takes", "take"), have,
			shares(parts, func(n int64) string { return fmt.Sprint(n) })),
		c.fewer(last.rows, poolField(pool.name, "count")))
}

// exceeds tells whether the parts are more than there is, which they are in all,
// and the one with which they are. One alone is more only where it does not know
// the nodes.
func exceeds(parts []part, have int64) (last part, sum int64, over bool) {
	for _, p := range parts {
		sum += p.takes
		if sum > have && !over {
			last, over = p, true
		}
	}
	return last, sum, over
}

// largest of the rows.
func largest(rows []row) string {
	return slices.MaxFunc(rows, func(a, b row) int { return cmp.Compare(a.all(), b.all()) }).component
}

// mostShares are named in a finding; the rest are counted.
const mostShares = 5

// shares are the parts, the largest first.
func shares(parts []part, shown func(int64) string) string {
	ordered := slices.SortedStableFunc(slices.Values(parts), func(a, b part) int { return cmp.Compare(b.takes, a.takes) })
	var words []string
	for _, p := range ordered[:min(len(ordered), mostShares)] {
		words = append(words, fmt.Sprintf("%s %s", p.of.Env.Name, shown(p.takes)))
	}
	if more := len(ordered) - mostShares; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, ", ")
}

// fewer says what would do.
func (c *checker) fewer(rows []row, nodes string) string {
	less := "smaller requests or fewer replicas in one of the environments"
	if largest(rows) == actionPods {
		less = "a smaller " + userMemoryField + " in each of the environments"
	}
	return fmt.Sprintf("write more nodes (%s), or %s, or %s", nodes, less, strings.TrimPrefix(c.apart(), "write "))
}
