package derived

import (
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// Additions to a component; empty where nothing is said of it.
func (v *Values) Additions(component string) environment.Additions { return v.Env.Additions[component] }

// SidecarLimit is the memory that the containers beside a component's main one may
// take, in bytes.
func (v *Values) SidecarLimit(component string) int64 {
	var sum int64
	for _, s := range v.Additions(component).Sidecars {
		sum += Bytes(s.Resources.Limits.Memory)
	}
	return sum
}

// addedImages are those of the containers that are added to a component.
func (v *Values) addedImages(component string) []string {
	var all []string
	a := v.Additions(component)
	for _, containers := range []map[string]environment.Sidecar{a.Sidecars, a.InitContainers} {
		for _, name := range slices.Sorted(maps.Keys(containers)) {
			all = append(all, containers[name].Image)
		}
	}
	return all
}

// Pinned is the image of a container that is added, with its digest if one is known.
func (v *Values) Pinned(reference string) string {
	if strings.Contains(reference, "@") {
		return reference
	}
	return reference + v.pin(reference)
}

// ActionVariables are those that all action pods have: the proxy's, and what the
// environment says, which wins.
func (v *Values) ActionVariables() map[string]string {
	all := map[string]string{}
	maps.Copy(all, v.ProxyVariables())
	maps.Copy(all, v.Env.Actions.Pod.Env)
	return all
}
