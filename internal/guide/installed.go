package guide

import "github.com/whiskops/whiskops/internal/catalog"

// installed is a package of whisk.system by its name.
type installed struct {
	Name string
	catalog.Package
}

// InstalledPackages are those of the catalogue that the environment has.
func (v view) InstalledPackages() []installed {
	var all []installed
	for _, name := range v.Packages() {
		all = append(all, installed{name, v.Catalog.Packages[name]})
	}
	return all
}
