package derived

import (
	"slices"

	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// wish is what each that connects to a component has besides.
type wish struct {
	// Init containers come after the waits and before the client's own.
	Init    []workload.Container `json:"init"`
	Volumes []krm.M              `json:"volumes"`
	// Mounts and Env are for the main container, the client's own init containers
	// and its wait for the component.
	Mounts []krm.M `json:"mounts"`
	Env    []krm.M `json:"env"`
}

// Access gives a workload what those that it needs ask of their clients. An error is a
// fault of the catalogue.
func (v *Values) Access(spec *workload.Spec, component string) error {
	var own []workload.Container
	for _, server := range v.Accesses(component) {
		filled, err := catalog.Expand(server.Access, v)
		if err != nil {
			return err
		}
		var a wish
		if err := value.Into(filled, &a); err != nil {
			return err
		}
		spec.Volumes = append(spec.Volumes, a.Volumes...)
		own = append(own, a.Init...)
		a.grant(&spec.Main)
		for i := range spec.Init {
			a.grant(&spec.Init[i])
		}
		for i, wait := range spec.Waits {
			if wait.Name == server.Component {
				spec.Waits[i].Env = append(slices.Clip(wait.Env), a.Env...)
				spec.Waits[i].Mounts = append(slices.Clip(wait.Mounts), a.Mounts...)
			}
		}
	}
	spec.Init = append(own, spec.Init...)
	return nil
}

// grant gives a container the mounts and variables.
func (a wish) grant(c *workload.Container) {
	c.Mounts = append(slices.Clip(c.Mounts), a.Mounts...)
	c.Env = append(slices.Clip(c.Env), a.Env...)
}
