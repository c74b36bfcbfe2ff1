package overlay

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/value"
)

// replicas are the entries that set base's replicas to those wanted, by name.
type replicas map[string]int64

// scaled are the kinds whose replicas an entry sets.
var scaled = []string{"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"}

// findReplicas: an entry goes by name alone, so all kinds of that name must
// want the same.
func findReplicas(_ *tier, pairs []pair) (form, error) {
	wanted := map[string]any{}
	for _, p := range pairs {
		if p.want == nil || !slices.Contains(scaled, p.want.kind) {
			continue
		}
		n := value.Map(p.want.value, "spec")["replicas"]
		if other, ok := wanted[p.want.name]; ok && !value.Equal(other, n) {
			n = nil
		}
		wanted[p.want.name] = n
	}
	r := replicas{}
	for _, p := range pairs {
		if !p.changes() {
			continue
		}
		n, ok := wanted[p.want.name].(int64)
		if ok && n >= 0 && differs(p, n) {
			r[p.want.name] = n
		}
	}
	return r, nil
}

// differs tells whether an object of base has other replicas.
func differs(p pair, n int64) bool {
	spec := value.Map(p.now, "spec")
	return slices.Contains(scaled, p.want.kind) && spec != nil && spec["replicas"] != any(n)
}

func (r replicas) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		if p.now == nil || !slices.Contains(scaled, p.want.kind) {
			return p.now
		}
		if n, ok := r[p.want.name]; ok {
			return value.With(p.now, n, "spec", "replicas")
		}
		return p.now
	})
}

func (r replicas) emit(s *sheet) error {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		s.replicas = append(s.replicas, fields{{"name", name}, {"count", r[name]}})
	}
	return nil
}
