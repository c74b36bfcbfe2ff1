package catalog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// witnesses are the packages that know OpenWhisk by themselves, to judge what
// the catalogue says.
var witnesses = []string{"internal/whiskenv/oracle"}

// Go names no component and none of their Services: what there is, the catalogue
// says, and nothing that Go forgets can be wrong.
func TestGoNamesNoComponent(t *testing.T) {
	names := map[string]bool{}
	for _, release := range Releases() {
		c, err := Load(release)
		if err != nil {
			t.Fatal(err)
		}
		names[c.Edge.Internal] = true
		for name, component := range c.Components {
			names[name] = true
			services, _ := component.Workload["services"].([]any)
			for _, s := range services {
				service, _ := s.(map[string]any)
				name, _ := service["name"].(string)
				names[name] = true
			}
		}
	}
	root := filepath.Join("..", "..")
	read := 0
	for _, top := range []string{"cmd", "generators", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			at, _ := filepath.Rel(root, path)
			for _, w := range witnesses {
				if strings.HasPrefix(filepath.ToSlash(at), w+"/") {
					return nil
				}
			}
			read++
			return eachString(path, func(pos token.Position, text string) {
				if named(names, text) {
					t.Errorf("%s:%d names a component: %q", at, pos.Line, text)
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("%d files were read", read)
	}
}

// named tells whether a text is a name, or a host or the pattern of one.
func named(names map[string]bool, text string) bool {
	if names[text] {
		return true
	}
	first, _, _ := strings.Cut(text, "-%d")
	return first != text && names[first]
}

// eachString of a Go file, but for import paths and tags.
func eachString(path string, do func(token.Position, string)) error {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		return err
	}
	skip := map[*ast.BasicLit]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			skip[n.Path] = true
		case *ast.Field:
			skip[n.Tag] = true
		case *ast.BasicLit:
			if n.Kind == token.STRING && !skip[n] {
				text, err := strconv.Unquote(n.Value)
				if err == nil {
					do(files.Position(n.Pos()), text)
				}
			}
		}
		return true
	})
	return nil
}
