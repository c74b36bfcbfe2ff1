package report

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/whiskops/whiskops/docs"
	"github.com/whiskops/whiskops/internal/finding"
)

var sarif struct {
	once   sync.Once
	schema *jsonschema.Schema
}

func sarifSchema(t testing.TB) *jsonschema.Schema {
	sarif.once.Do(func() {
		text, err := os.ReadFile("testdata/sarif.schema.json")
		if err != nil {
			t.Fatal(err)
		}
		sarif.schema = compiled(t, text)
	})
	return sarif.schema
}

// TestSARIF: every result has its rule, at its index.
func TestSARIF(t *testing.T) {
	for _, r := range []Report{sample(), {}} {
		text := written(t, WriteSARIF, r, options())
		valid(t, sarifSchema(t), text)
		var log sarifLog
		if err := json.Unmarshal([]byte(text), &log); err != nil {
			t.Fatal(err)
		}
		for _, result := range log.Runs[0].Results {
			if rule := log.Runs[0].Tool.Driver.Rules[result.Index]; rule.ID != result.Rule {
				t.Errorf("a result of %s has the rule %s", result.Rule, rule.ID)
			}
		}
	}
}

// TestTitles: each code of docs/findings.md has a title, by which SARIF names its rule.
func TestTitles(t *testing.T) {
	codes := regexp.MustCompile(`(?m)^\| (WO\d+) \|`).FindAllStringSubmatch(docs.Findings, -1)
	if len(codes) < 50 {
		t.Fatalf("%d codes in docs/findings.md", len(codes))
	}
	severities := []string{"error", "warning", "error, warning", "warning, error"}
	for _, code := range codes {
		if title := titleOf(code[1]); title == "" || slices.Contains(severities, title) {
			t.Errorf("%s has the title %q", code[1], title)
		}
	}
	if title := titleOf("WO999"); title != "" {
		t.Errorf("a code that is not there has the title %q", title)
	}
}

func TestArtifacts(t *testing.T) {
	for file, want := range map[string]sarifArtifact{
		"environments/a.cue": {"environments/a.cue", "%SRCROOT%"},
		"a b/ü%.cue":         {"a%20b/%C3%BC%25.cue", "%SRCROOT%"},
		"c:x":                {"./c:x", "%SRCROOT%"},
		"//evil/x":           {"file:////evil/x", ""},
		"/elsewhere/b.cue":   {"file:///elsewhere/b.cue", ""},
	} {
		if got := artifactOf(file); got != want {
			t.Errorf("%q is %v, want %v", file, got, want)
		}
	}
}

// TestColumns: bytes become UTF-16 code units, and a place that is not there none.
func TestColumns(t *testing.T) {
	c := columns{read: options().Read}
	for _, tt := range []struct {
		line, column, want int
	}{{1, 1, 1}, {2, 5, 5}, {2, 6, 6}, {2, 7, 6}, {2, 9, 8}, {4, 2, 2}, {4, 3, 0}, {9, 1, 0}, {0, 1, 0}, {1, 0, 0}} {
		if got := c.of(finding.Position{File: "production.cue", Line: tt.line, Column: tt.column}); got != tt.want {
			t.Errorf("%d:%d is in column %d, want %d", tt.line, tt.column, got, tt.want)
		}
	}
	wide := columns{read: func(string) ([]byte, error) { return []byte("\U0001f600x"), nil }}
	if got := wide.of(finding.Position{File: "a", Line: 1, Column: 5}); got != 3 {
		t.Errorf("behind an emoji is column %d, want 3", got)
	}
	if got := (&columns{}).of(finding.Position{File: "a", Line: 1, Column: 1}); got != 0 {
		t.Errorf("without a file the column is %d", got)
	}
}
