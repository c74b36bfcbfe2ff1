package environment

import (
	"fmt"
	"regexp"
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
	done  map[string]*shape
}

func newShapes(files []*ast.File) *shapes {
	s := &shapes{exprs: map[string]ast.Expr{}, docs: map[string]string{}, done: map[string]*shape{}}
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
func (s *shapes) definition(name string) (*shape, error) {
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
	named.def, named.want = name, wanted(s.docs[name])
	s.done[name] = &named
	return &named, nil
}

// wanted is what completes "want ...": the first sentence of a definition's
// comment, without the capital letter of its article.
func wanted(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	if i := strings.Index(doc+" ", ". "); i >= 0 {
		doc = strings.TrimSuffix(doc[:i], ".")
	}
	for _, article := range []string{"A ", "An "} {
		if rest, ok := strings.CutPrefix(doc, article); ok {
			return strings.ToLower(article) + rest
		}
	}
	return doc
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

func (s *shapes) read(e ast.Expr) (*shape, error) {
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
			return &shape{kind: cue.StringKind}, nil
		case "int":
			return &shape{kind: cue.IntKind}, nil
		case "bool", "true", "false":
			return &shape{kind: cue.BoolKind}, nil
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

func (s *shapes) readStruct(lit *ast.StructLit) (*shape, error) {
	out := &shape{kind: cue.StructKind}
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
			if out.keys, err = s.read(l.Elts[0]); err != nil {
				return nil, err
			}
			out.values = value
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if err != nil {
			return nil, err
		}
		out.fields = append(out.fields, &fieldShape{
			label: name, optional: f.Constraint == token.OPTION, mandatory: f.Constraint == token.NOT,
			doc: docOf(f), shape: value,
		})
	}
	return out, nil
}

func (s *shapes) readList(lit *ast.ListLit) (*shape, error) {
	out := &shape{kind: cue.ListKind}
	for _, e := range lit.Elts {
		if open, ok := e.(*ast.Ellipsis); ok {
			e = open.Type
		} else {
			out.min++
		}
		var err error
		if out.elem, err = s.read(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readLiteral(lit *ast.BasicLit) (*shape, error) {
	switch lit.Kind {
	case token.STRING:
		v, err := literal.Unquote(lit.Value)
		return &shape{kind: cue.StringKind, enum: []string{v}}, err
	case token.INT:
		n, err := strconv.ParseInt(lit.Value, 10, 64)
		return &shape{kind: cue.IntKind, low: &n, high: &n}, err
	case token.TRUE, token.FALSE:
		return &shape{kind: cue.BoolKind}, nil
	}
	return nil, fmt.Errorf("the schema has the literal %s", lit.Value)
}

func (s *shapes) readUnary(e *ast.UnaryExpr) (*shape, error) {
	x, err := s.read(e.X)
	if err != nil {
		return nil, err
	}
	switch {
	case e.Op == token.MUL:
		// The default is one of the alternatives. Beside a form or a bound
		// it adds nothing to what is allowed (a test holds the schema to it).
		return &shape{kind: x.kind, hasDefault: true, enum: x.enum}, nil
	case e.Op == token.GEQ && x.low != nil:
		return &shape{kind: cue.IntKind, low: x.low}, nil
	case e.Op == token.LEQ && x.low != nil:
		return &shape{kind: cue.IntKind, high: x.low}, nil
	case e.Op == token.MAT && len(x.enum) == 1:
		re, err := regexp.Compile(x.enum[0])
		return &shape{kind: cue.StringKind, forms: []*regexp.Regexp{re}}, err
	case e.Op == token.NEQ && len(x.enum) == 1:
		return &shape{kind: cue.StringKind, not: x.enum}, nil
	}
	return nil, fmt.Errorf("the schema has the operator %s", e.Op)
}

// readCall knows strings.MaxRunes alone.
func readCall(e *ast.CallExpr) (*shape, error) {
	if sel, ok := e.Fun.(*ast.SelectorExpr); ok && len(e.Args) == 1 {
		name, _, _ := ast.LabelName(sel.Sel)
		if lit, ok := e.Args[0].(*ast.BasicLit); ok && name == "MaxRunes" {
			n, err := strconv.Atoi(lit.Value)
			return &shape{kind: cue.StringKind, maxRunes: n}, err
		}
	}
	return nil, fmt.Errorf("the schema has a call that findings cannot explain")
}
