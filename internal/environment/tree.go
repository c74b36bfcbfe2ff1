package environment

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// node is one value of what the user wrote, as CUE evaluated it: data without
// expressions, defaults taken, each with the place that CUE knows of it.
type node struct {
	kind   cue.Kind // BottomKind: it has no value, and a finding says why
	text   string   // of a string its value, of a number its digits
	truth  bool
	fields []member // of a struct, in the order of the source
	elems  []*node  // of a list
	pos    token.Pos
	err    error // why a value that is no struct is bottom
}

type member struct {
	label string
	node  *node
}

func (n *node) field(label string) *node {
	for _, m := range n.fields {
		if m.label == label {
			return m.node
		}
	}
	return nil
}

// read takes v apart. Values with errors become nodes of BottomKind; they do
// not hide what is beside them.
func read(v cue.Value) *node {
	v, _ = v.Default()
	n := &node{kind: v.Kind(), pos: v.Pos()}
	switch n.kind {
	case cue.StringKind:
		n.text, _ = v.String()
	case cue.BoolKind:
		n.truth, _ = v.Bool()
	case cue.IntKind, cue.FloatKind:
		b, _ := v.MarshalJSON()
		n.text = string(b)
	case cue.ListKind:
		it, _ := v.List()
		for it.Next() {
			n.elems = append(n.elems, read(it.Value()))
		}
	case cue.StructKind, cue.BottomKind:
		// A struct with a mistake inside it is bottom as a whole.
		it, err := v.Fields(cue.ErrorsAsValues(true))
		if err != nil {
			n.err = v.Validate(cue.Concrete(true))
			return n
		}
		for it.Next() {
			if it.Selector().LabelType() != cue.StringLabel {
				// An element of a list with a mistake in it: what
				// CUE found there is all that is said of the list.
				n.fields = nil
				return n
			}
			n.kind = cue.StructKind
			n.fields = append(n.fields, member{it.Selector().Unquoted(), read(it.Value())})
		}
	}
	return n
}

// expr writes the node as CUE, without positions.
func (n *node) expr() ast.Expr {
	switch n.kind {
	case cue.StringKind:
		return ast.NewLit(token.STRING, literal.String.Quote(n.text))
	case cue.BoolKind:
		return ast.NewBool(n.truth)
	case cue.IntKind:
		return ast.NewLit(token.INT, n.text)
	case cue.FloatKind:
		return ast.NewLit(token.FLOAT, n.text)
	case cue.NullKind:
		return ast.NewNull()
	case cue.ListKind:
		l := &ast.ListLit{}
		for _, e := range n.elems {
			l.Elts = append(l.Elts, e.expr())
		}
		return l
	case cue.StructKind:
		s := &ast.StructLit{}
		for _, m := range n.fields {
			s.Elts = append(s.Elts, &ast.Field{
				Label: ast.NewLit(token.STRING, literal.Label.Quote(m.label)),
				Value: m.node.expr(),
			})
		}
		return s
	}
	return &ast.BottomLit{}
}

// merge returns n with the fields of defaults that n does not have.
func (n *node) merge(defaults *node) *node {
	if n.kind != cue.StructKind || defaults.kind != cue.StructKind {
		return n
	}
	out := *n
	out.fields = append([]member{}, n.fields...)
	for _, d := range defaults.fields {
		found := false
		for i, m := range out.fields {
			if m.label == d.label {
				out.fields[i].node, found = m.node.merge(d.node), true
			}
		}
		if !found {
			out.fields = append(out.fields, d)
		}
	}
	return &out
}
