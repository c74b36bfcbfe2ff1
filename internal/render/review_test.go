package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// What a reviewer reads of one changed limit is the value, the name of its
// ConfigMap, and who reads it: what waits for a server does not.
func TestOneLimitIsAFewLines(t *testing.T) {
	for name, change := range map[string]func(*environment.Environment){
		"of the controller alone":             func(env *environment.Environment) { env.Limits.InvocationsPerMinute++ },
		"of the controller and in the README": func(env *environment.Environment) { env.Limits.ConcurrentInvocations++ },
		"of controllers and invokers":         func(env *environment.Environment) { env.Limits.Time.Max = "4m" },
	} {
		t.Run(name, func(t *testing.T) {
			envs := exampleEnvironments(t)
			env := envs[slices.IndexFunc(envs, func(e environment.Environment) bool { return e.Name == "production" })]
			before := golden(t, env)
			change(&env)
			after := golden(t, env)
			lines := 0
			for file := range after {
				lines += changedLines(before[file], after[file])
			}
			if lines < 2*3 || lines > 10 {
				t.Errorf("%d lines of golden/ are added or deleted, want 6 to 10", lines)
			}
		})
	}
}

// changedLines counts lines that one text has more often than the other.
func changedLines(a, b string) int {
	more := map[string]int{}
	for line := range strings.Lines(a) {
		more[line]++
	}
	for line := range strings.Lines(b) {
		more[line]--
	}
	n := 0
	for _, count := range more {
		n += max(count, -count)
	}
	return n
}
