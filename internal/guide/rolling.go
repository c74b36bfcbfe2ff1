package guide

import (
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/field"
)

// rolled is a value that does not roll unseen: its Secret and key, the name by which
// commands know it, the number of its changes as CUE has it, the next one, and what
// happens meanwhile.
type rolled struct {
	Secret, Key, Name, Revision string
	Next                        int64
	catalog.Rolling
}

// Rolled are the values of the environment's Secrets that do not.
func (v view) Rolled() []rolled {
	var all []rolled
	for _, s := range v.Secrets() {
		for _, key := range slices.Sorted(maps.Keys(s.Values)) {
			for _, r := range v.Rolling(s.Values[key]) {
				path := v.Catalog.Secrets[s.Field].RevisionOf(key)
				all = append(all, rolled{
					Secret: s.Name, Key: key, Name: s.Field + "/" + key, Rolling: r,
					Revision: strings.ReplaceAll(path, ".", ": "), Next: field.Of(v.Env, path).Int() + 1,
				})
			}
		}
	}
	return all
}

// Given are the values that a server elsewhere has, and nobody else can make, by the
// names that commands have for them.
func (v view) Given() []string {
	var all []string
	for _, s := range v.Secrets() {
		for _, key := range slices.Sorted(maps.Keys(s.Values)) {
			if v.Elsewhere(s.Values[key]) {
				all = append(all, s.Field+"/"+key)
			}
		}
	}
	return all
}
