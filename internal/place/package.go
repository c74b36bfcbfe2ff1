// Package place owns where things stand in the user's CUE: the syntax of one CUE
// package, the place of each field in it, and the data that CUE made of it with
// the place of each value.
//
// Bytes come in by file name (Parse) and are a Package, or findings where they
// are none: bad syntax, too much of it or of what it would become, attributes.
// Package.Find and Package.Cycle follow references through the syntax, without
// evaluating anything; Read takes an evaluated value apart; a Source joins the two for one
// environment. It knows no schema: what a field means is left to
// internal/contract. The words in which findings speak of a field are here too,
// since both packages above use them.
package place

import (
	"maps"
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

	// Imported are the packages of the same repository that it uses, by import
	// path. Whoever made the Package has put them there.
	Imported map[string]*Package

	// The scopes of structs that positions were looked for in: *decls by
	// *ast.StructLit, and by the package itself. Environments of one package
	// may be used from several goroutines.
	indexed sync.Map
}

// All are the package and those that it imports, directly or not, each once.
func (p *Package) All() []*Package {
	all := []*Package{p}
	for i := 0; i < len(all); i++ {
		for _, name := range slices.Sorted(maps.Keys(all[i].Imported)) {
			if other := all[i].Imported[name]; !slices.Contains(all, other) {
				all = append(all, other)
			}
		}
	}
	return all
}

func (p *Package) allFiles() []*ast.File {
	var files []*ast.File
	for _, q := range p.All() {
		files = append(files, q.Files...)
	}
	return files
}

// Has tells whether a place is in a file of the package or of one that it
// imports: the evaluator knows places in texts that it decoded, too.
func (p *Package) Has(pos token.Pos) bool {
	return pos.IsValid() && slices.ContainsFunc(p.allFiles(), func(f *ast.File) bool { return f.Filename == pos.Filename() })
}

// Names lists what the user's files define.
func (p *Package) Names() []string {
	var names []string
	for _, f := range p.allFiles() {
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
	p.put(bad, func(at token.Pos) ast.Expr {
		top := ast.NewIdent("_")
		ast.SetPos(top, at)
		return top
	})
}

// Void puts "_|_", which is a mistake wherever it comes, in the places in which Cut
// put "_": whoever refers to one of them has a mistake then.
func (p *Package) Void(bad []finding.Finding) {
	p.put(bad, func(at token.Pos) ast.Expr { return &ast.BottomLit{Bottom: at} })
}

func (p *Package) put(bad []finding.Finding, with func(token.Pos) ast.Expr) {
	gone := map[finding.Position]bool{}
	for _, f := range bad {
		gone[f.Position] = true
	}
	for _, q := range p.All() {
		for i, f := range q.Files {
			q.Files[i] = put(f, gone, with)
		}
	}
}

func put(f *ast.File, gone map[finding.Position]bool, with func(token.Pos) ast.Expr) *ast.File {
	return astutil.Apply(f, func(c astutil.Cursor) bool {
		if id, ok := c.Node().(*ast.Ident); ok && gone[Position(id.Pos())] {
			c.Replace(with(id.Pos()))
		}
		return true
	}, nil).(*ast.File)
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
