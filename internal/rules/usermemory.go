package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/runtimes"
)

const userMemoryField = "invoker.userMemory"

// userMemory looks at what invokers give to actions: first whether there is
// any, then whether nodes have it, then whether it is enough.
func (c *checker) userMemory() {
	if c.reported("WO202") && c.Env.Invoker.UserMemory == "" {
		return // the pool's name is wrong, and its memory unknown
	}
	pool, known := c.Env.Cluster.Nodes[c.InvokerPool]
	if !known && (c.Env.Invoker.UserMemory == "" || c.daemons()) {
		c.noPool()
		return
	}
	mib := c.userMiB()
	if mib == 0 {
		c.noUserMemory(pool)
		return
	}
	if known && !c.nodesHave(pool, mib) {
		return
	}
	c.controllersShare(mib)
	c.stemCells(mib)
	if known {
		c.actionCPUs(pool, mib)
	}
}

// userMiB is the memory that was asked for, also where it is absurd.
func (c *checker) userMiB() int64 {
	if q := c.Env.Invoker.UserMemory; q != "" {
		return size(q) / quantity.MiB
	}
	return c.UserMemory
}

// showUserMemory says what invokers give to actions, and who says so.
func (c *checker) showUserMemory(mib int64) string {
	if q := c.Env.Invoker.UserMemory; q != "" {
		return c.show(userMemoryField, q)
	}
	return fmt.Sprintf("%s %dMi (derived)", userMemoryField, mib)
}

func (c *checker) noPool() {
	message := fmt.Sprintf("cluster.nodes does not say how large the invokers' nodes are (pool %q), and invoker.userMemory is not written: invokers would have no memory to give to actions", c.InvokerPool)
	help := "write cluster: nodes: invoker: {count: 2, cpu: \"8\", memory: \"32Gi\"} with the real numbers, or invoker.userMemory"
	at := c.written(userMemoryField, "cluster.nodes")
	if c.daemons() {
		message = fmt.Sprintf("invoker.kind is \"DaemonSet\", but cluster.nodes does not say how many nodes there are (pool %q): no topic is made for the invokers", c.InvokerPool)
		help = "write cluster: nodes: invoker: {count: 2, cpu: \"8\", memory: \"32Gi\"} with the real numbers"
		at = c.written("invoker.kind")
	}
	c.fail("WO231", at, message, help)
}

func (c *checker) noUserMemory(pool environment.NodePool) {
	if q := c.Env.Invoker.UserMemory; q != "" {
		c.fail("WO231", userMemoryField,
			fmt.Sprintf("invoker.userMemory is %q, less than 1 MiB: invokers would have no memory to give to actions", q),
			"write a real size, or leave it out to have it derived from the nodes")
		return
	}
	if c.FreePods(pool) < 1 {
		c.fail("WO231", c.written(poolField(c.InvokerPool, "pods"), poolField(c.InvokerPool, "systemPods")),
			fmt.Sprintf("a node of pool %q takes %d pods, which %d of the system's and the invoker use up: no action pod would find a place", c.InvokerPool, c.NodePods(pool), pool.SystemPods),
			"write nodes that take more, or a smaller "+poolField(c.InvokerPool, "systemPods"))
		return
	}
	used := c.show("invoker.resources.limits.memory", c.Env.Invoker.Resources.Limits.Memory)
	if sidecars := c.SidecarLimit(c.Catalog.Actions.By); sidecars > 0 {
		used += " with " + memory(sidecars) + " for the sidecars"
	}
	c.fail("WO231", c.written("invoker.reserve", "invoker.resources.limits.memory", poolField(c.InvokerPool, "memory")),
		fmt.Sprintf("a node of pool %q has %s, which %s and %s use up: invokers would have no memory to give to actions", c.InvokerPool, pool.Memory,
			c.show("invoker.reserve", c.Env.Invoker.Reserve), used),
		"write larger nodes, or a smaller invoker.reserve")
}

// nodesHave tells whether action pods fit on the invokers' nodes. An invoker
// only keeps books: what does not fit stays Pending.
func (c *checker) nodesHave(pool environment.NodePool, mib int64) bool {
	env := c.Env.Invoker
	each := 1
	if !c.daemons() && c.Placement(c.Catalog.Actions.By).Spread != "hard" {
		each = (env.Replicas + pool.Count - 1) / pool.Count
	}
	sidecars := c.SidecarLimit(c.Catalog.Actions.By)
	own, taken := size(env.Resources.Limits.Memory)+sidecars, env.Resources.Limits.Memory
	if sidecars > 0 {
		taken += " and " + memory(sidecars) + " for the sidecars"
	}
	free := size(pool.Memory) - size(env.Reserve)
	if int64(each)*(min(mib, tooMuch>>20)*quantity.MiB+own) <= free {
		return true
	}
	fits := max(0, free/int64(each)-own)
	help := "write larger nodes, or fewer invokers"
	if fits >= quantity.MiB {
		help = fmt.Sprintf("write %s or less", cue(userMemoryField, quantity.FormatMiB(fits)))
		if each == 1 {
			help += ", or leave it out"
		}
	}
	sharing := ""
	if each > 1 {
		sharing = fmt.Sprintf(" for each of %d invokers", each)
	}
	c.fail("WO232", c.written(userMemoryField, "invoker.replicas", poolField(c.InvokerPool, "count")),
		fmt.Sprintf("%s is more than a node of pool %q has for actions, %s%s (%s less invoker.reserve %q and %s of each invoker): action pods beyond that stay Pending, and their activations fail after invoker.podTimeout",
			c.showUserMemory(mib), c.InvokerPool, memory(fits), sharing, pool.Memory, env.Reserve, taken), help)
	return false
}

