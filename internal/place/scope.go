package place

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// scope is what a reference sees: the declarations of the struct that it stands
// in, then of those around it. The outermost one is the package's.
type scope struct {
	outer *scope
	*decls
}

// decls are the declarations of a struct or of the package, by what they say.
// Looking through thousands of fields for each of them would take minutes.
type decls struct {
	named    map[string][]Place // fields, their aliases and let clauses
	aliases  map[string]bool    // names in named that are no fields
	patterns []*ast.Field
	embedded []ast.Expr
}

func newDecls(list []ast.Decl) *decls {
	d := &decls{named: map[string][]Place{}, aliases: map[string]bool{}}
	add := func(name string, label token.Pos, value ast.Expr) {
		d.named[name] = append(d.named[name], Place{Label: label, Name: name, value: value})
	}
	for _, decl := range list {
		switch decl := decl.(type) {
		case *ast.Field:
			label := decl.Label
			if a, ok := label.(*ast.Alias); ok {
				add(a.Ident.Name, label.Pos(), decl.Value)
				d.aliases[a.Ident.Name] = true
				if inner, ok := a.Expr.(ast.Label); ok {
					label = inner
				}
			}
			if _, ok := label.(*ast.ListLit); ok {
				d.patterns = append(d.patterns, decl)
			} else if name, _, err := ast.LabelName(label); err == nil {
				add(name, label.Pos(), decl.Value)
			}
		case *ast.LetClause:
			add(decl.Ident.Name, decl.Ident.Pos(), decl.Expr)
			d.aliases[decl.Ident.Name] = true
		case *ast.EmbedDecl:
			d.embedded = append(d.embedded, decl.Expr)
		case *ast.Comprehension:
			d.embedded = append(d.embedded, decl.Value)
		}
	}
	return d
}

// top is the scope of the package.
func (p *Package) top() *scope {
	d, ok := p.indexed.Load(p)
	if !ok {
		var list []ast.Decl
		for _, f := range p.Files {
			list = append(list, f.Decls...)
		}
		d, _ = p.indexed.LoadOrStore(p, newDecls(list))
	}
	return &scope{decls: d.(*decls)}
}

// inside is the scope of a struct.
func (p *Package) inside(lit *ast.StructLit, outer *scope) *scope {
	d, ok := p.indexed.Load(lit)
	if !ok {
		d, _ = p.indexed.LoadOrStore(lit, newDecls(lit.Elts))
	}
	return &scope{outer, d.(*decls)}
}
