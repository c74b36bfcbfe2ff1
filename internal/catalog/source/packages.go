package source

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/catalog"
)

// packages must say whose they are, and have their code among the files of some
// component.
func (k *checker) packages() {
	files := map[string]bool{}
	for _, c := range k.catalog.Components {
		for _, of := range c.Files.Value() {
			for name := range of {
				files[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.catalog.Packages)) {
		p := k.catalog.Packages[name]
		k.at = "package " + name
		k.when(p.When)
		if p.Version == "" || p.Licence == "" || p.Source == "" || p.Description == "" {
			k.fail("it says not what it is, or whose")
		}
		for _, action := range slices.Sorted(maps.Keys(p.Actions)) {
			for _, file := range p.Actions[action].Code {
				if !files[file] {
					k.fail("the code of action %q is in %q, which no component has among its files", action, file)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.catalog.PackageValues)) {
		k.at = "value of packages " + name
		v := k.catalog.PackageValues[name]
		k.port(v.Component, v.Port)
		k.service(k.catalog.Components[v.Component], &catalog.Endpoint{Service: v.Service})
	}
	for _, role := range slices.Sorted(maps.Keys(k.catalog.Databases)) {
		k.at = "database " + role
		k.when(k.catalog.Databases[role].When)
	}
}
