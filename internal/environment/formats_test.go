package environment

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every format that explanations hang on still stands in CUE's source, in the
// version of go.mod. When an upgrade of CUE fails here, look for the new text in
// the package named, change the line, and see what TestMistakes says.
func TestFormatsStandInCUE(t *testing.T) {
	root := cueSource(t)
	lines := linesOf(t, "formats.go")
	texts := map[string][]string{}
	for _, f := range formats {
		if texts[f.pkg] == nil {
			texts[f.pkg] = stringsOf(t, filepath.Join(root, filepath.FromSlash(f.pkg)))
		}
		stands := slices.ContainsFunc(texts[f.pkg], func(text string) bool {
			return text == f.begin || !f.whole && strings.HasPrefix(text, f.begin)
		})
		if !stands {
			t.Errorf("formats.go:%d: no string in %s of CUE begins with %q: mistakes of this kind would be explained in general words",
				lines[f.begin], f.pkg, f.begin)
		}
	}
}

// No error is of two kinds: the order of the table does not matter.
func TestFormatsAreApart(t *testing.T) {
	for i, f := range formats {
		for j, g := range formats {
			if i != j && !g.whole && strings.HasPrefix(f.begin, g.begin) {
				t.Errorf("%q begins with %q", f.begin, g.begin)
			}
		}
	}
}

// cueSource is where the module cache has CUE.
func cueSource(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "cuelang.org/go").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("the source of cuelang.org/go is not in the module cache (go mod download cuelang.org/go): %v", err)
	}
	return dir
}

// stringsOf lists the strings in a package's source, its tests aside.
func stringsOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	var all []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		eachString(t, name, func(text string, _ int) { all = append(all, text) })
	}
	return all
}

// linesOf tells on which line of a file a string stands first.
func linesOf(t *testing.T, name string) map[string]int {
	t.Helper()
	lines := map[string]int{}
	eachString(t, name, func(text string, line int) {
		if lines[text] == 0 {
			lines[text] = line
		}
	})
	return lines
}

func eachString(t *testing.T, name string, do func(text string, line int)) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(fmt.Errorf("read %s: %w", name, err))
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				do(text, fset.Position(lit.Pos()).Line)
			}
		}
		return true
	})
}
