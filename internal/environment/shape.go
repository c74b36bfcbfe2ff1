package environment

import (
	"fmt"
	"regexp"
	"slices"

	"cuelang.org/go/cue"
)

// shape is what the schema says of one value. It is read from the schema's
// syntax, because findings need what an evaluated value no longer tells: which
// definition a field has, its comment, the alternatives of an enum.
type shape struct {
	kind cue.Kind
	def  string // innermost named definition, "#DNSLabel"
	want string // what it wants, in words: the first words of its comment

	fields []*fieldShape // of a struct, in order
	keys   *shape        // of a struct with free labels: what labels must be
	values *shape        // and their values

	elem *shape // of a list
	min  int    // least number of elements

	enum       []string // allowed strings
	low, high  *int64   // bounds of an integer
	forms      []*regexp.Regexp
	not        []string
	maxRunes   int
	hasDefault bool
}

// fieldShape is a field of a struct.
type fieldShape struct {
	label     string
	optional  bool
	mandatory bool
	doc       string
	shape     *shape
}

func (s *shape) field(label string) *fieldShape {
	for _, f := range s.fields {
		if f.label == label {
			return f
		}
	}
	return nil
}

// and is unification.
func (s *shape) and(t *shape) *shape {
	out := *s
	if t.def != "" && out.def == "" {
		out.def, out.want = t.def, t.want
	}
	out.fields = slices.Clone(s.fields)
	for _, f := range t.fields {
		i := slices.IndexFunc(out.fields, func(g *fieldShape) bool { return g.label == f.label })
		if i < 0 {
			out.fields = append(out.fields, f)
			continue
		}
		g := *out.fields[i]
		g.shape = g.shape.and(f.shape)
		g.mandatory = g.mandatory || f.mandatory
		g.optional = g.optional && f.optional
		if g.doc == "" {
			g.doc = f.doc
		}
		out.fields[i] = &g
	}
	if t.keys != nil {
		out.keys, out.values = t.keys, t.values
	}
	if t.elem != nil {
		out.elem, out.min = t.elem, max(out.min, t.min)
	}
	if t.low != nil {
		out.low = t.low
	}
	if t.high != nil {
		out.high = t.high
	}
	if len(t.enum) > 0 {
		out.enum = t.enum
	}
	out.forms = append(slices.Clone(s.forms), t.forms...)
	out.not = append(slices.Clone(s.not), t.not...)
	if t.maxRunes > 0 {
		out.maxRunes = t.maxRunes
	}
	out.hasDefault = s.hasDefault || t.hasDefault
	return &out
}

// or is a disjunction: of literal strings, or of a type and its default.
func (s *shape) or(t *shape) (*shape, error) {
	switch {
	case s.kind != t.kind:
		return nil, fmt.Errorf("the schema has a disjunction of %s and %s", s.kind, t.kind)
	case len(s.enum) > 0 && len(t.enum) > 0:
		out := *s
		out.hasDefault = s.hasDefault || t.hasDefault
		out.enum = slices.Clone(s.enum)
		for _, v := range t.enum {
			if !slices.Contains(out.enum, v) {
				out.enum = append(out.enum, v)
			}
		}
		return &out, nil
	case s.hasDefault && !t.hasDefault:
		out := *t
		out.hasDefault = true
		return &out, nil
	case t.hasDefault && !s.hasDefault:
		out := *s
		out.hasDefault = true
		return &out, nil
	}
	return nil, fmt.Errorf("the schema has a disjunction that findings cannot explain")
}
