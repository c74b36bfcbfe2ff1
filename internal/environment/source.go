package environment

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// source implements Source for an environment: where a field stands comes from
// the syntax of the user's files, whether it is written from the evaluated data.
type source struct {
	pkg  *pack
	env  string
	data *node
}

// Position returns the place of the field's label, or of the nearest enclosing
// field that the user wrote. An element of a list is "bootstrap[1]"; its place
// is the element itself. A field that stands in several places has the one
// nearest to the environment: a struct that it refers to comes after its own.
func (s *source) Position(path string) finding.Position {
	labels := splitPath(path)
	pl, _ := s.pkg.find(append([]string{s.env}, labels...))
	if !pl.whole {
		// Made by a comprehension, or not written at all. CUE knows the
		// field of a comprehension, the syntax knows the enclosing one.
		if n, whole := s.data.lookup(labels); whole && n.pos.IsValid() {
			return position(n.pos)
		}
	}
	return position(pl.label)
}

// Written tells whether the evaluated files have the field, wherever it is
// written: a field from a shared struct counts.
func (s *source) Written(path string) bool {
	_, whole := s.data.lookup(splitPath(path))
	return whole
}

// value returns the place of a field's value, and what is written there if it
// is a number, a string or a word.
func (s *source) value(labels []string) (token.Pos, string) {
	pl, _ := s.pkg.find(append([]string{s.env}, labels...))
	if !pl.whole {
		if n, whole := s.data.lookup(labels); whole && n.pos.IsValid() {
			return n.pos, ""
		}
		return pl.label, ""
	}
	text := ""
	if lit, ok := pl.value.(*ast.BasicLit); ok {
		text = lit.Value
	}
	return pl.valuePos(), text
}

// label returns the place of a field's label, or of the nearest enclosing one.
func (s *source) label(labels []string) token.Pos {
	pl, _ := s.pkg.find(append([]string{s.env}, labels...))
	if !pl.whole {
		if n, whole := s.data.lookup(labels); whole && n.pos.IsValid() {
			return n.pos
		}
	}
	return pl.label
}

// lookup finds the value at a path.
func (n *node) lookup(labels []string) (*node, bool) {
	for _, l := range labels {
		i, ok := index(l)
		if j, err := strconv.Atoi(l); err == nil && !ok && n.kind == cue.ListKind {
			i, ok = j, true
		}
		switch {
		case ok && i < len(n.elems) && i >= 0:
			n = n.elems[i]
		case n.field(l) != nil:
			n = n.field(l)
		default:
			return nil, false
		}
	}
	return n, true
}

// nowhere is the source of an environment that no user wrote.
type nowhere struct{}

func (nowhere) Position(string) finding.Position { return finding.Position{} }
func (nowhere) Written(string) bool              { return false }

// place is where a field stands in the user's files.
type place struct {
	path  []string // as far as it was found
	whole bool     // whether that is all of it
	label token.Pos
	name  string
	value ast.Expr
	scope *scope
	// What makes one place better than another: fewer references on the way,
	// a value that is written out, no pattern in the place of the label.
	hops    int
	pattern bool
}

func (p place) valuePos() token.Pos {
	if p.value == nil || !p.value.Pos().IsValid() {
		return p.label
	}
	return p.value.Pos()
}

func (p place) rank() int {
	rank := p.hops
	if !writtenOut(p.value) {
		rank += 1000
	}
	if p.pattern {
		rank += 100000
	}
	return rank
}

// writtenOut tells whether a literal is part of the value.
func writtenOut(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit, *ast.StructLit, *ast.ListLit:
		return true
	case *ast.BinaryExpr:
		return e.Op == token.AND && (writtenOut(e.X) || writtenOut(e.Y))
	}
	return false
}

// find looks for the field at path, whose first label is the environment. The
// place is the best one, or that of the longest beginning of path that the
// user wrote.
func (p *pack) find(path []string) (place, bool) {
	w := &walker{steps: 20000}
	here := []place{{value: nil, scope: p.scope()}}
	best := place{}
	for i, label := range path {
		var next []place
		if i == 0 {
			next = w.members(here[0].scope, label, 0)
		} else {
			for _, pl := range here {
				next = append(next, w.step(pl, label)...)
			}
		}
		if len(next) == 0 {
			return best, false
		}
		slices.SortStableFunc(next, func(a, b place) int { return a.rank() - b.rank() })
		here, best = next, next[0]
		best.path, best.whole = path[:i+1], i == len(path)-1
	}
	return best, best.whole
}

func (p *pack) scope() *scope {
	s := &scope{}
	for _, f := range p.files {
		s.decls = append(s.decls, f.Decls...)
	}
	return s
}

// scope is what a reference sees: the declarations of the struct that it stands
// in, then of those around it. The outermost one is the package's.
type scope struct {
	outer *scope
	decls []ast.Decl
}

// walker follows references. Its steps are counted, because references may form
// a cycle or grow exponentially.
type walker struct {
	steps int
}

// term is a struct or list that an expression stands for.
type term struct {
	lit   ast.Expr
	scope *scope
	hops  int
}

