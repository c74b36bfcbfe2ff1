package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// takes are the pods that the components bring to a pool, and action pods beside
// them.
func (c *checker) takes(pool environment.NodePool, components []string) (rows []row, sum int64) {
	for _, component := range components {
		rows = append(rows, row{component, c.placeable(component, pool), 1})
	}
	if slices.Contains(components, c.Catalog.Actions.By) && !c.reported("WO231", "WO232") {
		each := c.MostActions(min(c.userMiB(), tooMuch>>20))
		rows = append(rows, row{actionPods, c.placeable(c.Catalog.Actions.By, pool), each})
	}
	for _, r := range rows {
		sum += r.all()
	}
	return rows, sum
}

// podsOf adds up the pods of a pool and compares them with what the kubelets of
// its nodes take. What is not of the installation has its own part.
func (c *checker) podsOf(name string, pool environment.NodePool, components []string) {
	rows, sum := c.takes(pool, components)
	have := int64(pool.Count) * int64(c.OwnPods(pool))
	if sum <= have {
		return
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.all(), a.all()) })
	var shown []string
	for _, r := range rows {
		text := fmt.Sprintf("%s %d", r.component, r.pods)
		if r.component == actionPods {
			text += fmt.Sprintf(" x %d, of %s", r.each, c.show("limits.memory.min", c.Env.Limits.Memory.Min))
		}
		shown = append(shown, text)
	}
	c.fail("WO229", c.written(c.podsCause(name, rows[0].component)...),
		fmt.Sprintf("pool %q may get %d pods, but its %s %s %d (%d each, less %d of the system's): the last to come stay Pending with \"Too many pods\" (%s)",
			name, sum, count(pool.Count, "node"), verb(pool.Count, "takes", "take"), have, c.NodePods(pool), pool.SystemPods, strings.Join(shown, ", ")),
		c.podsHelp(name, rows, have-sum))
}

// podsCause lists the fields that make for many pods.
func (c *checker) podsCause(pool, component string) []string {
	at := poolField(pool, "pods")
	if component == actionPods {
		return []string{userMemoryField, "limits.memory.min", "invoker.replicas", at, poolField(pool, "count")}
	}
	if f := c.replicasField(component); f != "" {
		return []string{f, at, poolField(pool, "count")}
	}
	return []string{at, poolField(pool, "count")}
}

// podsHelp says what would do. Invokers count memory alone, so less memory, or
// a larger smallest action, is fewer pods; over is negative.
func (c *checker) podsHelp(pool string, rows []row, over int64) string {
	nodes := fmt.Sprintf("more nodes (%s), or what their kubelets take (%s)", poolField(pool, "count"), poolField(pool, "pods"))
	i := slices.IndexFunc(rows, func(r row) bool { return r.component == actionPods })
	if i < 0 {
		return "write " + nodes
	}
	fits := (rows[i].all() + over) / int64(rows[i].pods)
	if fits < 1 {
		return "write " + nodes
	}
	least := size(c.Env.Limits.Memory.Min) / quantity.MiB
	help := "write " + cue(userMemoryField, quantity.FormatMiB(fits*least*quantity.MiB)) + " or less, or "
	// The least MiB of which at most so many are in what invokers give.
	if larger := c.userMiB()/(fits+1) + 1; larger*quantity.MiB <= size(c.Env.Limits.Memory.Std) {
		help += cue("limits.memory.min", quantity.FormatMiB(larger*quantity.MiB)) + " or more, or "
	}
	return help + nodes
}

// actionDisk refuses a size that OpenWhisk makes another one, or none.
func (c *checker) actionDisk() {
	const field = "actions.ephemeralStorage"
	q := c.Env.Actions.EphemeralStorage
	switch {
	case q == "":
	case size(q) < quantity.MiB:
		c.fail("WO240", field,
			fmt.Sprintf("%s is %q, less than 1 MiB: every action pod is evicted as soon as it writes or logs", field, q),
			"write a real size, or leave it out")
	default:
		c.wholeMiB(field, q)
	}
}
