package overlay

import "github.com/whiskops/whiskops/internal/value"

// namespace is the tier's own. The engine puts the objects of base into it,
// names the tier's Namespace after it, and fills in that of accounts in
// bindings.
type namespace struct {
	name     string
	accounts accounts
}

func findNamespace(t *tier, pairs []pair) (form, error) {
	n := namespace{accounts: t.accounts}
	for _, p := range pairs {
		switch {
		case p.want == nil:
		case p.want.namespace != "":
			n.name = p.want.namespace
			return n, nil
		case p.want.kind == "Namespace" && n.name == "":
			n.name = p.want.name
		}
	}
	return n, nil
}

func (n namespace) apply(pairs []pair) []pair {
	return apply(pairs, func(p pair) map[string]any {
		switch {
		case p.now == nil:
			return nil
		case p.want.kind == "Namespace":
			return value.With(p.now, p.want.name, "metadata", "name")
		}
		return n.accounts.expand(p.base, p.now)
	})
}

func (n namespace) emit(s *sheet) error {
	s.namespace = n.name
	return nil
}
