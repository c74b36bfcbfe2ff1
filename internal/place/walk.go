package place

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Place is where a field stands in the user's files.
type Place struct {
	Label token.Pos // the field's label, or the element of a list
	Name  string

	value ast.Expr
	scope *scope
	// What makes one place better than another: fewer references on the way,
	// a value that is written out, no pattern in the place of the label.
	hops    int
	pattern bool
}

// ValuePos is the place of the field's value.
func (p Place) ValuePos() token.Pos {
	if p.value == nil || !p.value.Pos().IsValid() {
		return p.Label
	}
	return p.value.Pos()
}

func (p Place) rank() int {
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

// Find looks for the field at path, whose first label is the environment. The
// Place is the best one, or that of the longest beginning of path that the
// user wrote: then it is not whole.
func (p *Package) Find(path []string) (best Place, whole bool) {
	w := p.walker()
	var here []Place
	for i, label := range path {
		var next []Place
		if i == 0 {
			next = w.members(p.top(), label, 0)
		} else {
			for _, pl := range here {
				next = append(next, w.step(pl, label)...)
			}
		}
		if len(next) == 0 {
			return best, false
		}
		slices.SortStableFunc(next, func(a, b Place) int { return a.rank() - b.rank() })
		here, best = next, next[0]
	}
	return best, len(path) > 0
}

// walker follows references. Its steps are counted, because references may form
// a cycle or grow exponentially.
type walker struct {
	pkg   *Package
	steps int
}

func (p *Package) walker() *walker { return &walker{p, 20000} }

// step finds label in the value at pl.
func (w *walker) step(pl Place, label string) []Place {
	var found []Place
	i, isIndex := Index(label)
	if n, err := strconv.Atoi(label); err == nil && !isIndex {
		i, isIndex = n, true
	}
	for _, t := range w.terms(pl.value, pl.scope, pl.hops) {
		switch lit := t.lit.(type) {
		case *ast.StructLit:
			found = append(found, w.members(w.pkg.inside(lit, t.scope), label, t.hops)...)
		case *ast.ListLit:
			if isIndex && i >= 0 && i < len(lit.Elts) {
				if _, open := lit.Elts[i].(*ast.Ellipsis); !open {
					found = append(found, Place{Label: lit.Elts[i].Pos(), value: lit.Elts[i], scope: t.scope, hops: t.hops})
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
func (w *walker) members(s *scope, label string, hops int) []Place {
	if w.steps--; w.steps < 0 {
		return nil
	}
	var found []Place
	if !s.aliases[label] {
		found = s.places(label, hops)
	}
	if !strings.HasPrefix(label, "_") && !strings.HasPrefix(label, "#") {
		for _, f := range s.patterns {
			found = append(found, Place{Label: f.Label.Pos(), Name: label, value: f.Value, scope: s, hops: hops, pattern: true})
		}
	}
	for _, e := range s.embedded {
		for _, t := range w.terms(e, s, hops) {
			if lit, ok := t.lit.(*ast.StructLit); ok {
				found = append(found, w.members(w.pkg.inside(lit, t.scope), label, t.hops)...)
			}
		}
	}
	return found
}

// places returns what a name means in the struct itself: lexical scope does not
// reach into what is embedded.
func (s *scope) places(name string, hops int) []Place {
	found := slices.Clone(s.named[name])
	for i := range found {
		found[i].scope, found[i].hops = s, hops
	}
	return found
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
func (w *walker) follow(e ast.Expr, s *scope, hops int) []Place {
	switch e := e.(type) {
	case *ast.Ident:
		for ; s != nil; s = s.outer {
			if found := s.places(e.Name, hops+1); len(found) > 0 {
				return found
			}
		}
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(e.Sel)
		if err != nil {
			return nil
		}
		if id, ok := e.X.(*ast.Ident); ok {
			if spec, ok := id.Node.(*ast.ImportSpec); ok {
				return w.imported(spec, name, hops+1)
			}
		}
		return w.step(Place{value: e.X, scope: s, hops: hops}, name)
	case *ast.IndexExpr:
		if lit, ok := e.Index.(*ast.BasicLit); ok {
			label := lit.Value
			if lit.Kind == token.STRING {
				label, _ = strconv.Unquote(lit.Value)
			}
			return w.step(Place{value: e.X, scope: s, hops: hops}, label)
		}
	}
	return nil
}

// imported finds a field of another package.
func (w *walker) imported(spec *ast.ImportSpec, name string, hops int) []Place {
	path, err := strconv.Unquote(spec.Path.Value)
	if other := w.pkg.Imported[path]; err == nil && other != nil {
		inner := walker{other, w.steps}
		found := inner.members(other.top(), name, hops)
		w.steps = inner.steps
		return found
	}
	return nil
}

// term is a struct or list that an expression stands for.
type term struct {
	lit   ast.Expr
	scope *scope
	hops  int
}
