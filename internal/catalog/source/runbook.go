package source

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

var (
	symptomID = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)
	// linked is [id] in a text.
	linked = regexp.MustCompile(`\[([a-z]+(?:-[a-z0-9]+)*)\]`)
)

// runbook holds the symptoms against what they name: fields, and each other.
func (k *checker) runbook() {
	for _, id := range slices.Sorted(maps.Keys(k.catalog.Symptoms.Value())) {
		s := k.catalog.Symptoms.Value()[id]
		k.at = "symptom " + id
		if !symptomID.MatchString(id) {
			k.fail("an id is a heading's anchor: small letters, digits and hyphens")
		}
		k.links(s.Sees)
		for _, l := range s.Look {
			k.links(l.Says)
			k.pasted(l.Run)
		}
		for _, c := range s.Causes {
			k.cause(c)
		}
	}
}

func (k *checker) cause(c catalog.Cause) {
	k.links(c.What + c.Shown + c.Remedy)
	if c.Remedy == "" && len(c.Run) == 0 && len(c.Fields) == 0 {
		k.fail("nothing is said to do about %q", c.What)
	}
	for _, run := range c.Run {
		k.pasted(run)
	}
	for _, path := range c.Fields {
		k.path(path)
	}
}

// links to symptoms must lead somewhere.
func (k *checker) links(text string) {
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		if _, ok := k.catalog.Symptoms.Value()[m[1]]; !ok {
			k.fail("there is no symptom %q", m[1])
		}
	}
}

// pasted commands are a line each, in a block of code.
func (k *checker) pasted(run string) {
	if strings.ContainsAny(run, "\n") || strings.Contains(run, "```") {
		k.fail("%q is no command of one line", run)
	}
}
