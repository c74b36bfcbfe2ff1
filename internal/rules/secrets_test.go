package rules

import (
	"strings"
	"testing"
)

// Messages go to logs and to pull requests.
func TestSecretsAreNotTold(t *testing.T) {
	for _, e := range readExamples(t, "testdata/secrets.txtar") {
		_, found := e.run(t)
		for _, f := range found {
			for _, secret := range []string{"a-1", "c-1", "c-2", "i-1", "i-2", "ecret-1", "it's", "abcdefgh", "-4000-8000", "816aa4f8c502"} {
				if strings.Contains(f.Message+f.Help+f.Path, secret) {
					t.Errorf("%s: %q is told: %+v", e.name, secret, f)
				}
			}
		}
	}
}

func TestCutLast(t *testing.T) {
	for s, want := range map[string][2]string{"a-b-c": {"a-b", "c"}, "abc": {"", "abc"}, "-a": {"", "a"}, "a-": {"a", ""}, "": {}} {
		before, after := cutLast(s, "-")
		if got := [2]string{before, after}; got != want {
			t.Errorf("%q is cut into %q, want %q", s, got, want)
		}
	}
}
