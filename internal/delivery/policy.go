package delivery

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/rollout"
	"github.com/whiskops/whiskops/internal/value"
)

// policy is what becomes of each object, whatever the tool.
type policy struct {
	values *derived.Values
	catalog.Delivery
	// tests are components that try whether the rest works.
	tests []string
	// tiers that have objects, in the order of krm.Tiers, and those of them with
	// objects that wait for the outside world, or with pods that wait for such a tier.
	tiers, late []string
}

func policyOf(in Input) policy {
	p := policy{values: in.Values, Delivery: in.Values.Catalog.Delivery}
	for _, name := range in.Values.Planned() {
		if in.Values.Catalog.Components[name].Test {
			p.tests = append(p.tests, name)
		}
	}
	present, late := map[string]bool{}, map[string]bool{}
	for _, o := range in.generated() {
		if managed(o) {
			present[label(o, krm.TierLabel)] = true
		}
	}
	for _, o := range in.Built {
		if managed(o) && p.outside(o) {
			late[label(o, krm.TierLabel)] = true
		}
	}
	for _, tier := range krm.Tiers {
		if present[tier] {
			p.tiers = append(p.tiers, tier)
		}
	}
	for _, tier := range krm.Tiers {
		if present[tier] && (late[tier] || p.held(tier)) {
			p.late = append(p.late, tier)
		}
	}
	return p
}

// held tells whether a tier's pods wait for a late one: in a wave before that, they
// would keep it from ever coming.
func (p policy) held(tier string) bool {
	return p.Order[tier] != nil && slices.ContainsFunc(p.before(tier), func(t string) bool { return slices.Contains(p.late, t) })
}

// managed tells whether an object has our label: it is generated, or a copy that
// the user made of one.
func managed(o kustomize.Object) bool { return label(o, krm.ManagedByLabel) == krm.Manager }

// ours tells whether an object goes with a tier, and is not the user's own: with
// our label alone, or that of a tier that is not there, nobody knows its place.
func (p policy) ours(o kustomize.Object) bool {
	return managed(o) && slices.Contains(p.tiers, label(o, krm.TierLabel))
}

func label(o kustomize.Object, key string) string {
	s, _ := value.Map(o.Value, "metadata", "labels")[key].(string)
	return s
}

// lasting objects outlive what made them.
func (p policy) lasting(o kustomize.Object) bool { return p.values.Protected(o.Kind) }

// referred objects are named after their content: an old one may still be needed
// by a pod that starts again.
func (p policy) referred(o kustomize.Object) bool {
	return managed(o) && o.Kind == configMap && !watches(o)
}

// watches tells whether an object is read by who watches the installation, and by no
// pod: when it goes, it shall be gone.
func watches(o kustomize.Object) bool { return label(o, krm.NameLabel) == monitors.Component }

const configMap = "ConfigMap"

// replaced objects are made anew where they cannot be changed.
func (p policy) replaced(o kustomize.Object) bool { return slices.Contains(p.Replaced, o.Kind) }

// test tells whether an object is a Job that tries the rest. A copy of the user's
// with the same name label is one too.
func (p policy) test(o kustomize.Object) bool {
	return p.replaced(o) && slices.Contains(p.tests, label(o, krm.NameLabel))
}

// outside tells whether an object waits for somebody outside.
func (p policy) outside(o kustomize.Object) bool {
	return slices.ContainsFunc(p.Outside, func(s catalog.Selected) bool {
		if s.Kind != o.Kind {
			return false
		}
		steps := strings.Split(s.Field, ".")
		last := len(steps) - 1
		return s.Field == "" || value.Map(o.Value, steps[:last]...)[steps[last]] == s.Value
	})
}

// before are the tiers that a tier waits for, of those that are there.
func (p policy) before(tier string) []string {
	order, known := p.Order[tier]
	if !known {
		for _, t := range p.tiers {
			if t != tier && p.Order[t] != nil {
				order = append(order, t)
			}
		}
	}
	found := map[string]bool{}
	for _, t := range order {
		if slices.Contains(p.tiers, t) {
			found[t] = true
			continue
		}
		for _, u := range p.before(t) {
			found[u] = true
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		return cmp.Compare(slices.Index(p.tiers, a), slices.Index(p.tiers, b))
	})
}

// wave of a tier: one more than that of the last that it waits for. Those with
// objects that wait for the outside world are the last, with nothing behind them.
func (p policy) wave(tier string) int {
	if slices.Contains(p.late, tier) {
		return p.last()
	}
	return p.depth(tier)
}

func (p policy) depth(tier string) int {
	deepest := -1
	for _, t := range p.before(tier) {
		deepest = max(deepest, p.depth(t))
	}
	return deepest + 1
}

// last is the wave after all others.
func (p policy) last() int {
	deepest := 0
	for _, t := range p.tiers {
		if !slices.Contains(p.late, t) {
			deepest = max(deepest, p.depth(t))
		}
	}
	return deepest + 1
}

// slowest is how long the slowest good rollout of workloads takes, in seconds:
// each pod may take all of its time to stop and all of its time to start.
func slowest(objects []kustomize.Object) int {
	most := 0
	for _, o := range objects {
		if r, ok := rollout.Of(o.Value); ok {
			most = max(most, r.Seconds())
		}
	}
	return most
}
