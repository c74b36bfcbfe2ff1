package source

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// assumptions must read only, name fields that there are, and say how what they
// show is judged.
func (k *checker) assumptions() {
	seen := map[string]bool{}
	for _, a := range k.catalog.Assumptions.Value() {
		k.at = "assumption " + a.ID
		if seen[a.ID] {
			k.fail("it is there twice")
		}
		seen[a.ID] = true
		k.when(a.When)
		if a.Field != "" && !strings.Contains(a.Field, "{{") {
			k.path(a.Field)
		}
		if a.Must == "" || a.Breaks == "" || a.Source == "" {
			k.fail("it says not what must be so, or why, or who says so")
		}
		for _, args := range [][]string{a.First, a.Show} {
			if len(args) > 0 && !reads(args) {
				k.fail("kubectl %s does not just read", strings.Join(args, " "))
			}
		}
		if (len(a.Show) == 0) != (a.Judge == "") {
			k.fail("what is shown and how it is judged go together")
		}
		if (len(a.First) > 0) != slices.ContainsFunc(a.Show, func(arg string) bool { return strings.Contains(arg, catalog.First) }) {
			k.fail("first and its place in show go together")
		}
	}
}

// reads tells whether a command of kubectl changes nothing, and does not wait.
func reads(args []string) bool {
	switch {
	case slices.ContainsFunc(args, func(arg string) bool { return arg == "-w" || strings.HasPrefix(arg, "--watch") }):
		return false
	case len(args) > 1 && args[0] == "auth":
		return args[1] == "can-i"
	}
	return args[0] == "get" || args[0] == "version"
}
