package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// runtimes looks at the languages that are offered.
func (c *checker) runtimes() {
	known := slices.Sorted(maps.Keys(c.Catalog.Runtimes))
	chosen := c.Env.Runtimes.Families
	for i, family := range chosen {
		if field := fmt.Sprintf("runtimes.families[%d]", i); !slices.Contains(known, family) {
			c.fail("WO265", field,
				fmt.Sprintf("%s is %q, which OpenWhisk %s does not have: users are told that there is no such kind", field, family, c.Env.OpenWhisk),
				meant(family, known))
		}
	}
	// A misspelt family may be the one that is missed here.
	if health := c.Catalog.Facts.HealthFamily; len(chosen) > 0 && !slices.Contains(chosen, health) && !c.reported("WO265") {
		c.fail("WO266", "runtimes.families",
			fmt.Sprintf("runtimes.families has no %q: controllers test invokers with it, so every invoker stays unhealthy and no action runs", health),
			fmt.Sprintf("write %q among runtimes.families", health))
	}
	if len(chosen) == 0 {
		chosen = known
	}
	var kinds []string
	for _, family := range chosen {
		for _, r := range c.Catalog.Runtimes[family] {
			if kind, ok := r["kind"].(string); ok {
				kinds = append(kinds, kind)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Env.Runtimes.StemCells)) {
		c.stemCell(kind, kinds)
	}
}

func (c *checker) stemCell(kind string, kinds []string) {
	at := environment.JoinPath("runtimes", "stemCells", kind)
	if !slices.Contains(kinds, kind) {
		family, _, _ := strings.Cut(kind, ":")
		_, exists := c.Catalog.Runtimes[family]
		message := fmt.Sprintf("runtimes.stemCells has %q, which is no kind of OpenWhisk %s: no pod is kept ready for it", kind, c.Env.OpenWhisk)
		help := meant(kind, kinds)
		if offered := len(c.Env.Runtimes.Families) == 0 || slices.Contains(c.Env.Runtimes.Families, family); exists && !offered {
			message = fmt.Sprintf("runtimes.stemCells has %q, but runtimes.families does not have %q: no pod is kept ready for it", kind, family)
			help = fmt.Sprintf("write %q among runtimes.families, or leave out the stem cell", family)
		}
		c.fail("WO267", at, message, help)
		return
	}
	l, cell := c.Env.Limits.Memory, c.Env.Runtimes.StemCells[kind]
	field := at + ".memory"
	switch n := size(cell.Memory); {
	case n < size(l.Min) || n > size(l.Max):
		c.fail("WO268", c.written(field, "limits.memory.max", "limits.memory.min"),
			fmt.Sprintf("%s is outside limits.memory, %q to %q: no action has that much, and the pods are never used", c.show(field, cell.Memory), l.Min, l.Max),
			"write "+cue(field, l.Std))
	case !c.Env.Source.Written(field) && n != size(l.Std):
		c.warn("WO269", c.written("limits.memory.std", at),
			fmt.Sprintf("%s is not %s: a pod that is kept ready serves actions of exactly its memory, and those that ask for none start cold", c.show(field, cell.Memory), c.show("limits.memory.std", l.Std)),
			"write "+cue(field, l.Std))
	default:
		c.wholeMiB(field, cell.Memory)
	}
}
