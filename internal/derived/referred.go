package derived

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
)

// Referred are objects that the environment's additions name and nobody generates,
// sorted: the first three in the installation's namespace. Drivers are those of CSI.
type Referred struct {
	Secrets, ConfigMaps, Claims     []string
	PriorityClasses, RuntimeClasses []string
	Drivers                         []string
}

// Referred by the additions to components that are there, and by what is said of
// action pods.
func (v *Values) Referred() Referred {
	var r Referred
	for _, component := range v.Components() {
		a := v.Additions(component)
		r.variables(a.Env)
		for _, containers := range []map[string]environment.Sidecar{a.Sidecars, a.InitContainers} {
			for _, s := range containers {
				r.variables(s.Env)
			}
		}
		for _, volume := range a.Volumes {
			r.volume(volume)
		}
		r.PriorityClasses = append(r.PriorityClasses, a.PriorityClassName)
		r.RuntimeClasses = append(r.RuntimeClasses, a.RuntimeClassName)
	}
	r.PriorityClasses = append(r.PriorityClasses, v.Env.Actions.Pod.PriorityClassName)
	for _, list := range []*[]string{&r.Secrets, &r.ConfigMaps, &r.Claims, &r.PriorityClasses, &r.RuntimeClasses, &r.Drivers} {
		*list = slices.DeleteFunc(slices.Sorted(maps.Keys(set(*list))), func(name string) bool { return name == "" })
	}
	return r
}

func (r *Referred) variables(env map[string]environment.Variable) {
	for _, e := range env {
		if ref := e.SecretKeyRef; ref != nil && !ref.Optional {
			r.Secrets = append(r.Secrets, ref.Name)
		}
		if ref := e.ConfigMapKeyRef; ref != nil && !ref.Optional {
			r.ConfigMaps = append(r.ConfigMaps, ref.Name)
		}
	}
}

func (r *Referred) volume(volume environment.PodVolume) {
	if s := volume.Secret; s != nil {
		r.Secrets = append(r.Secrets, s.SecretName)
	}
	if c := volume.ConfigMap; c != nil {
		r.ConfigMaps = append(r.ConfigMaps, c.Name)
	}
	if c := volume.PersistentVolumeClaim; c != nil {
		r.Claims = append(r.Claims, c.ClaimName)
	}
	if c := volume.CSI; c != nil {
		r.Drivers = append(r.Drivers, c.Driver)
	}
}

func set(names []string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	return all
}
