package report

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/change"
)

const changesPath = "../../docs/changes.md"

func changesDocument(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(changesPath)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPolicies runs the policies of docs/changes.md on changes that they let pass,
// and on some that they must not.
func TestPolicies(t *testing.T) {
	jq, err := exec.LookPath("jq")
	if err != nil {
		t.Skip("jq is not here; it runs the policies as their readers do")
	}
	rolls := func(seconds int) change.Effect { return restart("Deployment", "nginx", 2, 1, 0, seconds) }
	class := func(c change.Class) change.Effect { return change.Effect{Class: c} }
	policies := regexp.MustCompile(`(?m)^jq -e '(.*)' change\.json$`).FindAllStringSubmatch(changesDocument(t), -1)
	cases := []struct{ pass, fail []change.Effect }{
		{[]change.Effect{class(change.Quorum), rolls(5000)}, []change.Effect{class(change.Refused), class(change.Data)}},
		{[]change.Effect{class(change.Refused), rolls(899), rolls(900)}, []change.Effect{rolls(901)}},
		{[]change.Effect{class(change.Refused), rolls(901)}, []change.Effect{class(change.Exposed)}},
	}
	if len(policies) != len(cases) {
		t.Fatalf("%d policies in %s, want %d", len(policies), changesPath, len(cases))
	}
	run := func(policy string, e Environment, want bool) {
		t.Helper()
		cmd := exec.Command(jq, "-e", policy)
		r := Report{Environments: []Environment{{Name: "harmless", Effects: []change.Effect{setting("a", "b", "c", "d")}}, e}}
		cmd.Stdin = strings.NewReader(written(t, WriteJSON, r, Options{}))
		out, err := cmd.CombinedOutput()
		if (err == nil) != want || want != (string(out) == "true\n") {
			t.Errorf("%s\nof %v %v: %v, %s", policy, e.Effects, e.Tool, err, out)
		}
	}
	for i, c := range cases {
		policy := policies[i][1]
		run(policy, Environment{Name: "production"}, true)
		for _, effect := range c.pass {
			run(policy, Environment{Name: "production", Effects: []change.Effect{effect}, Tool: []change.Effect{effect}}, true)
		}
		for _, effect := range c.fail {
			run(policy, Environment{Name: "production", Effects: []change.Effect{effect}}, false)
			run(policy, Environment{Name: "production", Tool: []change.Effect{effect}}, false)
		}
	}
	run(policies[2][1], Environment{Name: "try-this", Effects: []change.Effect{class(change.Exposed)}}, true)
}

// TestClassesAreDocumented: each class of effects is in docs/changes.md, in their order.
func TestClassesAreDocumented(t *testing.T) {
	document, at := changesDocument(t), 0
	for _, class := range change.Classes {
		i := strings.Index(document[at:], "`"+string(class)+"`")
		if i < 0 {
			t.Fatalf("%q is not in %s, or not in its order", class, changesPath)
		}
		at += i
	}
}
