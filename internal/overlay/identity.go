package overlay

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
)

// identity says which object of base and which of an environment are one and
// the same, though their namespaces and some of their names differ.
type identity struct{ tier, apiVersion, kind, name string }

// contentHash is the end of a Job's name that a generator derives from the
// Job's content.
var contentHash = regexp.MustCompile(`-[a-z0-9]{8,10}$`)

// identify gives each object of both sets its identity. A Namespace is the one
// of its tier; a Job is the one of its component, or if a component has
// several, the one whose name is the same but for the hash.
func identify(sets ...[]*object) []map[identity]*object {
	several := severalJobs(sets)
	found := make([]map[identity]*object, len(sets))
	for i, set := range sets {
		found[i] = make(map[identity]*object, len(set))
		for _, o := range set {
			id := identity{o.tier, o.apiVersion, o.kind, o.name}
			switch {
			case o.kind == "Namespace" && o.apiVersion == "v1":
				id.name = ""
			case o.kind == "Job" && several[o.part()]:
				id.name = contentHash.ReplaceAllString(o.name, "")
			case o.kind == "Job":
				id.name = o.component + "/"
			}
			if other := found[i][id]; other != nil {
				// Two that cannot be told apart are not matched at all.
				id.name = o.name + "/" + o.namespace
			}
			found[i][id] = o
		}
	}
	return found
}

// severalJobs are the parts that have more than one Job in a set.
func severalJobs(sets [][]*object) map[part]bool {
	several := map[part]bool{}
	for _, set := range sets {
		jobs := map[part]bool{}
		for _, o := range set {
			if o.kind == "Job" {
				several[o.part()] = several[o.part()] || jobs[o.part()]
				jobs[o.part()] = true
			}
		}
	}
	return several
}

func byIdentity(m map[identity]*object) []identity {
	return slices.SortedFunc(maps.Keys(m), func(a, b identity) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.name, b.name), cmp.Compare(a.apiVersion, b.apiVersion))
	})
}
