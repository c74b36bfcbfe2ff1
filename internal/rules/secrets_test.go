package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
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

// A published key that two subjects have is told of the first alone.
func TestPublishedKeyOfTwo(t *testing.T) {
	c := checker{Values: valuesOf(t, []env{environment.Base()})[0]}
	key := "789c46b1-71f6-4ed5-8c54-816aa4f8c502:k"
	c.subjects(map[string]string{"guest": key, "other": key, "whisk.system": "00000000-0000-4000-8000-000000000001:k"})
	var got []string
	for _, f := range c.found {
		got = append(got, f.Code+" "+f.Path)
	}
	want := []string{"WO274 secrets.plain.subjects.guest", "WO273 secrets.plain.subjects.other"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
