package whiskenv

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzValue: what CheckValue lets through comes out of the script as it is, and
// what stops the script is refused for that reason.
func FuzzValue(f *testing.F) {
	for _, s := range []string{"", "10 minutes", "$OTHER", "$", "$1", "$a\n", "${X}", "a'b", "a\n", "a\tb", "a * b", "pre$OTHER", "\n", "é", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, problem := Transform(map[string]string{"CONFIG_a": value}), CheckValue(value)
		if want := (Transformed{Properties: []string{"-Da='" + value + "'"}}); problem == "" && !cmp.Equal(want, got) {
			t.Errorf("%q is let through:\n%s", value, cmp.Diff(want, got))
		}
		if got.Stopped != "" && !strings.Contains(problem, "the start script stops there") {
			t.Errorf("%q stops the script, but CheckValue says %q", value, problem)
		}
	})
}

// FuzzTransform gives the script a whole environment, a variable a line.
func FuzzTransform(f *testing.F) {
	f.Add("CONFIG_a_b=1\nCONFIG_b=$CONFIG_a_b\nOPENWHISK_CONFIG=x {}")
	f.Add("CONFIG_a=$\nCONFIG_b=2\nOPENWHISK_ENCODED_CONFIG=eA==")
	f.Add("CONFIG_=\nMY_CONFIG_x=$1\n1CONFIG_a=x\nOPENWHISK_ENCODED_CONFIG=e$")
	f.Fuzz(func(t *testing.T, text string) {
		env := map[string]string{}
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			env[name] = value
		}
		got := Transform(env)
		if _, ok := env[got.Stopped]; got.Stopped != "" && !ok {
			t.Errorf("it stopped at %q, which is not there", got.Stopped)
		}
		if i := slices.IndexFunc(got.Properties, func(p string) bool { return !strings.HasPrefix(p, "-D") || !strings.HasSuffix(p, "'") }); i >= 0 {
			t.Errorf("%q is no property", got.Properties[i])
		}
		if len(got.Properties) > len(env)+1 {
			t.Errorf("%d properties of %d variables", len(got.Properties), len(env))
		}
	})
}

// FuzzExpand: a value whose every $ is doubled comes out as it was, whatever is
// known; and one without $ stays.
func FuzzExpand(f *testing.F) {
	for _, s := range []string{"", "plain", "$(POD_NAME).x", "$$(A)", "$(A", "$", "$()"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		known := func(name string) (string, bool) { return "known", len(name)%2 == 0 }
		if got := Expand(strings.ReplaceAll(value, "$", "$$"), known); got != value {
			t.Errorf("%q with each $ doubled becomes %q", value, got)
		}
		if got := Expand(value, known); !strings.Contains(value, "$") && got != value {
			t.Errorf("%q becomes %q", value, got)
		}
	})
}
