package derived

import (
	"cmp"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
)

// Rule says where a component's pods go.
type Rule struct {
	// Pool of nodes; empty where placement is off.
	Pool string
	// Spread over nodes and Zones over zones: "hard", "soft" or "none".
	Spread, Zones string
	// Tolerations of the pool's taints.
	Tolerations []Toleration
	// Arch is the architecture that the image needs, if it needs one.
	Arch string
}

// Toleration of a taint, as in a pod.
type Toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"`
	Value    string `json:"value,omitempty"`
	Effect   string `json:"effect"`
}

// Pool of a component: the environment's rule, or the catalogue's pool, or the
// shared one where the cluster has no such pool. It is named also where
// placement is off, to reckon with its nodes.
func (v *Values) Pool(component string) string {
	if p := v.Env.Placement.Rules[component].Pool; p != "" {
		return p
	}
	if p := v.Catalog.Components[component].Pool; v.hasPool(p) {
		return p
	}
	return v.Catalog.SharedPool
}

func (v *Values) hasPool(pool string) bool {
	_, ok := v.Env.Cluster.Nodes[pool]
	return ok
}

// Placement of a component.
func (v *Values) Placement(component string) Rule {
	c := v.Catalog.Components[component]
	own := v.Env.Placement.Rules[component]
	if !v.Env.Placement.Enabled {
		return Rule{Spread: "none", Zones: "none"}
	}
	r := Rule{Pool: v.Pool(component), Spread: cmp.Or(own.Spread, c.Spread), Zones: cmp.Or(own.Zones, v.ZonesOf(component)), Arch: v.arch(component)}
	r.Tolerations = v.tolerations(r.Pool)
	return r
}

// votersZones is how many zones lose no quorum when one of them goes.
const votersZones = 3

// ZonesOf a component say how its pods spread over zones where nothing is written. A volume stays for ever in the
// zone in which its first pod was, so voters of a quorum that keep one each are
// put apart from the first day on, where there are zones enough; and so are nodes of
// which each has a copy of everything.
func (v *Values) ZonesOf(component string) string {
	c := v.Catalog.Components[component]
	volume, _ := v.Volume(component)
	copied := c.Endpoint != nil && c.Endpoint.Ready != nil && c.Endpoint.Ready.When.Holds(v.Env)
	if volume == nil || !copied && (v.Voter(component) == nil || !c.Data.Each) || v.Env.Cluster.Nodes[v.Pool(component)].Zones < votersZones {
		return c.Zones
	}
	switch {
	case volume.NFS != nil, volume.CSI != nil, volume.Local != nil, volume.HostPath != nil, volume.None != nil, volume.ExistingClaim != "":
		return c.Zones
	}
	return "hard"
}

// Taints of a pool's nodes: those of the environment, and, on a pool of the
// invokers' own, one that keeps everything but them and action pods off.
func (v *Values) Taints(pool string) []environment.Taint {
	var all []environment.Taint
	if pool == v.InvokerPool && pool != v.Catalog.SharedPool {
		all = append(all, environment.Taint{Key: v.Env.Placement.NodeLabel, Value: pool, Effect: "NoSchedule"})
	}
	return append(all, v.Env.Cluster.Nodes[pool].Taints...)
}

func (v *Values) tolerations(pool string) []Toleration {
	var all []Toleration
	for _, t := range v.Taints(pool) {
		all = append(all, toleration(t))
	}
	return all
}

func toleration(t environment.Taint) Toleration {
	if t.Value == "" {
		return Toleration{Key: t.Key, Operator: "Exists", Effect: t.Effect}
	}
	return Toleration{Key: t.Key, Operator: "Equal", Value: t.Value, Effect: t.Effect}
}

// Pools that components run on, in order.
func (v *Values) Pools() []string {
	used := map[string]bool{}
	for _, c := range v.Components() {
		used[v.Pool(c)] = true
	}
	return slices.Sorted(maps.Keys(used))
}
