package overlay

import (
	"fmt"
	"maps"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// strategic are strategic merge patches, by the object that is wanted.
type strategic struct{ patches }

// A strategic merge patch may say this many lines again that base says. If it
// says more, its price is compared with that of the operations, whose pointers
// with list indexes cost a reader the more.
const (
	mayRepeat  = 3
	repeatCost = 2
	opCost     = 3
)

func findStrategic(_ *tier, pairs []pair) (form, error) {
	s := strategic{patches{stems: newStems(pairs), of: map[*object]patch{}}}
	for _, p := range pairs {
		// The engine knows no merge keys of custom resources, and those of a
		// generated ConfigMap's data are in its generator.
		if !p.changes() || p.base.hashed || !kustomize.HasSchema(p.base.apiVersion, p.base.kind) || value.Equal(p.now, p.want.value) {
			continue
		}
		merge, ok, err := strategicPatch(p)
		if err != nil {
			return nil, fmt.Errorf("patch %s: %w", p.want, err)
		}
		if !ok {
			continue
		}
		found := patch{content: merge}
		if p.renamed() {
			found.entry = fields{{"target", targetOf(p.base, pairs)}, {"options", fields{{"allowNameChange", true}}}}
		}
		s.add(p.want, found)
	}
	return s, nil
}

// strategicPatch writes the patch of an object of base. It is ok if it is
// exact and does not say much of base again.
func strategicPatch(p pair) (merge map[string]any, ok bool, err error) {
	merge, repeats := mergePatch(p.now, p.want.value)
	if repeats > mayRepeat {
		ops := operations("", p.now, p.want.value)
		if lines(merge)+repeatCost*repeats > price(ops)+opCost*len(ops) {
			return nil, false, nil
		}
	}
	meta := value.Map(merge, "metadata")
	if p.renamed() && len(meta) > 1 {
		// With a target the engine reads the labels and annotations of a
		// patch as strings, and writes a null as "null".
		return nil, false, nil
	}
	if meta == nil {
		meta = map[string]any{}
	}
	maps.Copy(meta, p.want.patched())
	merge["apiVersion"], merge["kind"], merge["metadata"] = p.base.apiVersion, p.base.kind, meta
	if ok, err = exact(p.now, merge, p.want.value); !ok || err != nil {
		return nil, false, err
	}
	if !p.renamed() {
		meta["name"] = p.base.name
	}
	return merge, true, nil
}

// exact tells whether a patch makes of an object what is wanted, by applying
// it as the engine does.
func exact(base, patch, want map[string]any) (bool, error) {
	o, err := value.Document(base)
	if err != nil {
		return false, err
	}
	p, err := value.Document(patch)
	if err != nil {
		return false, err
	}
	merged, err := kustomize.Merge(yaml.NewRNode(o), yaml.NewRNode(p))
	if err != nil || merged == nil {
		return false, nil // not a patch then
	}
	v, err := value.Read(merged.YNode())
	if err != nil {
		return false, err
	}
	return value.Equal(v, want), nil
}

// apply: each patch was applied, and gives what is wanted.
func (s strategic) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		if _, ok := s.of[p.want]; ok {
			return p.want.value
		}
		return p.now
	})
}
