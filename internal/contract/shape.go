package contract

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"cuelang.org/go/cue"

	"github.com/whiskops/whiskops/internal/place"
)

// Shape is what the schema says of one value. It is read from the schema's
// syntax, because findings need what an evaluated value no longer tells: which
// definition a field has, its comment, the alternatives of an enum.
type Shape struct {
	Kind cue.Kind
	Def  string // innermost named definition, "#DNSLabel"
	Doc  string // the definition's comment

	Fields []*Field // of a struct, in order
	Keys   *Shape   // of a struct with free labels: what labels must be
	Values *Shape   // and their values

	Elem *Shape // of a list
	Min  int    // least number of elements

	Enum      []string // allowed strings
	Low, High *int64   // bounds of an integer
	Forms     []*Form  // of a string
	Not       []string // strings that are not allowed
	MaxRunes  int      // most characters of a string; 0: no bound

	// Default is a string, an int64, a bool or, of a list, a []any; nil if
	// there is none.
	Default any

	truth bool // of a bool that is a literal
}

// Field is a field of a struct.
type Field struct {
	Label     string
	Optional  bool // "?"
	Mandatory bool // "!"
	Doc       string
	Shape     *Shape
}

// Form is a regular expression that a string must match. It is compiled when
// the first string needs it: a schema has many, a run looks at few.
type Form struct {
	Pattern string
	re      func() *regexp.Regexp
}

func newForm(pattern string) *Form {
	return &Form{pattern, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })}
}

// Match tells whether v has the form.
func (f *Form) Match(v string) bool { return f.re().MatchString(v) }

// Field returns the field of that label, or nil.
func (s *Shape) Field(label string) *Field {
	for _, f := range s.Fields {
		if f.Label == label {
			return f
		}
	}
	return nil
}

// withDefaults puts data, which holds lists alone, into the defaults of the
// fields at the same paths.
func (s *Shape) withDefaults(data *place.Node) *Shape {
	out := *s
	if data.Kind == cue.ListKind {
		list := []any{}
		for _, e := range data.Elems {
			if n, err := strconv.ParseInt(e.Text, 10, 64); err == nil && e.Kind == cue.IntKind {
				list = append(list, n)
			} else {
				list = append(list, e.Text)
			}
		}
		out.Default = list
		return &out
	}
	out.Fields = slices.Clone(s.Fields)
	for i, f := range s.Fields {
		if value := data.Field(f.Label); value != nil {
			g := *f
			g.Shape = f.Shape.withDefaults(value)
			out.Fields[i] = &g
		}
	}
	return &out
}

// and is unification.
func (s *Shape) and(t *Shape) *Shape {
	out := *s
	if t.Def != "" && out.Def == "" {
		out.Def, out.Doc = t.Def, t.Doc
	}
	out.Fields = slices.Clone(s.Fields)
	for _, f := range t.Fields {
		i := slices.IndexFunc(out.Fields, func(g *Field) bool { return g.Label == f.Label })
		if i < 0 {
			out.Fields = append(out.Fields, f)
			continue
		}
		g := *out.Fields[i]
		g.Shape = g.Shape.and(f.Shape)
		g.Mandatory = g.Mandatory || f.Mandatory
		g.Optional = g.Optional && f.Optional
		if g.Doc == "" {
			g.Doc = f.Doc
		}
		out.Fields[i] = &g
	}
	if t.Keys != nil {
		out.Keys, out.Values = t.Keys, t.Values
	}
	if t.Elem != nil {
		out.Elem, out.Min = t.Elem, max(out.Min, t.Min)
	}
	if t.Low != nil {
		out.Low = t.Low
	}
	if t.High != nil {
		out.High = t.High
	}
	if len(t.Enum) > 0 {
		out.Enum = t.Enum
	}
	out.Forms = append(slices.Clone(s.Forms), t.Forms...)
	out.Not = append(slices.Clone(s.Not), t.Not...)
	if t.MaxRunes > 0 {
		out.MaxRunes = t.MaxRunes
	}
	out.Default = cmp.Or(t.Default, s.Default)
	return &out
}

// or is a disjunction: of literal strings, or of a type and its default.
func (s *Shape) or(t *Shape) (*Shape, error) {
	switch {
	case s.Kind != t.Kind:
		return nil, fmt.Errorf("the schema has a disjunction of %s and %s", s.Kind, t.Kind)
	case len(s.Enum) > 0 && len(t.Enum) > 0:
		out := *s
		out.Default = cmp.Or(s.Default, t.Default)
		out.Enum = slices.Clone(s.Enum)
		for _, v := range t.Enum {
			if !slices.Contains(out.Enum, v) {
				out.Enum = append(out.Enum, v)
			}
		}
		return &out, nil
	case s.Default != nil && t.Default == nil:
		out := *t
		out.Default = s.Default
		return &out, nil
	case t.Default != nil && s.Default == nil:
		out := *s
		out.Default = t.Default
		return &out, nil
	}
	return nil, fmt.Errorf("the schema has a disjunction that findings cannot explain")
}
