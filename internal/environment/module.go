package environment

import (
	"fmt"
	"regexp"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
	"golang.org/x/mod/semver"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

const helpModule = `give the module a name of your own, for example "openwhisk.example@v0"`

// modulePath is a path as CUE takes it for a module's: parts between
// slashes, and a major version.
var modulePath = regexp.MustCompile(`^[a-zA-Z0-9][-a-zA-Z0-9._~]*(/[-a-zA-Z0-9._~]+)*(@v[0-9]+)?$`)

// stated is a text of a module's file, and where it stands, if it is there.
type stated struct {
	pos  token.Pos
	text string
}

// said is what whiskops reads of cue.mod/module.cue.
type said struct{ path, version stated }

// moduleOf reads the file, which is data: what CUE's own command would refuse is
// told at its place. A module without a name has no packages, and is fine.
func moduleOf(pkg *place.Package) (said, []finding.Finding) {
	m := said{}
	if at := pkg.RootValue(); at.IsValid() && !fields(pkg.Files[0].Decls) {
		return m, wrongModule(at, "", "the file of the module is no list of fields", `write module: "openwhisk.example@v0" and language: version: "`+cue.LanguageVersion()+`"`)
	}
	top := map[string]ast.Expr{}
	collect(pkg.Files[0].Decls, top)
	found := m.path.read(top["module"], "module", helpModule)
	helpVersion := fmt.Sprintf("write language: version: %q", cue.LanguageVersion())
	switch language := top["language"].(type) {
	case nil:
	case *ast.StructLit:
		inner := map[string]ast.Expr{}
		collect(language.Elts, inner)
		found = append(found, m.version.read(inner["version"], "language.version", helpVersion)...)
	default:
		found = append(found, wrongModule(language.Pos(), "language", `"language" is no struct`, helpVersion)...)
	}
	if len(found) > 0 {
		return m, found
	}
	if at := m.path; at.pos.IsValid() && !modulePath.MatchString(at.text) {
		found = wrongModule(at.pos, "module", fmt.Sprintf("%q is no name of a module", place.Shorten(at.text)), helpModule)
	}
	if at := m.version; at.pos.IsValid() && !semver.IsValid(at.text) {
		found = append(found, wrongModule(at.pos, "language.version", fmt.Sprintf("%q is no version of CUE", place.Shorten(at.text)), helpVersion)...)
	}
	return m, found
}

// read takes the text of a field, which may be absent.
func (t *stated) read(value ast.Expr, field, help string) []finding.Finding {
	if value == nil {
		return nil
	}
	if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if s, err := literal.Unquote(lit.Value); err == nil {
			*t = stated{lit.Pos(), s}
			return nil
		}
	}
	name := field[strings.LastIndexByte(field, '.')+1:]
	return wrongModule(value.Pos(), field, fmt.Sprintf("%q is not a string", name), help)
}

func wrongModule(at token.Pos, field, message, help string) []finding.Finding {
	return []finding.Finding{place.At(at, place.CodeModule, field, message, help)}
}

// fields tells that there is nothing but fields, and what comes before them.
func fields(list []ast.Decl) bool {
	for _, d := range list {
		if e, ok := d.(*ast.EmbedDecl); ok {
			if s, ok := e.Expr.(*ast.StructLit); !ok || !fields(s.Elts) {
				return false
			}
		}
	}
	return true
}

// collect takes fields by their names; of structs that are written in parts, all.
func collect(list []ast.Decl, into map[string]ast.Expr) {
	for _, d := range list {
		switch d := d.(type) {
		case *ast.EmbedDecl:
			if s, ok := d.Expr.(*ast.StructLit); ok {
				collect(s.Elts, into)
			}
		case *ast.Field:
			name, _, err := ast.LabelName(d.Label)
			if err != nil {
				continue
			}
			before, ok := into[name].(*ast.StructLit)
			if now, both := d.Value.(*ast.StructLit); ok && both {
				into[name] = &ast.StructLit{Lbrace: before.Lbrace, Elts: append(before.Elts[:len(before.Elts):len(before.Elts)], now.Elts...)}
				continue
			}
			into[name] = d.Value
		}
	}
}
