package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// unpublished finds images that nobody can pull by the name that the catalogue
// has for them.
func (c *checker) unpublished() {
	missing := map[string]bool{}
	for _, component := range c.Components() {
		name := c.Catalog.Components[component].Image
		if !c.Catalog.Images[name].Published && c.Env.Images[name] == (environment.Image{}) {
			missing[name] = true
		}
	}
	if len(missing) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(missing))
	var write []string
	for _, name := range names {
		write = append(write, cue(environment.JoinPath("images", name))+`: {repository: "registry.example.com/openwhisk/`+name+`", tag: "`+c.Catalog.Images[name].Tag+`"}`)
	}
	c.fail("WO270", c.written("openwhisk", "images"),
		fmt.Sprintf("OpenWhisk %q has no published image of %s: the pods wait for ever with ErrImagePull", c.Env.OpenWhisk, list(names)),
		fmt.Sprintf("build %s, and write %s, with your registry", verb(len(names), "it", "them"), strings.Join(write, " and ")))
}
