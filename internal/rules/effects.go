package rules

import (
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
)

// noEffect warns of a field that does nothing, and says why.
func (c *checker) noEffect(field, because string) {
	c.warn("WO298", field, fmt.Sprintf("%s has no effect: %s", field, because), "leave it out")
}

// idle warns of those of the fields that the user wrote, in one finding.
func (c *checker) idle(fields []string, because string) {
	var idle []string
	for _, f := range fields {
		if c.Env.Source.Written(f) {
			idle = append(idle, f)
		}
	}
	switch len(idle) {
	case 0:
	case 1:
		c.noEffect(idle[0], because)
	default:
		c.warn("WO298", idle[0], fmt.Sprintf("%s have no effect: %s", list(idle), because), "leave them out")
	}
}

// effects finds what the user wrote and nothing reads: it is no fault, but
// whoever wrote it believes something else.
func (c *checker) effects() {
	for _, name := range slices.Sorted(maps.Keys(c.Catalog.Components)) {
		for _, idle := range c.Catalog.Components[name].Idle {
			if idle.When.Holds(c.Env) {
				c.idle(idle.Fields, idle.Because)
			}
		}
	}
	if !c.Env.Placement.Enabled {
		c.idle([]string{"placement.rules", "placement.nodeLabel"}, "placement.enabled is false")
	}
	c.idleRules()
	c.idleImages()
	for _, s := range c.stores() {
		c.idleVolumeFields(s)
	}
}

// idleRules are of components that are not installed.
func (c *checker) idleRules() {
	if !c.Env.Placement.Enabled {
		return
	}
	for _, component := range slices.Sorted(maps.Keys(c.Env.Placement.Rules)) {
		if !c.Has(component) {
			c.noEffect(environment.JoinPath("placement", "rules", component), fmt.Sprintf("%s is not installed", component))
		}
	}
}

// idleImages are of no container.
func (c *checker) idleImages() {
	used := map[string]bool{}
	for _, component := range c.Components() {
		for _, image := range c.ImagesOf(component) {
			used[image] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env.Images)) {
		field := environment.JoinPath("images", name)
		switch {
		case !used[name]:
			c.noEffect(field, "no container of this environment runs that image")
		case c.Env.Images[name] == environment.Image{} && !c.reported("WO270"):
			c.noEffect(field, "it is empty")
		}
	}
	if c.Env.Mirror != "" && !c.mirrors() {
		c.noEffect("mirror", "every image has a registry of its own")
	}
}

// idleVolumeFields are those that the kind of volume does not have.
func (c *checker) idleVolumeFields(s stored) {
	kinds := s.kinds()
	if len(kinds) > 1 {
		return
	}
	switch field := s.field; {
	case len(kinds) == 0:
		c.idle([]string{field + ".reclaimPolicy"}, "the volume's StorageClass has its own")
	case s.ExistingClaim != "", s.HostPath != nil, s.None != nil:
		c.idle([]string{field + ".class", field + ".accessMode", field + ".reclaimPolicy"}, kinds[0]+" makes no claim")
	}
}
