package docs

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write coverage.md")

// row of the table: what there is, and what shows it.
type row struct {
	What, Chart, Operator, Whiskops, Why string
	Tests                                []string
}

type section struct {
	Title string
	Rows  []row
}

func sections(t *testing.T) []section {
	t.Helper()
	text, err := os.ReadFile("coverage.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Sections []section }
	if err := yaml.UnmarshalStrict(text, &read); err != nil {
		t.Fatal(err)
	}
	return read.Sections
}

const coverageHead = `<!-- Generated of docs/coverage.yaml; do not edit, run ` + "`go test ./docs -update`" + `. -->
# What there is

Row by row: the Helm chart (apache/openwhisk-deploy-kube, 108f3275 of July 2024), openserverless-operator (apache/openserverless-operator,
df1734f7 of July 2026) and whiskops. The first two were read, and not run. A yes of whiskops has the names of tests that fail without it;
a no has the reason.
`

// TestCoverage: coverage.md is what coverage.yaml says, and each word of it has what
// it needs.
func TestCoverage(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(coverageHead)
	seen, yes, all := map[string]bool{}, 0, 0
	for _, s := range sections(t) {
		fmt.Fprintf(&b, "\n## %s\n\n| what | chart | operator | whiskops | shown by, or why not |\n|---|---|---|---|---|\n", s.Title)
		for _, r := range s.Rows {
			if seen[r.What] || r.What == "" || r.Chart == "" || r.Operator == "" {
				t.Errorf("%q is there twice, or says nothing of the others", r.What)
			}
			seen[r.What] = true
			all++
			tests, why := len(r.Tests) > 0, r.Why != ""
			switch r.Whiskops {
			case "yes":
				yes++
				if !tests || why {
					t.Errorf("%q: a yes has tests, and no reason", r.What)
				}
			case "partly":
				if !tests || !why {
					t.Errorf("%q: a partly has tests and a reason", r.What)
				}
			case "no":
				if tests || !why {
					t.Errorf("%q: a no has a reason, and no tests", r.What)
				}
			default:
				t.Errorf("%q: whiskops is %q", r.What, r.Whiskops)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.What, r.Chart, r.Operator, r.Whiskops, shown(r))
		}
	}
	fmt.Fprintf(&b, "\n%d rows, of which whiskops has %d whole.\n", all, yes)
	if *update {
		if err := os.WriteFile("coverage.md", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(got)); diff != "" {
		t.Errorf("coverage.md is not what is made, which `go test ./docs -update` does (-want +got):\n%s", diff)
	}
}

func shown(r row) string {
	var parts []string
	for _, name := range r.Tests {
		parts = append(parts, "`"+name+"`")
	}
	words := strings.Join(parts, ", ")
	if words != "" && r.Why != "" {
		words += "; "
	}
	return words + r.Why
}

// TestCoverageNamesTests: a test that a row names is in the tree.
func TestCoverageNamesTests(t *testing.T) {
	for _, s := range sections(t) {
		for _, r := range s.Rows {
			for _, name := range r.Tests {
				if !there(t, name) {
					t.Errorf("%q names %s, which is not in the tree", r.What, name)
				}
			}
		}
	}
}

// there tells whether a folder has a test of a name.
func there(t *testing.T, name string) bool {
	t.Helper()
	folder, test, ok := strings.Cut(name, " ")
	if !ok {
		return false
	}
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(t \*testing\.T\)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if declared.Match(text) {
			return true
		}
	}
	return false
}

// TestThere: what looks for tests would miss one that is gone.
func TestThere(t *testing.T) {
	for name, want := range map[string]bool{"docs TestThere": true, "docs TestTher": false, "docs": false, "nowhere TestThere": false} {
		if got := there(t, name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
