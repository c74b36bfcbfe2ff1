package rules

import (
	"encoding/json"
	"fmt"
	"slices"
)

// described compares what an environment says of its cluster and its nodes with
// what the first said that is on it: one of the two is wrong, and what follows
// from it. What an environment asks of the cluster (storage.class) may differ.
func (g *cluster) described(c *checker) {
	e := c.Env.Cluster
	if e.Name != "" {
		// Without a name it is on the cluster by its server.
		g.says(c, "cluster.name", e.Name)
	}
	g.says(c, "cluster.kubernetes", e.Kubernetes)
	g.says(c, "cluster.platform", e.Platform)
	g.says(c, "cluster.domain", e.Domain)
	g.says(c, "cluster.dns", c.DNS)
	g.says(c, "cluster.apiServer.cidrs", sorted(e.APIServer.CIDRs))
	g.says(c, "cluster.apiServer.ports", sorted(c.APIPorts()))
	for _, name := range c.poolNames() {
		p := e.Nodes[name]
		of := c.nodesOf(name)
		for _, f := range []struct {
			name  string
			value any
		}{
			{"count", p.Count}, {"cpu", cpu(milli(p.CPU))}, {"memory", memory(size(p.Memory))}, {"pods", c.NodePods(p)}, {"systemPods", p.SystemPods},
			{"zones", p.Zones}, {"labels", p.Labels}, {"taints", p.Taints},
		} {
			g.saysOf(c, of, poolField(name, f.name), f.value)
		}
	}
}

// nodesOf a pool by the label that they carry: pools of two labels are two.
func (c *checker) nodesOf(pool string) string { return c.Env.Placement.NodeLabel + "=" + pool }

func (g *cluster) says(c *checker, field string, value any) { g.saysOf(c, "", field, value) }

// saysOf reports a field that is not what an earlier environment says of it.
func (g *cluster) saysOf(c *checker, of, field string, value any) {
	mine := spelt(value)
	place := of + " " + field
	before, ok := g.said[place]
	if !ok {
		g.said[place] = statement{c.Env.Name, mine}
		return
	}
	if before.value == mine {
		return
	}
	c.fail("WO513", c.whereabouts(field),
		fmt.Sprintf("%s, and say of it: %s is %s in %q, and %s in %q", g.both(before.name, c), field, before.value, before.name, mine, c.Env.Name),
		"write what is so once, for all of its environments (_cluster: {...}, and cluster: _cluster in each), or "+c.apart())
}

// statement is what an environment says of its cluster.
type statement struct{ name, value string }

// spelt is a value as a user would write it. Empty ones are alike.
func spelt(value any) string {
	text, err := json.Marshal(value)
	if err != nil || string(text) == "null" || string(text) == "{}" || string(text) == "[]" {
		return "empty"
	}
	return string(text)
}

func sorted[T interface{ ~int | ~string }](list []T) []T { return slices.Sorted(slices.Values(list)) }
