package overlay

import "github.com/whiskops/whiskops/internal/value"

// edits are patches of JSON 6902, which can say any difference.
type edits struct {
	patches
	ops map[*object][]op
}

func findOperations(_ *tier, pairs []pair) (form, error) {
	e := edits{patches{stems: newStems(pairs), of: map[*object]patch{}}, map[*object][]op{}}
	for _, p := range pairs {
		if !p.changes() {
			continue
		}
		ops := operations("", p.now, p.want.value)
		if len(ops) == 0 {
			continue
		}
		all := make([]any, len(ops))
		for i, o := range ops {
			all[i] = o.fields()
		}
		e.ops[p.want] = ops
		e.add(p.want, patch{all, fields{{"target", targetOf(p.base, pairs)}}})
	}
	return e, nil
}

func (e edits) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		var now any = p.now
		for _, o := range e.ops[p.want] {
			now = o.apply(now)
		}
		return value.Map(now)
	})
}
