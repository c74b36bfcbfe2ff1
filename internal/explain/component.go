package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// componentFields are the fields by which a component of an installation is there, and
// is as it is; what is below another of them is left out. ok tells whether there is
// such a component in any release.
func componentFields(name string) (paths []string, ok bool) {
	for _, release := range catalog.Releases() {
		all, err := catalog.Load(release)
		if err != nil { // it is in the binary, and a test reads it
			continue
		}
		c, there := all.Components[name]
		if !there {
			continue
		}
		ok = true
		paths = append(paths, slices.Sorted(maps.Keys(c.When))...)
		paths = append(paths, slices.Sorted(maps.Keys(c.Runs))...)
		paths = append(paths, c.Replicas, c.Resources)
		if c.Data != nil {
			paths = append(paths, c.Data.Volume)
		}
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		return p == "" || slices.ContainsFunc(paths, func(above string) bool { return above != "" && strings.HasPrefix(p, above+".") })
	}), ok
}
