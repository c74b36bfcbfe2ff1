package environment

import (
	"fmt"
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// lift takes the contract out of a package that imports it: a reference to one
// of its definitions becomes "_". The user's files are evaluated without the
// contract, and every environment is held to it afterwards, so that nothing is
// lost, and what the user did not write stays unwritten.
func lift(con *contract.Contract, pkg *place.Package) []finding.Finding {
	var found []finding.Finding
	for i, f := range pkg.Files {
		l := lifter{contract: con, used: map[*ast.ImportSpec]bool{}}
		for spec := range f.ImportSpecs() {
			if name, err := strconv.Unquote(spec.Path.Value); err == nil && ast.ParseImportPath(name).Path == contract.ImportPath {
				l.used[spec] = false
			}
		}
		if len(l.used) == 0 {
			continue
		}
		f = astutil.Apply(f, nil, l.replace).(*ast.File)
		f.Decls = slices.DeleteFunc(f.Decls, l.spent)
		pkg.Files[i] = f
		found = append(found, l.found...)
	}
	return found
}

type lifter struct {
	contract *contract.Contract
	used     map[*ast.ImportSpec]bool
	found    []finding.Finding
}

// replace is called for each node after those below it.
func (l *lifter) replace(c astutil.Cursor) bool {
	sel, ok := c.Node().(*ast.SelectorExpr)
	if !ok {
		return true
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return true
	}
	spec, ok := id.Node.(*ast.ImportSpec)
	if _, ours := l.used[spec]; !ok || !ours {
		return true
	}
	l.used[spec] = true
	name, _, _ := ast.LabelName(sel.Sel)
	if known := l.contract.Names(); !slices.Contains(known, name) {
		help := "`whiskops schema --cue` prints the contract"
		if better := place.Suggest(name, known); better != "" {
			help = fmt.Sprintf("did you mean %q?", better)
		}
		l.found = append(l.found, place.At(sel.Sel.Pos(), place.CodeReference, "", fmt.Sprintf("the contract has no %q", name), help))
	}
	top := ast.NewIdent("_")
	ast.SetPos(top, sel.Pos())
	c.Replace(top)
	return true
}

// spent tells whether nothing is left of a declaration: of an import that was
// used, and of what says of all fields that they are anything, where positions
// would be looked for.
func (l *lifter) spent(d ast.Decl) bool {
	switch d := d.(type) {
	case *ast.ImportDecl:
		d.Specs = slices.DeleteFunc(d.Specs, func(s *ast.ImportSpec) bool { return l.used[s] })
		return len(d.Specs) == 0
	case *ast.Field:
		_, pattern := d.Label.(*ast.ListLit)
		id, ok := d.Value.(*ast.Ident)
		return ok && pattern && id.Name == "_"
	}
	return false
}
