package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ruleCode has the first digit of rules over several fields. WO2xx are all taken, WO4xx are changes,
// and WO6xx are shared with those who look at delivery, secrets and images elsewhere.
var ruleCode = regexp.MustCompile(`^WO[256]\d\d$`)

// The table is what documentation is made of: it must have every code that the
// rules use, and no other.
func TestCodesAreThoseOfTheRules(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"(WO\d+)"`)
	var used []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "codes.go" {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(source), -1) {
			used = append(used, m[1])
		}
	}
	slices.Sort(used)
	var documented []string
	for _, c := range Codes() {
		documented = append(documented, c.Code)
		if !ruleCode.MatchString(c.Code) || c.Title == "" || c.Symptom == "" || len(c.Severities) == 0 {
			t.Errorf("%+v is not explained", c)
		}
		if !strings.HasSuffix(c.Symptom, ".") || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: a title is a phrase, a symptom a sentence", c.Code)
		}
	}
	if diff := cmp.Diff(slices.Compact(used), documented); diff != "" {
		t.Errorf("codes of the rules and of the table differ (-rules +table), or are out of order:\n%s", diff)
	}
}
