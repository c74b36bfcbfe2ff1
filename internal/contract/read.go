package contract

import (
	"fmt"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// shapes reads the definitions of the schema's files. It knows the part of CUE
// that the schema is written in, and refuses the rest: a test reads the schema.
type shapes struct {
	exprs map[string]ast.Expr
	docs  map[string]string
	done  map[string]*Shape
}

func newShapes(files []*ast.File) *shapes {
	s := &shapes{exprs: map[string]ast.Expr{}, docs: map[string]string{}, done: map[string]*Shape{}}
	for _, f := range files {
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(field.Label); err == nil {
					s.exprs[name], s.docs[name] = field.Value, docOf(field)
				}
			}
		}
	}
	return s
}

// definition returns the shape of "#Name".
func (s *shapes) definition(name string) (*Shape, error) {
	if sh, ok := s.done[name]; ok {
		return sh, nil
	}
	e, ok := s.exprs[name]
	if !ok {
		return nil, fmt.Errorf("the schema has no definition %s", name)
	}
	sh, err := s.read(e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	named := *sh
	named.Def, named.Doc = name, s.docs[name]
	s.done[name] = &named
	return &named, nil
}

func docOf(n ast.Node) string {
	var b strings.Builder
	for _, g := range ast.Comments(n) {
		if g.Doc {
			b.WriteString(g.Text())
		}
	}
	return strings.TrimSpace(b.String())
}

func (s *shapes) read(e ast.Expr) (*Shape, error) {
	switch e := e.(type) {
	case *ast.StructLit:
		return s.readStruct(e)
	case *ast.ListLit:
		return s.readList(e)
	case *ast.BasicLit:
		return readLiteral(e)
	case *ast.ParenExpr:
		return s.read(e.X)
	case *ast.UnaryExpr:
		return s.readUnary(e)
	case *ast.CallExpr:
		return readCall(e)
	case *ast.Ident:
		switch e.Name {
		case "string":
			return &Shape{Kind: cue.StringKind}, nil
		case "int":
			return &Shape{Kind: cue.IntKind}, nil
		case "bool":
			return &Shape{Kind: cue.BoolKind}, nil
		}
		return s.definition(e.Name)
	case *ast.BinaryExpr:
		x, err := s.read(e.X)
		if err != nil {
			return nil, err
		}
		y, err := s.read(e.Y)
		if err != nil {
			return nil, err
		}
		if e.Op == token.AND {
			return x.and(y), nil
		}
		if e.Op == token.OR {
			return x.or(y)
		}
	}
	return nil, fmt.Errorf("the schema is written in a part of CUE that findings cannot explain: %T", e)
}

func (s *shapes) readStruct(lit *ast.StructLit) (*Shape, error) {
	out := &Shape{Kind: cue.StructKind}
	for _, d := range lit.Elts {
		f, ok := d.(*ast.Field)
		if !ok {
			return nil, fmt.Errorf("the schema has a struct with %T", d)
		}
		value, err := s.read(f.Value)
		if err != nil {
			return nil, err
		}
		if l, ok := f.Label.(*ast.ListLit); ok {
			if out.Keys, err = s.read(l.Elts[0]); err != nil {
				return nil, err
			}
			out.Values = value
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			return nil, err
		}
		out.Fields = append(out.Fields, &Field{
			Label: name, Optional: f.Constraint == token.OPTION, Mandatory: f.Constraint == token.NOT,
			Doc: docOf(f), Shape: value,
		})
	}
	return out, nil
}

func (s *shapes) readList(lit *ast.ListLit) (*Shape, error) {
	out := &Shape{Kind: cue.ListKind}
	for _, e := range lit.Elts {
		if open, ok := e.(*ast.Ellipsis); ok {
			e = open.Type
		} else {
			out.Min++
		}
		var err error
		if out.Elem, err = s.read(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readLiteral(lit *ast.BasicLit) (*Shape, error) {
	switch lit.Kind {
	case token.STRING:
		v, err := literal.Unquote(lit.Value)
		return &Shape{Kind: cue.StringKind, Enum: []string{v}}, err
	case token.INT:
		n, err := strconv.ParseInt(lit.Value, 10, 64)
		return &Shape{Kind: cue.IntKind, Low: &n, High: &n}, err
	case token.TRUE, token.FALSE:
		return &Shape{Kind: cue.BoolKind, truth: lit.Kind == token.TRUE}, nil
	}
	return nil, fmt.Errorf("the schema has the literal %s", lit.Value)
}

func (s *shapes) readUnary(e *ast.UnaryExpr) (*Shape, error) {
	x, err := s.read(e.X)
	if err != nil {
		return nil, err
	}
	switch {
	case e.Op == token.MUL:
		// The default is one of the alternatives. Beside a form or a bound
		// it adds nothing to what is allowed (a test holds the schema to it).
		return &Shape{Kind: x.Kind, Default: x.constant(), Enum: x.Enum}, nil
	case e.Op == token.GEQ && x.Low != nil:
		return &Shape{Kind: cue.IntKind, Low: x.Low}, nil
	case e.Op == token.LEQ && x.Low != nil:
		return &Shape{Kind: cue.IntKind, High: x.Low}, nil
	case e.Op == token.MAT && len(x.Enum) == 1:
		return &Shape{Kind: cue.StringKind, Forms: []*Form{newForm(x.Enum[0])}}, nil
	case e.Op == token.NEQ && len(x.Enum) == 1:
		return &Shape{Kind: cue.StringKind, Not: x.Enum}, nil
	}
	return nil, fmt.Errorf("the schema has the operator %s", e.Op)
}

// constant is the value of a literal's shape.
func (s *Shape) constant() any {
	switch s.Kind {
	case cue.BoolKind:
		return s.truth
	case cue.IntKind:
		return *s.Low
	}
	return s.Enum[0]
}

// readCall knows strings.MaxRunes alone.
func readCall(e *ast.CallExpr) (*Shape, error) {
	if sel, ok := e.Fun.(*ast.SelectorExpr); ok && len(e.Args) == 1 {
		name, _, _ := ast.LabelName(sel.Sel)
		if lit, ok := e.Args[0].(*ast.BasicLit); ok && name == "MaxRunes" {
			n, err := strconv.Atoi(lit.Value)
			return &Shape{Kind: cue.StringKind, MaxRunes: n}, err
		}
	}
	return nil, fmt.Errorf("the schema has a call that findings cannot explain")
}
