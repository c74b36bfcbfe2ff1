package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/runtimes"
)

const (
	familiesField = "runtimes.families"
	manifestField = "runtimes.manifest"
	kindsField    = "runtimes.kinds"
)

// runtimes looks at the languages that are offered.
func (c *checker) runtimes() {
	known := slices.Sorted(maps.Keys(c.Source().Families))
	for i, family := range c.Env.Runtimes.Families {
		if field := fmt.Sprintf("%s[%d]", familiesField, i); !slices.Contains(known, family) {
			c.fail("WO265", field,
				fmt.Sprintf("%s is %q, which %s does not have: users are told that there is no such kind", field, family, c.ofManifest()),
				meant(family, known))
		}
	}
	// A misspelt family may be the one that is missed here.
	if health := c.Catalog.Facts.HealthFamily; !slices.Contains(c.Families(), health) && !c.reported("WO265") {
		c.noHealth(health)
	}
	c.ownKinds()
	c.defaults()
	c.deprecated()
	c.blackboxes()
	c.manifestSize()
	var kinds []string
	for _, k := range c.Kinds() {
		kinds = append(kinds, k.Kind.Kind)
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Env.Runtimes.StemCells)) {
		c.stemCell(kind, kinds)
	}
	for _, k := range c.Kinds() {
		if _, own := c.Env.Runtimes.StemCells[k.Kind.Kind]; !own {
			c.fileStemCells(k)
		}
	}
}

// ofManifest names whose manifest the environment starts from.
func (c *checker) ofManifest() string {
	if c.Env.Manifest != nil {
		return c.Env.Runtimes.Manifest
	}
	return "OpenWhisk " + c.Env.OpenWhisk
}

// noHealth says whose doing it is that there is no kind for the test of invokers.
func (c *checker) noHealth(health string) {
	const breaks = ": controllers test invokers with it, so every invoker stays unhealthy and no action runs"
	chosen := c.Env.Runtimes.Families
	switch _, has := c.Source().Families[health]; {
	case len(chosen) > 0 && !slices.Contains(chosen, health):
		c.fail("WO266", familiesField, fmt.Sprintf("%s has no %q%s", familiesField, health, breaks), fmt.Sprintf("write %q among %s", health, familiesField))
	case !has:
		c.fail("WO266", manifestField, fmt.Sprintf("%s has no family %q%s", c.ofManifest(), health, breaks), fmt.Sprintf("give it a kind of %q, or add one under %s", health, kindsField))
	default:
		c.fail("WO266", kindsField, fmt.Sprintf("%s removes all kinds of %q%s", kindsField, health, breaks), "keep one of them, or add another")
	}
}

// about adds a finding about a kind: at the field that says it, else at its place
// in the file, else at the fields of kinds.
func (c *checker) about(s finding.Severity, code string, k derived.Kind, message, help string) {
	switch {
	case k.Field != "":
		c.add(s, code, k.Field, message, help)
	case k.Position.File != "":
		c.inFile(s, code, k.Position, message, help)
	default:
		c.add(s, code, c.written(kindsField, familiesField), message, help)
	}
}

// inFile adds a finding about a place in the file of the manifest.
func (c *checker) inFile(s finding.Severity, code string, at finding.Position, message, help string) {
	c.add(s, code, manifestField, message, help)
	c.found[len(c.found)-1].Position = at
}

func (c *checker) stemCell(kind string, kinds []string) {
	at := environment.JoinPath("runtimes", "stemCells", kind)
	if !slices.Contains(kinds, kind) {
		c.noKind(at, kind, kinds)
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
	if cell.Reactive == nil {
		return
	}
	for _, w := range derived.ReactiveOf(*cell.Reactive).Wrong() {
		own := reactiveFields[w.Field]
		help := strings.NewReplacer("maxCount", "max", "minCount", "min", "2 minutes", "2m").Replace(w.Help)
		message := strings.NewReplacer("maxCount", "max", "minCount", "min").Replace(fmt.Sprintf(w.Message, at+".reactive."+own))
		c.fail("WO573", at+".reactive."+own, message+": OpenWhisk refuses the manifest, and no controller and no invoker starts", help)
	}
}

// reactiveFields are the names of fields of an environment by those of a manifest.
var reactiveFields = map[string]string{"minCount": "min", "maxCount": "max", "ttl": "ttl", "threshold": "threshold", "increment": "increment"}

// noKind is about a stem cell of a kind that is not offered.
func (c *checker) noKind(at, kind string, kinds []string) {
	family, _, _ := strings.Cut(kind, ":")
	_, exists := c.Source().Families[family]
	message := fmt.Sprintf("runtimes.stemCells has %q, which is no kind of %s: no pod is kept ready for it", kind, c.ofManifest())
	help := meant(kind, kinds)
	if offered := len(c.Env.Runtimes.Families) == 0 || slices.Contains(c.Env.Runtimes.Families, family); exists && !offered {
		message = fmt.Sprintf("runtimes.stemCells has %q, but runtimes.families does not have %q: no pod is kept ready for it", kind, family)
		help = fmt.Sprintf("write %q among runtimes.families, or leave out the stem cell", family)
	}
	if c.Env.Runtimes.Kinds[kind].State == derived.Removed {
		message = fmt.Sprintf("runtimes.stemCells has %q, which %s removes: no pod is kept ready for it", kind, kindsField)
		help = "leave out one of the two"
	}
	c.fail("WO267", at, message, help)
}

// fileStemCells are held to what an environment's own are.
func (c *checker) fileStemCells(k derived.Kind) {
	l := c.Env.Limits.Memory
	for _, s := range k.StemCells {
		n, _ := runtimes.Bytes(s.Memory) // it was read before
		std := fmt.Sprintf("write \"memory\": \"%d MB\"", size(l.Std)/quantity.MiB)
		switch {
		case n < size(l.Min) || n > size(l.Max):
			c.inFile(finding.Error, "WO268", s.Position,
				fmt.Sprintf("memory %q is outside limits.memory, %q to %q: no action has that much, and the pods are never used", s.Memory, l.Min, l.Max), std)
		case n%quantity.MiB != 0:
			c.inFile(finding.Error, "WO268", s.Position,
				fmt.Sprintf("memory %q is no whole number of MiB: no action has that much, and the pods are never used", s.Memory), std)
		}
	}
}
