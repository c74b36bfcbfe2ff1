package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// ownKinds looks at what the environment says of kinds.
func (c *checker) ownKinds() {
	var had []string
	for _, kinds := range c.Source().Families {
		for _, k := range kinds {
			had = append(had, k.Kind)
		}
	}
	slices.Sort(had)
	for _, name := range slices.Sorted(maps.Keys(c.Env.Runtimes.Kinds)) {
		own, at := c.Env.Runtimes.Kinds[name], environment.JoinPath("runtimes", "kinds", name)
		switch {
		case strings.HasSuffix(name, ":default"):
			c.fail("WO570", at, fmt.Sprintf("%s is never found: clients mean the family's default by %q", at, name), "name a version, and write default: true in it")
		case slices.Contains(had, name):
		case own.State == derived.Removed:
			c.warn("WO298", at+".state", fmt.Sprintf("%s.state has no effect: %s has no such kind", at, c.ofManifest()), meant(name, had))
		default:
			c.addedKind(at, name, own, had)
		}
		c.idlePull(at, own.PrePull)
	}
}

// addedKind wants of a kind that the manifest lacks what the manifest would have.
func (c *checker) addedKind(at, name string, own environment.OwnKind, had []string) {
	var missing []string
	if own.Image == nil || own.Image.Repository == "" {
		missing = append(missing, "repository")
	}
	if own.Image == nil || own.Image.Tag == "" {
		missing = append(missing, "tag")
	}
	if len(missing) == 0 {
		return
	}
	help := fmt.Sprintf(`write image: {repository: "registry.example.com/openwhisk/%s", tag: "1.0.0"} there, with your own`, strings.ReplaceAll(name, ":", "-"))
	if near := closest(name, had); near != "" {
		help += fmt.Sprintf(", or did you mean %q?", near)
	}
	c.fail("WO571", c.written(at+".image", at),
		fmt.Sprintf("%s is no kind of %s, and its image has no %s: nobody could pull it", at, c.ofManifest(), list(missing)), help)
}

// idlePull says of a command that nobody runs.
func (c *checker) idlePull(at string, ahead bool) {
	switch command := at + ".prePullCommand"; {
	case !c.Env.Actions.PrePull:
		c.idle([]string{command, at + ".prePull"}, "actions.prePull is false, and nodes pull no image ahead")
	case !ahead:
		c.idle([]string{command}, "prePull is false beside it")
	}
}

// byFamily are the kinds of each family, in order.
func (c *checker) byFamily(visit func(family string, kinds []derived.Kind)) {
	for _, family := range c.Families() {
		visit(family, slices.DeleteFunc(slices.Clone(c.Kinds()), func(k derived.Kind) bool { return k.Family != family }))
	}
}

// defaults holds families to what OpenWhisk asks of them.
func (c *checker) defaults() {
	c.byFamily(func(family string, kinds []derived.Kind) {
		var plain []runtimes.Kind
		for _, k := range kinds {
			plain = append(plain, k.Kind)
		}
		blamed, why := runtimes.Default(family, plain)
		if blamed == nil {
			return
		}
		k := kinds[slices.IndexFunc(kinds, func(k derived.Kind) bool { return k.Kind.Kind == blamed.Kind })]
		// What the environment says of another kind of the family is what took the default away.
		for _, name := range slices.Sorted(maps.Keys(c.Env.Runtimes.Kinds)) {
			if own, _, _ := strings.Cut(name, ":"); k.Field == "" && own == family {
				k.Field = environment.JoinPath("runtimes", "kinds", name)
			}
		}
		c.about(finding.Error, "WO569", k, why, fmt.Sprintf("make one of %s the default", list(quoted(names(kinds)))))
	})
}

func names(kinds []derived.Kind) []string {
	var all []string
	for _, k := range kinds {
		all = append(all, k.Kind.Kind)
	}
	return all
}

// deprecated finds kinds that are, and that something new needs.
func (c *checker) deprecated() {
	c.byFamily(func(family string, kinds []derived.Kind) {
		lives := slices.ContainsFunc(kinds, func(k derived.Kind) bool { return !k.Deprecated })
		for _, k := range kinds {
			switch {
			case !k.Deprecated:
			case k.Default && lives:
				c.about(finding.Warning, "WO574", k, fmt.Sprintf("%q is deprecated, and the default of its family: to make an action of %q is an error", k.Kind.Kind, family+":default"),
					"make another kind of the family the default")
			case len(k.StemCells) > 0:
				c.about(finding.Warning, "WO574", k, fmt.Sprintf("%q is deprecated, and pods are kept ready for it that no action uses", k.Kind.Kind), "leave out its stem cells")
			}
		}
	})
}

// blackboxes finds what the list of images has for nothing.
func (c *checker) blackboxes() {
	named := map[string]bool{}
	for _, i := range c.Source().Blackboxes {
		named[i.Reference("")] = true
	}
	for n, own := range c.Env.Runtimes.Blackboxes {
		at := fmt.Sprintf("runtimes.blackboxes[%d]", n)
		reference := runtimes.Named(own.Repository, own.Tag).Reference("")
		if named[reference] && own.PrePull && len(own.PrePullCommand) == 0 {
			c.noEffect(at, fmt.Sprintf("%q is there already", reference))
		}
		named[reference] = true
		c.idlePull(at, own.PrePull)
	}
}

// maxVariable is what Linux takes of a variable with its name, in bytes: 32 pages of
// 4 KiB, with the zero at its end. Source: MAX_ARG_STRLEN of binfmts.h.
const maxVariable = 128 << 10

// manifestSize: a larger one starts no process.
func (c *checker) manifestSize() {
	text, err := c.Manifest().Text()
	if n := len(derived.RuntimesManifest) + len("=") + len(text) + 1; err == nil && n > maxVariable {
		c.fail("WO572", c.written(manifestField, kindsField, "runtimes.blackboxes"),
			fmt.Sprintf("the runtimes manifest takes %d bytes as a variable, and Linux takes %d: controllers and invokers end with \"argument list too long\"", n, maxVariable),
			"offer fewer kinds, or shorter names of images")
	}
}
