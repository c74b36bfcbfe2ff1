package place

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// Node is one value of what the user wrote, as CUE evaluated it: data without
// expressions, defaults taken, each with the place that CUE knows of it.
type Node struct {
	Kind   cue.Kind // BottomKind: it has no value, and a finding says why
	Text   string   // of a string its value, of a number its digits
	Truth  bool     // of a bool
	Fields []Member // of a struct, in the order of the source
	Elems  []*Node  // of a list
	Pos    token.Pos
	Err    error // why a value that is no struct is bottom
}

// Member is a field of a struct.
type Member struct {
	Label string
	Value *Node
}

// Field returns the value of a field, or nil.
func (n *Node) Field(label string) *Node {
	for _, m := range n.Fields {
		if m.Label == label {
			return m.Value
		}
	}
	return nil
}

// Read takes v apart. Values with errors become nodes of BottomKind; they do
// not hide what is beside them.
func Read(v cue.Value) *Node {
	v, _ = v.Default()
	n := &Node{Kind: v.Kind(), Pos: v.Pos()}
	switch n.Kind {
	case cue.StringKind:
		n.Text, _ = v.String()
	case cue.BoolKind:
		n.Truth, _ = v.Bool()
	case cue.IntKind, cue.FloatKind:
		b, _ := v.MarshalJSON()
		n.Text = string(b)
	case cue.ListKind:
		it, _ := v.List()
		for it.Next() {
			n.Elems = append(n.Elems, Read(it.Value()))
		}
	case cue.StructKind, cue.BottomKind:
		// A struct with a mistake inside it is bottom as a whole.
		it, err := v.Fields(cue.ErrorsAsValues(true))
		if err != nil {
			n.Err = v.Validate(cue.Concrete(true))
			return n
		}
		for it.Next() {
			if it.Selector().LabelType() != cue.StringLabel {
				// An element of a list with a mistake in it: what
				// CUE found there is all that is said of the list.
				n.Fields = nil
				return n
			}
			n.Kind = cue.StructKind
			n.Fields = append(n.Fields, Member{it.Selector().Unquoted(), Read(it.Value())})
		}
	}
	return n
}

// Expr writes the node as CUE, without positions.
func (n *Node) Expr() ast.Expr {
	switch n.Kind {
	case cue.StringKind:
		return ast.NewLit(token.STRING, literal.String.Quote(n.Text))
	case cue.BoolKind:
		return ast.NewBool(n.Truth)
	case cue.IntKind:
		return ast.NewLit(token.INT, n.Text)
	case cue.FloatKind:
		return ast.NewLit(token.FLOAT, n.Text)
	case cue.NullKind:
		return ast.NewNull()
	case cue.ListKind:
		l := &ast.ListLit{}
		for _, e := range n.Elems {
			l.Elts = append(l.Elts, e.Expr())
		}
		return l
	case cue.StructKind:
		s := &ast.StructLit{}
		for _, m := range n.Fields {
			s.Elts = append(s.Elts, &ast.Field{
				Label: ast.NewLit(token.STRING, literal.Label.Quote(m.Label)),
				Value: m.Value.Expr(),
			})
		}
		return s
	}
	return &ast.BottomLit{}
}

// Merge returns n with the fields of defaults that n does not have.
func (n *Node) Merge(defaults *Node) *Node {
	if n.Kind != cue.StructKind || defaults.Kind != cue.StructKind {
		return n
	}
	out := *n
	out.Fields = append([]Member{}, n.Fields...)
	for _, d := range defaults.Fields {
		found := false
		for i, m := range out.Fields {
			if m.Label == d.Label {
				out.Fields[i].Value, found = m.Value.Merge(d.Value), true
			}
		}
		if !found {
			out.Fields = append(out.Fields, d)
		}
	}
	return &out
}
