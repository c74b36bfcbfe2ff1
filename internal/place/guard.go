package place

import (
	"cmp"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// One call can ask for more memory than the machine has, and Go ends a process
// that does so on the spot, before any budget is looked at. Where the sizes can be
// read from the syntax they are weighed; the others get a bound that the
// evaluator holds them to.

// guards are the arguments of CUE's functions by which a result becomes larger
// than what is given. Their largest product is some GiB, which a machine has and a
// budget notices.
var guards = map[string][]struct {
	arg   int
	most  int
	runes bool // of a text; else the number itself
}{
	"strings.Repeat":      {{arg: 0, most: 1 << 18, runes: true}, {arg: 1, most: 1 << 12}},
	"strings.Replace":     {{arg: 0, most: 1 << 20, runes: true}, {arg: 2, most: 1 << 10, runes: true}},
	"strings.Join":        {{arg: 1, most: 1 << 12, runes: true}},
	"list.Repeat":         {{arg: 1, most: maxValues}},
	"math/bits.Lsh":       {{arg: 1, most: 1 << 12}},
	"strconv.FormatFloat": {{arg: 2, most: 1 << 12}},
}

// function is the name of what is called, with its package's path; "" if it is no
// function of a package.
func (s *scale) function(e *ast.CallExpr) (name string, pkg *ast.Ident) {
	sel, ok := e.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", nil
	}
	pkg, _ = sel.X.(*ast.Ident)
	label, _, err := ast.LabelName(sel.Sel)
	if pkg == nil || err != nil {
		return "", nil
	}
	return cmp.Or(s.imported[pkg.Name], pkg.Name) + "." + label, pkg
}

// guard bounds what could not be weighed, wherever in the files it stands.
func (s *scale) guard() {
	for _, f := range s.walk.pkg.Files {
		ast.Walk(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, pkg := s.function(call)
			for _, g := range guards[name] {
				switch {
				case g.arg >= len(call.Args):
				case g.runes:
					call.Args[g.arg] = atMost(call.Args[g.arg], runes(pkg, g.most))
				case !s.numbers[call.Args[g.arg]].ok:
					call.Args[g.arg] = atMost(call.Args[g.arg], &ast.UnaryExpr{Op: token.LEQ, X: number(g.most)})
				}
			}
			return true
		}, nil)
	}
}

// atMost is an expression with a bound, which has no place: so Bounded knows it.
func atMost(e, bound ast.Expr) ast.Expr {
	return &ast.BinaryExpr{X: &ast.ParenExpr{X: e}, Op: token.AND, Y: bound}
}

func runes(strings *ast.Ident, most int) ast.Expr {
	pkg := ast.NewIdent(strings.Name)
	pkg.Node, pkg.Scope = strings.Node, strings.Scope
	return &ast.CallExpr{Fun: &ast.SelectorExpr{X: pkg, Sel: ast.NewIdent("MaxRunes")}, Args: []ast.Expr{number(most)}}
}

func number(n int) ast.Expr { return ast.NewLit(token.INT, strconv.Itoa(n)) }
