package preflight

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// TestKeyOfALoad: the key that a run under load reads is asked for, and once.
func TestKeyOfALoad(t *testing.T) {
	v := *values(t)["plain"]
	env := *v.Env
	for subject, want := range map[string]string{"guest": "guest whisk.system", "team-a": "guest whisk.system team-a"} {
		env.Load = &environment.LoadTest{Subject: subject}
		v.Env = &env
		got := ""
		for _, i := range secrets(&v) {
			if strings.Contains(i.Type, "guest") {
				got = i.Type
			}
		}
		if got != want {
			t.Errorf("%s: keys %q, want %q", subject, got, want)
		}
	}
}
