package plan

import (
	"maps"
	"regexp"
	"slices"

	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/derived"
)

// ownEnv is the ConfigMap of a component's own variables.
func ownEnv(component string) string { return component + "-env" }

// source is a ConfigMap with the names of the variables in it.
type source struct {
	configMap string
	variables map[string]bool
}

// variables gives each container the ConfigMaps that it reads: the main one all
// of its component's, a wait or an init container those of which its script
// names a variable. Any other would only make the pod's template change with
// what does not concern it. The component's own come last, and win.
func (p *planner) variables(spec *workload.Spec, component string, own []configmaps.ConfigMap) {
	var sources []source
	if p.Catalog.Components[component].Shared {
		for _, name := range slices.Sorted(maps.Keys(p.Catalog.Shared.ConfigMaps)) {
			sources = append(sources, source{name, keys(p.Catalog.Shared.ConfigMaps[name].Env)})
		}
		sources = append(sources, source{runtimesEnv, map[string]bool{derived.RuntimesManifest: true}})
	}
	for _, c := range own {
		if c.Name == ownEnv(component) {
			sources = append(sources, source{c.Name, keys(c.Data)})
		}
	}
	for _, s := range sources {
		spec.Main.EnvFrom = append(spec.Main.EnvFrom, s.configMap)
	}
	for i, w := range spec.Waits {
		spec.Waits[i].EnvFrom = reading(sources, w.TCP, w.URL, w.User)
	}
	for i, c := range spec.Init {
		spec.Init[i].EnvFrom = reading(sources, c.Command...)
	}
}

func keys(m map[string]string) map[string]bool {
	set := map[string]bool{}
	for key := range m {
		set[key] = true
	}
	return set
}

// variable of a shell, or of Kubernetes.
var variable = regexp.MustCompile(`\$[({]?([A-Za-z_][A-Za-z0-9_]*)`)

// reading finds the ConfigMaps that shell texts name a variable of.
func reading(sources []source, texts ...string) []string {
	var names []string
	for _, s := range sources {
		if slices.ContainsFunc(texts, func(text string) bool {
			return slices.ContainsFunc(variable.FindAllStringSubmatch(text, -1), func(match []string) bool {
				return s.variables[match[1]]
			})
		}) {
			names = append(names, s.configMap)
		}
	}
	return names
}
