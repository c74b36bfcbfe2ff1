package contract

import (
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"github.com/google/go-cmp/cmp"
)

// The one file says what the files of schema/ say, definition for definition,
// and is formatted as CUE's command does.
func TestSource(t *testing.T) {
	src, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	one, err := parser.ParseFile("schema.cue", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	formatted, err := format.Node(one)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(formatted), string(src)); diff != "" {
		t.Errorf("format (-want +got):\n%s", diff)
	}
	files, err := schemaFiles()
	if err != nil {
		t.Fatal(err)
	}
	want, got := definitions(t, files...), definitions(t, one)
	if len(want) == 0 {
		t.Fatal("no definitions")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("definitions (-want +got):\n%s", diff)
	}
	if one.PackageName() != "schema" {
		t.Errorf("package %q", one.PackageName())
	}
}

// definitions are the texts of all fields at the top, with their comments.
func definitions(t *testing.T, files ...*ast.File) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, f := range files {
		for _, d := range f.Decls {
			field, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			name, _, err := ast.LabelName(field.Label)
			if err != nil {
				t.Fatal(err)
			}
			text, err := format.Node(field)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = docOf(field) + "\n" + string(text)
		}
	}
	return all
}
