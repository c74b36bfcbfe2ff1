package preflight

import (
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// named are the objects that the environment names beside its fields, and that
// nobody generates.
func named(v *derived.Values) []Item {
	r := v.Referred()
	var all []Item
	for _, kind := range []struct {
		name, namespace, without string
		names                    []string
	}{
		{"Secret", v.Env.Namespace, "pods stay in ContainerCreating or CreateContainerConfigError", r.Secrets},
		{"ConfigMap", v.Env.Namespace, "pods stay in ContainerCreating or CreateContainerConfigError", r.ConfigMaps},
		{"PersistentVolumeClaim", v.Env.Namespace, "pods stay Pending", r.Claims},
		{"CSIDriver", "", "pods stay in ContainerCreating", r.Drivers},
		{"PriorityClass", "", "the API server refuses the pods", r.PriorityClasses},
		{"RuntimeClass", "", "the API server refuses the pods", r.RuntimeClasses},
	} {
		for _, name := range kind.names {
			i := Item{key: strings.ToLower(kind.name) + "-" + name, Name: name, Namespace: kind.namespace, Type: kind.name, For: kind.without, Field: "additions"}
			if kind.name == "PriorityClass" && name == v.Env.Actions.Pod.PriorityClassName {
				i.Field = "actions.pod.priorityClassName"
			}
			all = append(all, i)
		}
	}
	return all
}

// chosen are the nodes that pods want by more than what is said of their pool.
func chosen(v *derived.Values) []Item {
	var all []Item
	add := func(component, whose, field string, labels map[string]string) {
		var wanted []string
		said := v.Env.Cluster.Nodes[v.Pool(component)].Labels
		for _, key := range slices.Sorted(maps.Keys(labels)) {
			if !v.Env.Placement.Enabled || said[key] != labels[key] {
				wanted = append(wanted, key+"="+labels[key])
			}
		}
		if len(wanted) == 0 {
			return
		}
		if s := selector(v, v.Pool(component)); s != "" {
			wanted = slices.Insert(wanted, 0, s)
		}
		all = append(all, Item{key: whose, For: "pods of " + whose, Field: field, Selector: strings.Join(wanted, ",")})
	}
	for _, name := range v.Components() {
		add(name, name, environment.JoinPath("additions", name, "nodeSelector"), v.Additions(name).NodeSelector)
	}
	add(v.Catalog.Actions.By, "actions", "actions.pod.nodeSelector", v.Env.Actions.Pod.NodeSelector)
	return all
}
