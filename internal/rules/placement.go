package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// placement compares where pods must go with the nodes that there are. Without
// cluster.nodes nothing is known of them.
func (c *checker) placement() {
	c.poolZones()
	c.oneNode()
	if !c.Env.Placement.Enabled {
		c.unusedPools()
		return
	}
	c.unknownPools()
	c.contradictory()
	c.besideActions()
	for _, name := range c.replicated() {
		c.spread(name)
		c.zones(name)
		c.sharedZone(name)
	}
}

// contradictory looks for pools whose nodes carry, by their own labels, another
// value of the label that pods are sent by. What images were built for is in images.go.
func (c *checker) contradictory() {
	key := c.Env.Placement.NodeLabel
	for _, pool := range c.Pools() {
		label, written := c.Env.Cluster.Nodes[pool].Labels[key]
		if !written || label == pool {
			continue
		}
		c.fail("WO517", poolField(pool, "labels")+"."+environment.JoinPath(key),
			fmt.Sprintf("the nodes of pool %s have the label %s=%s, and its pods go to nodes with %s=%s: they stay Pending", pool, key, label, key, pool),
			fmt.Sprintf("leave the label out, which every node of the pool has by the pool's name, call the pool %s, or write another placement.nodeLabel", label))
	}
}

// oneNode looks for nodes that can never be emptied: of several pods on a single
// node one may be evicted, and waits, Pending, for the node to come back; the
// disruption budget keeps the others until it runs.
func (c *checker) oneNode() {
	var crowded, ones []string
	at := ""
	for _, name := range c.replicated() {
		n, field := c.Replicas(name), c.replicasField(name)
		if c.daemon(name) || n < 2 || c.nodesFor(name) != 1 || c.Placement(name).Spread == "hard" {
			continue
		}
		crowded = append(crowded, fmt.Sprintf("%d pods of %s", n, name))
		ones = append(ones, cue(field, 1))
		if at == "" || !c.Env.Source.Written(at) {
			at = field
		}
	}
	if len(crowded) == 0 {
		return
	}
	c.warn("WO210", c.written(at, "cluster.nodes"),
		fmt.Sprintf("%s have one node: it can never be drained, since one of them must keep running and has nowhere to go", list(crowded)),
		fmt.Sprintf("write %s, or describe more nodes", strings.Join(ones, ", ")))
}

// nodesFor a component: those of its pool, or all where placement is off.
func (c *checker) nodesFor(component string) int {
	if c.Env.Placement.Enabled {
		return c.Env.Cluster.Nodes[c.Pool(component)].Count
	}
	n := 0
	for _, p := range c.Env.Cluster.Nodes {
		n += p.Count
	}
	return n
}

func poolField(pool, field string) string {
	return environment.JoinPath("cluster", "nodes", pool, field)
}

func ruleField(component, field string) string {
	return environment.JoinPath("placement", "rules", component, field)
}

func (c *checker) poolNames() []string { return slices.Sorted(maps.Keys(c.Env.Cluster.Nodes)) }

func (c *checker) poolZones() {
	for _, name := range c.poolNames() {
		if p := c.Env.Cluster.Nodes[name]; p.Zones > p.Count {
			field := poolField(name, "zones")
			c.fail("WO207", field,
				fmt.Sprintf("%s is %d, but the pool has %s: what counts on that many zones goes down with one of fewer", field, p.Zones, count(p.Count, "node")),
				fmt.Sprintf("write %s or less, or %s", cue(field, p.Count), cue(poolField(name, "count"), p.Zones)))
		}
	}
}

func (c *checker) unusedPools() {
	if n := len(c.Env.Cluster.Nodes); n > 1 && !c.development() {
		c.warn("WO206", "placement.enabled",
			fmt.Sprintf("placement is off, but cluster.nodes has %d pools: action pods run beside databases and brokers, and one that is greedy starves them", n),
			"leave out placement.enabled, or describe the nodes as one pool")
	}
}

// unknownPools finds pools that pods are sent to and that no node is in.
func (c *checker) unknownPools() {
	nodes := c.Env.Cluster.Nodes
	if len(nodes) == 0 {
		return
	}
	var homeless []string
	for _, name := range c.standing() {
		pool := c.Pool(name)
		if _, ok := nodes[pool]; ok {
			continue
		}
		if c.Env.Placement.Rules[name].Pool == "" {
			homeless = append(homeless, name)
			continue
		}
		field := ruleField(name, "pool")
		c.fail("WO202", field,
			fmt.Sprintf("%s is %q, which cluster.nodes does not have: no node carries the label %s=%s, and the pods stay Pending", field, pool, c.Env.Placement.NodeLabel, pool),
			meant(pool, c.poolNames()))
	}
	if len(homeless) > 0 {
		c.fail("WO202", "cluster.nodes",
			fmt.Sprintf("cluster.nodes has no pool %q, where %s run: no node carries the label %s=%s, and the pods stay Pending", c.Catalog.SharedPool, list(homeless), c.Env.Placement.NodeLabel, c.Catalog.SharedPool),
			fmt.Sprintf("write cluster: nodes: %s: {count: 3, cpu: \"4\", memory: \"16Gi\"} with the real numbers, or placement: enabled: false", c.Catalog.SharedPool))
	}
}

