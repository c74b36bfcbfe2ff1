package contract

import (
	"regexp"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"github.com/whiskops/whiskops/internal/place"
)

func contractOf(t testing.TB) *Contract {
	t.Helper()
	con, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return con
}

// Every field and every definition has a comment, and a form says by an example
// what it wants.
func TestSchemaIsDocumented(t *testing.T) {
	files, err := schemaFiles()
	if err != nil {
		t.Fatal(err)
	}
	s := newShapes(files)
	for name, doc := range s.docs {
		if doc == "" {
			t.Errorf("%s has no comment", name)
		}
		if name == "#Base" || name == "#ListDefaults" {
			continue // they are data
		}
		sh, err := s.definition(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(sh.Forms) > 0 && !regexp.MustCompile(`^an? .*(for example|[0-9]{2})`).MatchString(sh.Want()) {
			t.Errorf("%s is a form, but its comment is no answer to \"want what?\": %q", name, sh.Want())
		}
		var walk func(path string, sh *Shape)
		walk = func(path string, sh *Shape) {
			for _, f := range sh.Fields {
				if f.Doc == "" {
					t.Errorf("%s.%s has no comment", path, f.Label)
				}
				walk(path+"."+f.Label, f.Shape)
			}
			if sh.Kind == cue.IntKind && (sh.Low == nil || sh.High == nil) {
				t.Errorf("%s has no bounds: a Go int overflows", path)
			}
			if len(sh.Forms) > 0 && sh.Def == "" {
				t.Errorf("%s has a regular expression without a definition that explains it", path)
			}
			if sh.Values != nil {
				walk(path+"[]", sh.Keys)
				walk(path+".*", sh.Values)
			}
			if sh.Elem != nil {
				walk(path+"[]", sh.Elem)
			}
		}
		walk(name, sh)
	}
	// A default on a list makes later unification ambiguous.
	for _, f := range files {
		ast.Walk(f, func(n ast.Node) bool {
			if b, ok := n.(*ast.BinaryExpr); ok {
				if _, list := b.Y.(*ast.ListLit); list {
					t.Errorf("%s: a list in a disjunction or a conjunction", b.Pos())
				}
			}
			return true
		}, nil)
	}
}

// The defaults themselves have the right form: the checker does not look at
// them, and what is more, it takes a default for one of the values allowed.
func TestDefaultsAreValid(t *testing.T) {
	con := contractOf(t)
	n := place.Read(con.value.LookupPath(cue.ParsePath("#Base"))).Merge(con.fill)
	if fs := con.Check(&place.Source{Package: &place.Package{}, Name: "base", Data: n}, false); len(fs) > 0 {
		t.Errorf("the defaults have findings: %v", fs)
	}
}