// step finds label in the value at pl.
func (w *walker) step(pl place, label string) []place {
	var found []place
	i, isIndex := index(label)
	if !isIndex {
		if n, err := strconv.Atoi(label); err == nil {
			i, isIndex = n, true
		}
	}
	for _, t := range w.terms(pl.value, pl.scope, pl.hops) {
		switch lit := t.lit.(type) {
		case *ast.StructLit:
			found = append(found, w.members(&scope{t.scope, lit.Elts}, label, t.hops)...)
		case *ast.ListLit:
			if isIndex && i >= 0 && i < len(lit.Elts) {
				if _, open := lit.Elts[i].(*ast.Ellipsis); !open {
					found = append(found, place{label: lit.Elts[i].Pos(), value: lit.Elts[i], scope: t.scope, hops: t.hops})
				}
			}
		}
	}
	for i := range found {
		found[i].pattern = found[i].pattern || pl.pattern
	}
	return found
}

// members finds the fields of that label among the declarations of s.
func (w *walker) members(s *scope, label string, hops int) []place {
	var found []place
	for _, d := range s.decls {
		if w.steps--; w.steps < 0 {
			return found
		}
		switch d := d.(type) {
		case *ast.Field:
			name, isPattern := fieldLabel(d.Label)
			if name == label || isPattern && !strings.HasPrefix(label, "_") && !strings.HasPrefix(label, "#") {
				found = append(found, place{label: d.Label.Pos(), name: label, value: d.Value, scope: s, hops: hops, pattern: isPattern})
			}
		case *ast.EmbedDecl:
			for _, t := range w.terms(d.Expr, s, hops) {
				if lit, ok := t.lit.(*ast.StructLit); ok {
					found = append(found, w.members(&scope{t.scope, lit.Elts}, label, t.hops)...)
				}
			}
		case *ast.Comprehension:
			if lit, ok := d.Value.(*ast.StructLit); ok {
				found = append(found, w.members(&scope{s, lit.Elts}, label, hops)...)
			}
		}
	}
	return found
}

// fieldLabel returns a label's name, or that it is a pattern for many.
func fieldLabel(l ast.Label) (name string, pattern bool) {
	if a, ok := l.(*ast.Alias); ok {
		if inner, ok := a.Expr.(ast.Label); ok {
			l = inner
		}
	}
	if _, ok := l.(*ast.ListLit); ok {
		return "", true
	}
	if name, _, err := ast.LabelName(l); err == nil {
		return name, false
	}
	return "", false
}

// terms finds the structs and lists that e is made of.
func (w *walker) terms(e ast.Expr, s *scope, hops int) []term {
	if w.steps--; w.steps < 0 || e == nil {
		return nil
	}
	switch e := e.(type) {
	case *ast.StructLit, *ast.ListLit:
		return []term{{e, s, hops}}
	case *ast.ParenExpr:
		return w.terms(e.X, s, hops)
	case *ast.UnaryExpr:
		return w.terms(e.X, s, hops)
	case *ast.Alias:
		return w.terms(e.Expr, s, hops)
	case *ast.BinaryExpr:
		return append(w.terms(e.X, s, hops), w.terms(e.Y, s, hops)...)
	case *ast.CallExpr:
		var out []term
		for _, a := range e.Args {
			out = append(out, w.terms(a, s, hops)...)
		}
		return out
	}
	var out []term
	for _, pl := range w.follow(e, s, hops) {
		out = append(out, w.terms(pl.value, pl.scope, pl.hops)...)
	}
	return out
}

// follow finds the fields that a reference names.
func (w *walker) follow(e ast.Expr, s *scope, hops int) []place {
	switch e := e.(type) {
	case *ast.Ident:
		for ; s != nil; s = s.outer {
			if found := w.declared(s, e.Name, hops+1); len(found) > 0 {
				return found
			}
		}
	case *ast.SelectorExpr:
		if name, _, err := ast.LabelName(e.Sel); err == nil {
			return w.step(place{value: e.X, scope: s, hops: hops}, name)
		}
	case *ast.IndexExpr:
		if lit, ok := e.Index.(*ast.BasicLit); ok {
			label := lit.Value
			if lit.Kind == token.STRING {
				label, _ = strconv.Unquote(lit.Value)
			}
			return w.step(place{value: e.X, scope: s, hops: hops}, label)
		}
	}
	return nil
}

// declared finds what a name means in the struct of s itself: lexical scope does
// not reach into what is embedded.
func (w *walker) declared(s *scope, name string, hops int) []place {
	var found []place
	for _, d := range s.decls {
		switch d := d.(type) {
		case *ast.Field:
			if n, pattern := fieldLabel(d.Label); !pattern && n == name {
				found = append(found, place{label: d.Label.Pos(), name: name, value: d.Value, scope: s, hops: hops})
			}
			if a, ok := d.Label.(*ast.Alias); ok && a.Ident.Name == name {
				found = append(found, place{label: d.Label.Pos(), name: name, value: d.Value, scope: s, hops: hops})
			}
		case *ast.LetClause:
			if d.Ident.Name == name {
				found = append(found, place{label: d.Ident.Pos(), name: name, value: d.Expr, scope: s, hops: hops})
			}
		}
	}
	return found
}