// controllersShare divides: without a scheduler, each controller has its part
// of every invoker.
func (c *checker) controllersShare(mib int64) {
	n, most := c.Replicas(c.Catalog.Throttle.By), c.Env.Limits.Memory.Max
	share := mib / int64(n)
	if share*quantity.MiB >= size(most) {
		return
	}
	consequence := "controllers take every invoker for overloaded when such an action comes, and send it to any of them"
	if least := c.Env.Limits.Memory.Min; share*quantity.MiB < size(least) {
		consequence = fmt.Sprintf("it is even less than limits.memory.min %q, and controllers give more memory away than there is", least)
	}
	c.fail("WO233", c.shareCause(mib),
		fmt.Sprintf("%s is %dMi for each of %s, less than %s: %s",
			c.showUserMemory(mib), share, verb(n, "1 controller", fmt.Sprintf("%d controllers", n)), c.show("limits.memory.max", most), consequence),
		c.shareHelp(mib))
}

// shareCause is what was written that makes the share too small. Two controllers
// are what an installation needs: whoever has more than fit wrote too many of
// them.
func (c *checker) shareCause(mib int64) string {
	const maximum = "limits.memory.max"
	controllers := c.replicasField(c.Catalog.Throttle.By)
	if size(c.Env.Limits.Memory.Max) <= mib/2*quantity.MiB {
		return c.written(userMemoryField, controllers, maximum)
	}
	return c.written(userMemoryField, maximum, controllers)
}

// shareHelp has the bound of each field that would do alone.
func (c *checker) shareHelp(mib int64) string {
	n, most := int64(c.Replicas(c.Catalog.Throttle.By)), size(c.Env.Limits.Memory.Max)
	need := (most + quantity.MiB - 1) / quantity.MiB * n
	help := fmt.Sprintf("write %s or more, on nodes that have it", cue(userMemoryField, fmt.Sprintf("%dMi", need)))
	if share := mib / n; share*quantity.MiB >= size(c.Env.Limits.Memory.Min) {
		help += fmt.Sprintf(", or %s or less", cue("limits.memory.max", fmt.Sprintf("%dMi", share)))
	}
	if fit := mib * quantity.MiB / most; fit > 0 && n > 1 {
		help += fmt.Sprintf(", or %s", cue(c.replicasField(c.Catalog.Throttle.By), fit))
		if fit > 1 {
			help += " or less"
		}
	}
	return help
}

// stemCells take memory for good, and reactive ones more while actions start cold.
func (c *checker) stemCells(mib int64) {
	var cells, most int64
	for _, k := range c.Kinds() {
		for _, s := range k.StemCells {
			n, _ := runtimes.Bytes(s.Memory) // it was read before
			cells += int64(s.Count) * (n / quantity.MiB)
			most += int64(s.Most()) * (n / quantity.MiB)
		}
	}
	std := size(c.Env.Limits.Memory.Std) / quantity.MiB
	at := c.written("runtimes.stemCells", manifestField)
	help := fmt.Sprintf("write fewer or smaller stem cells, %dMi in all, or a larger invoker.userMemory", max(0, mib-std))
	switch {
	case cells > 0 && cells+std > mib:
		c.fail("WO234", at,
			fmt.Sprintf("stem cells take %dMi of the %dMi that an invoker gives to actions, and leave none for an action of %s: kinds without a stem cell never run", cells, mib, c.show("limits.memory.std", c.Env.Limits.Memory.Std)), help)
	case most > cells && most+std > mib:
		c.warn("WO573", at,
			fmt.Sprintf("reactive stem cells may take %dMi of the %dMi that an invoker gives to actions, and leave none for an action of %s: kinds without a stem cell wait until theirs have been idle for their ttl", most, mib, c.show("limits.memory.std", c.Env.Limits.Memory.Std)), help)
	}
}

// actionCPUs adds up what action pods ask for when all memory is given away.
func (c *checker) actionCPUs(pool environment.NodePool, mib int64) {
	per := int64(c.Env.Actions.CPUPer256Mi)
	if per == 0 {
		return
	}
	ask := per * (min(mib, tooMuch>>20) / 256)
	free := milli(pool.CPU) - milli(c.Env.Invoker.Resources.Requests.CPU)
	if ask <= free {
		return
	}
	fits := max(0, free) * 256 / mib
	help := "write nodes with more CPUs, or leave out actions.cpuPer256Mi"
	if fits > 0 {
		help = fmt.Sprintf("write %s or less, or a smaller invoker.userMemory", cue("actions.cpuPer256Mi", fits))
	}
	c.fail("WO235", "actions.cpuPer256Mi",
		fmt.Sprintf("actions.cpuPer256Mi is %d, so %dMi of actions (invoker.userMemory) ask for %s CPUs, but a node of pool %q has %s left: invokers count memory alone, and action pods beyond that stay Pending",
			per, mib, cpu(ask), c.InvokerPool, cpu(max(0, free))), help)
}
