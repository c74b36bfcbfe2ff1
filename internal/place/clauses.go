package place

import (
	"fmt"
	"path"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// checkClauses holds all files to the package clause of the first one.
func (p *Package) checkClauses() []finding.Finding {
	var fs []finding.Finding
	first := p.Files[0]
	want := first.PackageName()
	for _, f := range p.Files[1:] {
		got := f.PackageName()
		if got == want {
			continue
		}
		help := fmt.Sprintf("write \"package %s\", as in %s", want, path.Base(first.Filename))
		if want == "" {
			help = fmt.Sprintf("%s has no package clause: write the same one in every file", path.Base(first.Filename))
		}
		if got == "" {
			fs = append(fs, About(f.Filename, CodePackage, "the file has no package clause, but others of the directory have", help))
			continue
		}
		message := fmt.Sprintf("package %q differs from %q", got, want)
		if want == "" {
			message = fmt.Sprintf("package %q, but other files of the directory have no package clause", got)
		}
		fs = append(fs, At(clausePos(f), CodePackage, "", message, help))
	}
	return fs
}

func clausePos(f *ast.File) token.Pos {
	for _, d := range f.Decls {
		if c, ok := d.(*ast.Package); ok {
			return c.Name.Pos()
		}
	}
	return f.Pos()
}

// checkAttributes refuses what makes CUE look outside the package (@extern with
// @embed reads files) or changes its meaning (@if, @experiment).
func (p *Package) checkAttributes() []finding.Finding {
	var fs []finding.Finding
	for _, f := range p.Files {
		ast.Walk(f, func(n ast.Node) bool {
			a, ok := n.(*ast.Attribute)
			if !ok {
				return true
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(a.Text, "@"), "(")
			switch name {
			case "extern", "embed", "if", "ignore", "experiment":
				fs = append(fs, At(a.At, CodeImport, "", fmt.Sprintf("attribute @%s is not allowed", name), "write the values themselves: an environment is made of the files of this directory alone"))
			}
			return true
		}, nil)
	}
	return fs
}

// IsAlias tells whether `name = value` stands at a place, in a file of the
// package or of one that it imports.
func (p *Package) IsAlias(pos token.Pos) bool {
	found := false
	for _, f := range p.allFiles() {
		ast.Walk(f, func(n ast.Node) bool {
			alias, ok := n.(*ast.Alias)
			found = found || ok && Position(alias.Pos()) == Position(pos)
			return !found
		}, nil)
	}
	return found
}
