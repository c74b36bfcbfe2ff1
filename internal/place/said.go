package place

import (
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Value is one of the values that a field is said to have.
type Value struct {
	Pos token.Pos
	// List tells that it is one; Elements are how many it has, -1 where the syntax
	// does not say that.
	List     bool
	Elements int
	// Referred tells that it stands elsewhere, and the field refers to it.
	Referred bool
}

// Said lists what the user's files say of the field at path, in the order of the
// files, references followed.
func (p *Package) Said(path []string) []Value {
	w := p.walker()
	var all []Value
	for _, pl := range w.said(path) {
		for _, part := range conjuncts(pl.value) {
			found := len(all)
			for _, t := range w.terms(part, pl.scope, pl.hops) {
				lit, isList := t.lit.(*ast.ListLit)
				v := Value{Pos: t.lit.Pos(), List: isList, Elements: -1, Referred: t.hops > 0}
				if isList {
					v.Elements = elements(lit)
				}
				all = append(all, v)
			}
			if found == len(all) && part.Pos().IsValid() {
				all = append(all, Value{Pos: part.Pos(), Elements: -1, Referred: pl.hops > 0})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Value) int { return Compare(a.Pos, b.Pos) })
	return slices.CompactFunc(all, func(a, b Value) bool { return a.Pos == b.Pos })
}

// said are the places of the field at path.
func (w *walker) said(path []string) []Place {
	var here []Place
	for i, label := range path {
		if i == 0 {
			here = w.members(w.pkg.top(), label, 0)
			continue
		}
		var next []Place
		for _, pl := range here {
			next = append(next, w.step(pl, label)...)
		}
		here = next
	}
	return here
}

// conjuncts are the parts of a & b.
func conjuncts(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case nil:
		return nil
	case *ast.ParenExpr:
		return conjuncts(e.X)
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			return append(conjuncts(e.X), conjuncts(e.Y)...)
		}
	}
	return []ast.Expr{e}
}

// elements counts those of a list, or is -1 where the syntax does not say it.
func elements(lit *ast.ListLit) int {
	for _, elt := range lit.Elts {
		if _, made := elt.(*ast.Comprehension); made {
			return -1
		}
	}
	if n := len(lit.Elts); n > 0 {
		if _, open := lit.Elts[n-1].(*ast.Ellipsis); open {
			return n - 1
		}
	}
	return len(lit.Elts)
}

// Alternatives is where the disjunction begins that a place is an operand of.
func (p *Package) Alternatives(pos token.Pos) (begin token.Pos, ok bool) {
	for _, f := range p.allFiles() {
		ast.Walk(f, func(n ast.Node) bool {
			if ok {
				return false
			}
			e, either := n.(*ast.BinaryExpr)
			if either && e.Op == token.OR && slices.Contains(disjuncts(e), pos) {
				begin, ok = e.Pos(), true
			}
			return true
		}, nil)
	}
	return begin, ok
}

// disjuncts are the places of the operands of a | b, without the mark of a default.
func disjuncts(e ast.Expr) []token.Pos {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return disjuncts(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.MUL {
			return disjuncts(e.X)
		}
	case *ast.BinaryExpr:
		if e.Op == token.OR {
			return append(disjuncts(e.X), disjuncts(e.Y)...)
		}
	}
	return []token.Pos{e.Pos()}
}
