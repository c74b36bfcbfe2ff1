package place

import (
	"maps"
	"path"
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Literals finds the literals that the values of some fields are made of: those
// in the values, and those in whatever these refer to, in any file. wanted
// chooses fields by their labels, from the top of a file or from the name of a
// let clause, and by whether a struct is written there. A name that nothing defines comes as what it may be: a string
// without its quotes. In doubt there are too many: nothing is evaluated.
func (p *Package) Literals(wanted func(labels []string, isStruct bool) bool) []ast.Expr {
	f := &flow{w: p.walker(), wanted: wanted, named: map[string][]Place{}, seen: map[ast.Node]bool{}}
	for _, file := range p.Files {
		for spec := range file.ImportSpecs() {
			f.imports = append(f.imports, importName(spec))
		}
		for _, d := range file.Decls {
			f.visit(d, p.top(), nil)
		}
	}
	for _, pl := range f.begin {
		f.mark(pl.value, pl.scope)
	}
	return f.found
}

func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	name, _ := strconv.Unquote(spec.Path.Value)
	return path.Base(name)
}

// flow is the search of Literals.
type flow struct {
	w       *walker
	wanted  func([]string, bool) bool
	begin   []Place            // the values that were asked for
	named   map[string][]Place // everything that has a name
	imports []string
	seen    map[ast.Node]bool
	found   []ast.Expr
	guesses int // how many names were looked for that nothing has
}

// maxGuesses: each compares a name with all others. Of more mistakes than these
// none is read to its end.
const maxGuesses = 20

// visit collects what has a name, and the fields that are wanted.
func (f *flow) visit(n ast.Node, s *scope, labels []string) {
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StructLit:
			inner := f.w.pkg.inside(n, s)
			for _, d := range n.Elts {
				f.visit(d, inner, labels)
			}
			return false
		case *ast.Field:
			f.field(n, s, labels)
			return false
		case *ast.LetClause:
			f.name(n.Ident.Name, n.Expr, s)
			f.below(n.Expr, s, []string{n.Ident.Name})
			return false
		case *ast.Alias:
			f.name(n.Ident.Name, n.Expr, s)
		case *ast.ForClause:
			for _, id := range []*ast.Ident{n.Key, n.Value} {
				if id != nil {
					f.name(id.Name, n.Source, s)
				}
			}
		}
		return true
	}, nil)
}

func (f *flow) field(n *ast.Field, s *scope, labels []string) {
	label := n.Label
	if a, ok := label.(*ast.Alias); ok {
		f.name(a.Ident.Name, n.Value, s)
		label, _ = a.Expr.(ast.Label)
	}
	name := ""
	if label != nil {
		name, _, _ = ast.LabelName(label)
	}
	f.name(name, n.Value, s)
	f.below(n.Value, s, append(labels[:len(labels):len(labels)], name))
}

func (f *flow) below(value ast.Expr, s *scope, labels []string) {
	_, isStruct := value.(*ast.StructLit)
	if f.wanted(labels, isStruct) {
		f.begin = append(f.begin, Place{value: value, scope: s})
	}
	f.visit(value, s, labels)
}

func (f *flow) name(name string, value ast.Expr, s *scope) {
	f.named[name] = append(f.named[name], Place{value: value, scope: s})
}

// mark takes all literals of a value.
func (f *flow) mark(n ast.Node, s *scope) {
	if n == nil || f.seen[n] {
		return
	}
	f.seen[n] = true
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StructLit:
			inner := f.w.pkg.inside(n, s)
			for _, d := range n.Elts {
				f.mark(d, inner)
			}
			return false
		case *ast.Field:
			f.mark(n.Value, s)
			return false
		case *ast.BasicLit:
			// What has no place is a bound of ours: see guard.go.
			if n.Pos().IsValid() && slices.Contains([]token.Token{token.STRING, token.INT, token.FLOAT, token.INTERPOLATION}, n.Kind) {
				f.found = append(f.found, n)
			}
		case *ast.ForClause:
			f.mark(n.Source, s)
			return false
		case *ast.LetClause:
			f.mark(n.Expr, s)
			return false
		case *ast.SelectorExpr, *ast.IndexExpr, *ast.Ident:
			f.refer(n.(ast.Expr), s)
			return false
		}
		return true
	}, nil)
}

// refer takes the literals of what an expression refers to. Where that cannot
// be told, it is everything of that name.
func (f *flow) refer(e ast.Expr, s *scope) {
	f.w = f.w.pkg.walker() // each reference has its own number of steps
	next := f.w.follow(e, s, 0)
	if len(next) == 0 {
		switch e := e.(type) {
		case *ast.Ident:
			next = f.meant(e.Name)
			if len(f.named[e.Name]) == 0 && ast.IsValidIdent(e.Name) && !predeclared(e.Name) && !slices.Contains(f.imports, e.Name) {
				f.found = append(f.found, e)
			}
		case *ast.SelectorExpr:
			name, _, _ := ast.LabelName(e.Sel)
			next = f.meant(name)
			f.mark(e.X, s)
		case *ast.IndexExpr:
			f.mark(e.X, s)
		}
	}
	for _, pl := range next {
		f.mark(pl.value, pl.scope)
	}
}

// meant is everything of a name, or of the one that it was most likely meant to
// be.
func (f *flow) meant(name string) []Place {
	if found := f.named[name]; len(found) > 0 {
		return found
	}
	if f.guesses++; f.guesses > maxGuesses {
		return nil
	}
	return f.named[Suggest(name, slices.Sorted(maps.Keys(f.named)))]
}

// predeclared are the names that CUE itself defines, and "_".
func predeclared(name string) bool {
	return slices.Contains([]string{
		"_", "string", "bytes", "number", "int", "float", "bool", "null", "true", "false", "uint", "len", "close",
		"and", "or", "div", "mod", "quo", "rem", "error", "self",
	}, name)
}
