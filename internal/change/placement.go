package change

import (
	"slices"

	"github.com/whiskops/whiskops/internal/value"
)

// bound says that pods may have to go where their volumes cannot follow: a volume
// stays in the zone, or on the node, where it was made. Sources: the scheduler's
// VolumeBinding, PodTopologySpread and InterPodAffinity.
func (c *comparison) bound(p pair) {
	component, ok := c.component(p.new)
	if !ok || component.Data == nil || stored(p.old.Value, component.Data.MountPath) == nil {
		return
	}
	old := demands(value.PodSpec(p.old.Value))
	new := slices.DeleteFunc(demands(value.PodSpec(p.new.Value)), func(d string) bool { return slices.Contains(old, d) })
	if len(new) == 0 {
		return
	}
	class := Data
	if c.votes(p.new) {
		class = Quorum
	}
	c.say(p, Effect{
		Class: class, Field: "spec.template.spec", New: shorten(enumerate(new)), Harmless: true,
		Message: "a pod whose volume is where this does not let it be never starts again",
		Help:    "see where the volumes are before this is applied: `kubectl get pv -o wide`, and the zones and labels of their nodes",
		Says:    fields(append(slices.Clone(c.Catalog.Said.Placement), component.Data.Volume)...),
	})
}

// zoneLabel of nodes. Source: the well-known labels of Kubernetes.
const zoneLabel = "topology.kubernetes.io/zone"

// demands of pods on their nodes that the scheduler insists on, and that have to do with
// where volumes are, in words.
func demands(pod map[string]any) []string {
	var all []string
	selector := value.Map(pod, "nodeSelector")
	for _, key := range value.Keys(selector) {
		all = append(all, "nodes with "+key+"="+show(selector[key]))
	}
	affinity := value.Map(pod, "affinity")
	required := "requiredDuringSchedulingIgnoredDuringExecution"
	terms, _ := value.Map(affinity, "nodeAffinity", required)["nodeSelectorTerms"].([]any)
	for _, term := range terms {
		all = append(all, "nodes with "+flow(value.Map(term)["matchExpressions"]))
	}
	apart, _ := value.Map(affinity, "podAntiAffinity")[required].([]any)
	for _, term := range apart {
		if value.Map(term)["topologyKey"] == zoneLabel {
			all = append(all, "one to a zone")
		}
	}
	spread, _ := pod["topologySpreadConstraints"].([]any)
	for _, s := range spread {
		if m := value.Map(s); m["topologyKey"] == zoneLabel && m["whenUnsatisfiable"] == "DoNotSchedule" {
			all = append(all, "as many in each zone")
		}
	}
	return all
}
