package catalog

import (
	"maps"
	"slices"
)

// Lost are the fields of a pod that the maker of action pods does not know, and so
// drops in silence, as paths: "spec.securityContext.seccompProfile".
func (a Actions) Lost(pod map[string]any) []string { return a.lost("Pod", "", pod) }

func (a Actions) lost(is, at string, v any) []string {
	if is == "" {
		return nil
	}
	switch v := v.(type) {
	case map[string]any:
		var all []string
		for _, field := range slices.Sorted(maps.Keys(v)) {
			below, known := a.Model[is][field]
			if !known {
				all = append(all, at+field)
				continue
			}
			all = append(all, a.lost(below, at+field+".", v[field])...)
		}
		return all
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, a.lost(is, at, e)...)
		}
		return all
	}
	return nil
}
