package overlay

import (
	"maps"
	"slices"
)

// removals are patches that delete objects of base, a file for each component.
type removals map[string][]*object

func findRemovals(_ *tier, pairs []pair) (form, error) {
	r := removals{}
	for _, p := range pairs {
		if p.want == nil {
			r[p.base.component] = append(r[p.base.component], p.base)
		}
	}
	return r, nil
}

func (r removals) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		if p.want == nil {
			return nil
		}
		return p.now
	})
}

func (r removals) emit(s *sheet) error {
	for _, component := range slices.Sorted(maps.Keys(r)) {
		var documents []any
		for _, o := range r[component] {
			documents = append(documents, map[string]any{
				"$patch": "delete", "apiVersion": o.apiVersion, "kind": o.kind,
				"metadata": o.patched(),
			})
		}
		if err := s.patch(component+"-removed", nil, documents...); err != nil {
			return err
		}
	}
	return nil
}
