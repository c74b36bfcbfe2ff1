// Package oracle knows which environment variables the processes of a release
// of OpenWhisk read, and which of them they die without. It is a witness for
// tests that look at generated pods: it was extracted from OpenWhisk's
// sources, not from the catalogue, so that a misspelt name in the catalogue
// has nowhere to hide. Nothing that generates may import it.
//
// It knows the roles "controller" and "invoker" of a classic installation
// with action pods: the sharding load balancer, no scheduler, no etcd. A name
// is read if the process reads it under some setting, so the key of a store
// that is not selected counts as read. It does not know variables that only
// the pod itself uses, such as POD_NAME for a $(POD_NAME), or those of the
// JVM and the C library.
//
// Of the actor library it knows the parts that an installation may set:
// actor.provider, cluster, coordinated-shutdown, discovery, management,
// remote.artery, the names of its protocol (Pekko) and the log settings.
package oracle

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"github.com/whiskops/whiskops/internal/whiskenv"
)

// Release is the table of one release: a line a variable.
type Release []variable

// variable's name may hold the open segments <n>, a list index, and <name>, a
// map key.
type variable struct {
	name             []string
	readBy, neededBy string
}

//go:embed names-*.tsv
var files embed.FS

// letters are the roles as the tables write them.
var letters = map[string]string{"controller": "c", "invoker": "i"}

var tables = sync.OnceValue(func() map[string]Release {
	all := map[string]Release{}
	entries, _ := files.ReadDir(".")
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		release := strings.TrimSuffix(strings.TrimPrefix(e.Name(), "names-"), ".tsv")
		all[release] = parse(string(text))
	}
	return all
})

// For is the witness for a release, such as "2.0.0" or "head". It reports
// false for a release that it has no table of.
func For(release string) (Release, bool) {
	table, ok := tables()[release]
	return table, ok
}

// Read reports whether a role reads a variable. It is false for a variable
// that the start script passes on but no code looks at, and for a role it does
// not know.
func (r Release) Read(role, name string) bool {
	letter, segments := letters[role], segmentsOf(name)
	return letter != "" && slices.ContainsFunc(r, func(v variable) bool {
		return strings.Contains(v.readBy, letter) && matches(v.name, segments)
	})
}

// Required are the variables that a role must be given, sorted: those without
// a default, and the providers whose default belongs to an installation with a
// scheduler or to the docker daemon. An empty value is as good as none.
func (r Release) Required(role string) []string {
	var required []string
	for _, v := range r {
		if letter := letters[role]; letter != "" && strings.Contains(v.neededBy, letter) {
			required = append(required, strings.Join(v.name, "_"))
		}
	}
	return required
}

func parse(tsv string) Release {
	var all Release
	for line := range strings.Lines(tsv) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, variable{name: strings.Split(cells[0], "_"), readBy: cells[1], neededBy: cells[2]})
	}
	return all
}

// segmentsOf drops the empty segments of a CONFIG_ variable as the start
// script does. Any other variable is read by its exact name.
func segmentsOf(name string) []string {
	segments := strings.Split(name, "_")
	if _, ok := whiskenv.Key(name); ok {
		segments = slices.DeleteFunc(segments, func(s string) bool { return s == "" })
	}
	return segments
}

func matches(pattern, segments []string) bool {
	return slices.EqualFunc(pattern, segments, func(want, got string) bool {
		switch want {
		case "<n>":
			return got == "0" || got != "" && got[0] != '0' && strings.Trim(got, "0123456789") == ""
		case "<name>":
			return got != ""
		}
		return want == got
	})
}
