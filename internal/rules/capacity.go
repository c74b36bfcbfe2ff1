package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// resource is CPU or memory: the same rules, other units.
type resource struct {
	name string
	// unit follows a number.
	unit  string
	of    func(environment.ResourceList) int64
	node  func(environment.NodePool) int64
	shown func(int64) string
}

var measured = [...]resource{
	{"cpu", "CPUs", func(l environment.ResourceList) int64 { return milli(l.CPU) }, func(p environment.NodePool) int64 { return milli(p.CPU) }, cpu},
	{"memory", "of memory", func(l environment.ResourceList) int64 {
		if l.Memory == "" {
			return 0
		}
		return size(l.Memory)
	}, func(p environment.NodePool) int64 { return size(p.Memory) }, memory},
}

// pools adds up what pods ask for and compares it with their nodes. Jobs, init
// containers and what other people run on the nodes are not counted.
func (c *checker) pools() {
	if c.anywhere() {
		return // that is a warning of its own
	}
	for _, name := range c.poolNames() {
		pool := c.Env.Cluster.Nodes[name]
		components := c.onPool(name)
		c.podsOf(name, pool, components)
		for _, r := range measured {
			// Nodes with nothing left for actions are too small already.
			small := r.name == "memory" && name == c.InvokerPool && c.reported("WO231")
			if c.podsFit(name, pool, components, r) && !small {
				c.poolFits(name, pool, components, r)
			}
		}
	}
}

// anywhere tells that pods may go to any of several pools.
func (c *checker) anywhere() bool { return !c.Env.Placement.Enabled && len(c.Env.Cluster.Nodes) > 1 }

// onPool are the components whose pods stand on a pool; all of them where there is
// one pool for all.
func (c *checker) onPool(name string) []string {
	return slices.DeleteFunc(c.standing(), func(component string) bool {
		return c.Env.Placement.Enabled && c.Pool(component) != name
	})
}

// podsFit asks for each pod whether an empty node is large enough.
func (c *checker) podsFit(name string, pool environment.NodePool, components []string, r resource) bool {
	fits := true
	for _, component := range components {
		ask := c.podAsks(component, r)
		if ask <= r.node(pool) {
			continue
		}
		fits = false
		field, most := c.asksMost(component, r)
		node, room := poolField(name, r.name), r.node(pool)-(ask-most)
		at, help := node, "write nodes that have more"
		if field != "" {
			at = c.written(field, node)
		}
		if field != "" && room > 0 {
			help = fmt.Sprintf("write %s or less, or nodes that have more", cue(field, r.shown(room)))
		}
		c.fail("WO236", at,
			fmt.Sprintf("a pod of %s asks for %s %s, but a node of pool %q has %s: it stays Pending", component, r.shown(ask), r.unit, name, r.shown(r.node(pool))), help)
	}
	return fits
}

// placeable pods of a component: those that no node is left for are a mistake
// of their own.
func (c *checker) placeable(component string, pool environment.NodePool) int {
	n := c.Replicas(component)
	if c.Placement(component).Spread == "hard" {
		n = min(n, pool.Count)
	}
	return n
}

// actionPods is the row of action pods.
const actionPods = "actions"

// row is one line of the sum that a finding shows.
type row struct {
	component string
	pods      int
	each      int64
}

func (r row) all() int64 { return int64(r.pods) * r.each }

// asks are what the components ask of a pool's nodes, and action pods beside them.
func (c *checker) asks(pool environment.NodePool, components []string, r resource) (rows []row, sum int64) {
	for _, component := range components {
		rows = append(rows, row{component, c.placeable(component, pool), c.podAsks(component, r)})
	}
	// What was refused for itself is not added.
	if slices.Contains(components, c.Catalog.Actions.By) && r.name == "memory" && !c.reported("WO231", "WO232") {
		rows = append(rows, row{actionPods, c.placeable(c.Catalog.Actions.By, pool), min(c.userMiB(), tooMuch>>20) * quantity.MiB})
	}
	for _, r := range rows {
		sum += r.all()
	}
	return rows, sum
}

func (c *checker) poolFits(name string, pool environment.NodePool, components []string, r resource) {
	rows, sum := c.asks(pool, components, r)
	have := int64(pool.Count) * r.node(pool)
	if sum <= have {
		return
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.all(), a.all()) })
	var shown []string
	for _, row := range rows {
		if row.each > 0 {
			shown = append(shown, fmt.Sprintf("%s %d x %s", row.component, row.pods, r.shown(row.each)))
		}
	}
	node := poolField(name, r.name)
	c.fail("WO237", c.written(c.cause(rows[0].component, r, poolField(name, "count"))...),
		fmt.Sprintf("pods of pool %q ask for %s %s, but its %s %s %s: the last to come stay Pending (%s)",
			name, r.shown(sum), r.unit, count(pool.Count, "node"), verb(pool.Count, "has", "have"), r.shown(have), strings.Join(shown, ", ")),
		fmt.Sprintf("write more or larger nodes (%s, %s), or smaller requests", poolField(name, "count"), node))
}

// cause lists the fields that make a component ask for much.
func (c *checker) cause(component string, r resource, pool string) []string {
	if component == actionPods {
		return []string{userMemoryField, "invoker.replicas", pool}
	}
	var fields []string
	if field, _ := c.asksMost(component, r); field != "" {
		fields = append(fields, field)
	}
	if f := c.replicasField(component); f != "" {
		fields = append(fields, f)
	}
	return append(fields, pool)
}
