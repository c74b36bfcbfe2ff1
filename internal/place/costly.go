package place

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// Costly is the place of the top-level declaration that has the most to
// calculate: loops, calls, alternatives and interpolations. CUE does not tell
// what it is at, so this is where to look first. There is none where nothing is
// calculated.
func (p *Package) Costly() (at finding.Position, ok bool) {
	most := 0
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if n := calculations(d); n > most {
				most, at = n, Position(d.Pos())
			}
		}
	}
	return at, most > 0
}

func calculations(d ast.Decl) int {
	n := 0
	ast.Walk(d, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ForClause, *ast.CallExpr, *ast.Interpolation:
			n++
		case *ast.BinaryExpr:
			if node.Op == token.OR {
				n++
			}
		}
		return true
	}, nil)
	return n
}
