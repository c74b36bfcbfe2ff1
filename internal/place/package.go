// Package place owns where things stand in the user's CUE: the syntax of one CUE
// package, the place of each field in it, and the data that CUE made of it with
// the place of each value.
//
// Bytes come in by file name (Parse) and are a Package, or findings where they
// are none: bad syntax, too much of it, imports, attributes. Package.Find and
// Package.Cycle follow references through the syntax, without evaluating
// anything; Read takes an evaluated value apart; a Source joins the two for one
// environment. It knows no schema: what a field means is left to
// internal/contract. The words in which findings speak of a field are here too,
// since both packages above use them.
package place

import (
	"slices"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// Package is a parsed CUE package of the user. It has at least one file.
type Package struct {
	Dir   string      // where findings are placed that are about no file
	Files []*ast.File // sorted by name
	// Secrets is for whoever knows what they are: what is found later about
	// these files must not show them either.
	Secrets *finding.Secrets

	// The scopes of structs that positions were looked for in: *decls by
	// *ast.StructLit, and by the package itself. Environments of one package
	// may be used from several goroutines.
	indexed sync.Map
}

// Names lists what the user's files define.
func (p *Package) Names() []string {
	var names []string
	for _, f := range p.Files {
		ast.Walk(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				if name, _, err := ast.LabelName(n.Label); err == nil {
					names = append(names, name)
				}
			case *ast.LetClause:
				names = append(names, n.Ident.Name)
			}
			return true
		}, nil)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Cut puts "_", which is anything, in the place of the references in bad.
func (p *Package) Cut(bad []finding.Finding) {
	gone := map[finding.Position]bool{}
	for _, f := range bad {
		gone[f.Position] = true
	}
	for i, f := range p.Files {
		p.Files[i] = astutil.Apply(f, func(c astutil.Cursor) bool {
			if id, ok := c.Node().(*ast.Ident); ok && gone[Position(id.Pos())] {
				top := ast.NewIdent("_")
				ast.SetPos(top, id.Pos())
				c.Replace(top)
			}
			return true
		}, nil).(*ast.File)
	}
}

// RootValue is the place of a value that stands where fields should.
func (p *Package) RootValue() token.Pos {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if e, ok := d.(*ast.EmbedDecl); ok {
				if _, ok := e.Expr.(*ast.StructLit); !ok {
					return e.Pos()
				}
			}
		}
	}
	return p.Files[0].Pos()
}
