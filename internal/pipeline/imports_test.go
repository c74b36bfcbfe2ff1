package pipeline

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// ground is what all generators stand on.
var ground = map[string]bool{
	"github.com/whiskops/whiskops/internal/krm":      true,
	"github.com/whiskops/whiskops/internal/pods":     true,
	"github.com/whiskops/whiskops/internal/quantity": true,
	"github.com/whiskops/whiskops/internal/value":    true,
	// A program's text, which says nothing of OpenWhisk.
	"github.com/whiskops/whiskops/schema/catalog/again": true,
}

// TestGeneratorsStandAlone: a generator knows no other one, and of whiskops
// nothing but the ground that all stand on.
func TestGeneratorsStandAlone(t *testing.T) {
	files, err := filepath.Glob("../../generators/*/*.go")
	if err != nil || len(files) < 11 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if strings.HasPrefix(path, "github.com/whiskops/") && !ground[path] {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}
