package overlay

import (
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// A strategic merge patch may say this many lines again that base says. If it
// says more, its price is compared with that of the operations, whose pointers
// with list indexes cost a reader the more.
const (
	mayRepeat  = 3
	repeatCost = 2
	opCost     = 3
)

// patch is the file of one object's patch, and its entry in `patches:`.
type patch struct {
	content any
	entry   fields
}

// diff writes the patch between an object of base, as the tier's generators,
// images and replicas leave it, and what is wanted. A strategic merge patch is
// taken if it is exact and does not say much of base again; the operations of
// JSON 6902, which always are exact, if not.
func diff(base *object, after map[string]any, want *object, target fields) (*patch, error) {
	ops := operations("", after, want.value)
	p := &patch{entry: fields{{"target", target}}}
	all := make([]any, len(ops))
	for i, o := range ops {
		all[i] = o.fields()
	}
	p.content = all
	// The engine knows no merge keys of custom resources, and those of a
	// generated ConfigMap's data are in its generator.
	if base.hashed || !kustomize.HasSchema(base.apiVersion, base.kind) {
		return p, nil
	}
	merge, repeats := mergePatch(after, want.value)
	if repeats > mayRepeat && lines(merge)+repeatCost*repeats > price(ops)+opCost*len(ops) {
		return p, nil
	}
	renamed := base.kind == "Job" && base.name != want.name
	meta, _ := merge["metadata"].(map[string]any)
	if renamed && len(meta) > 1 {
		// With a target the engine reads the labels and annotations of a
		// patch as strings, and writes a null as "null".
		return p, nil
	}
	if meta == nil {
		meta = map[string]any{}
	}
	merge["apiVersion"], merge["kind"], merge["metadata"] = base.apiVersion, base.kind, meta
	meta["name"] = want.name
	exact, err := merges(after, merge, want.value)
	if err != nil || !exact {
		return p, err
	}
	if !renamed {
		meta["name"] = base.name
	}
	p.content, p.entry = merge, nil
	if renamed {
		p.entry = fields{{"target", target}, {"options", fields{{"allowNameChange", true}}}}
	}
	return p, nil
}

// merges applies a strategic merge patch as the engine does.
func merges(base, patch, want map[string]any) (bool, error) {
	merged, err := kustomize.Merge(yaml.NewRNode(node(base)), yaml.NewRNode(node(patch)))
	if err != nil || merged == nil {
		return false, nil // not a patch then
	}
	v, err := kustomize.Value(merged.YNode())
	if err != nil {
		return false, err
	}
	return equal(v, want), nil
}

// targetOf selects one object of a tier. The engine takes each field for a
// regular expression, so a name with a dot could mean others as well.
func targetOf(o *object, tier []*object) fields {
	target := fields{{"kind", o.kind}, {"name", o.name}}
	pattern := regexp.MustCompile("^(?:" + o.name + ")$")
	for _, other := range tier {
		if other == o || other.kind != o.kind || !pattern.MatchString(other.name) {
			continue
		}
		if other.name != o.name {
			target[1].value = regexp.QuoteMeta(o.name)
			continue
		}
		group, version := groupVersion(o.apiVersion)
		target = fields{{"group", group}, {"version", version}, {"kind", o.kind}, target[1]}
	}
	return target
}