// besideActions finds what shares nodes with users' code.
func (c *checker) besideActions() {
	nodes := c.Env.Cluster.Nodes
	_, known := nodes[c.Catalog.SharedPool]
	asked := c.Env.Placement.Rules[c.Catalog.Actions.By].Pool != ""
	if c.InvokerPool == c.Catalog.SharedPool && !asked && !c.development() && (known || len(nodes) == 0 && c.Env.Invoker.UserMemory != "") {
		c.warn("WO203", "cluster.nodes",
			fmt.Sprintf("cluster.nodes has no pool %q, so invokers and action pods run in pool %q, beside databases and brokers: an action that is greedy starves them", c.Catalog.Components[c.Catalog.Actions.By].Pool, c.Catalog.SharedPool),
			"write a pool for invokers, for example cluster: nodes: invoker: {count: 2, cpu: \"8\", memory: \"32Gi\"}, or placement: rules: invoker: pool: \"core\" if you mean it")
	}
	if c.InvokerPool == c.Catalog.SharedPool {
		return
	}
	own := c.Catalog.Components[c.Catalog.Actions.By].Pool
	for _, name := range c.standing() {
		// What the catalogue itself places there is small.
		if c.Catalog.Components[name].Pool != own && c.Pool(name) == c.InvokerPool {
			field := ruleField(name, "pool")
			c.warn("WO208", field,
				fmt.Sprintf("%s is %q, the invokers' pool: action pods take the memory there that %s counts on, and may starve it", field, c.InvokerPool, name),
				fmt.Sprintf("write another pool, for example %s", cue(field, c.Catalog.SharedPool)))
		}
	}
}

// spread counts nodes for pods that never share one.
func (c *checker) spread(component string) {
	field := c.replicasField(component)
	rule := c.Placement(component)
	pool, ok := c.Env.Cluster.Nodes[rule.Pool]
	n := c.Replicas(component)
	if !ok || rule.Spread != "hard" || n <= pool.Count || c.daemon(component) {
		return
	}
	fits := pool.Count
	if c.Voter(component) != nil {
		fits -= 1 - fits%2 // an odd quorum
	}
	c.fail("WO201", c.written(field, ruleField(component, "spread"), poolField(rule.Pool, "count")),
		fmt.Sprintf("%s is %d, but pool %q has %s and no two pods of %s may share one: %d %s Pending",
			field, n, rule.Pool, count(pool.Count, "node"), component, n-pool.Count, verb(n-pool.Count, "stays", "stay")),
		fmt.Sprintf("write %s%s, or %s, or %s", cue(field, fits), verb(fits, "", " or less"),
			cue(poolField(rule.Pool, "count"), n), cue(ruleField(component, "spread"), "soft")))
}

func (c *checker) daemon(component string) bool { return c.Kind(component) == derived.DaemonSet }

// daemons tells whether the nodes have an invoker each.
func (c *checker) daemons() bool { return c.Env.Invoker.Kind == derived.DaemonSet }

// zones asks what a hard spread over zones can do. The constraint (a skew of
// one, DoNotSchedule) lets pods share a zone once each zone has one, so too few
// zones block nothing; but it keeps pods off nodes that have no zone label.
func (c *checker) zones(component string) {
	rule := c.Placement(component)
	pool, ok := c.Env.Cluster.Nodes[rule.Pool]
	n := c.Replicas(component)
	if !ok || rule.Zones != "hard" || n < 2 {
		return
	}
	at := ruleField(component, "zones")
	switch voter := c.Voter(component); {
	case pool.Zones == 1:
		c.fail("WO204", at,
			fmt.Sprintf("%s is \"hard\", but pool %q has one zone: there is nothing to spread over, and on nodes without the zone label the pods stay Pending", at, rule.Pool),
			fmt.Sprintf("write %s if the nodes are in zones, or %s", cue(poolField(rule.Pool, "zones"), 3), cue(at, "soft")))
	case voter != nil && n >= 3 && pool.Zones == 2:
		c.warn("WO205", at,
			fmt.Sprintf("%s is \"hard\", but pool %q has 2 zones: one of them holds most of the %d voters of %s's quorum, and its loss stops %s", at, rule.Pool, n, voter.Of, voter.Of),
			fmt.Sprintf("spread the nodes over 3 zones and write %s", cue(poolField(rule.Pool, "zones"), 3)))
	}
}

// sharedZone looks for voters that were told not to keep apart. A volume stays in
// the zone of its first pod for ever, so two that met there on the first day do so
// each day, and the zone takes two voters down with it.
func (c *checker) sharedZone(component string) {
	rule, voter, n := c.Placement(component), c.Voter(component), c.Replicas(component)
	if voter == nil || n < 3 || rule.Zones == "hard" || c.ZonesOf(component) != "hard" {
		return
	}
	at := ruleField(component, "zones")
	c.warn("WO503", at,
		fmt.Sprintf("%s is %q, and each of the %d voters of %s's quorum has a volume that stays in the zone of its first pod: two that come up in one zone stay there for ever, and its loss may stop %s", at, rule.Zones, n, voter.Of, voter.Of),
		fmt.Sprintf("leave it out, or write %s: pool %q has %s", cue(at, "hard"), rule.Pool, count(c.Env.Cluster.Nodes[rule.Pool].Zones, "zone")))
}
