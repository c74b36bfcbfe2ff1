package explain

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplete(t *testing.T) {
	for typed, want := range map[string][]string{
		"kaf":                             {"kafka."},
		"kafka.topics.re":                 {"kafka.topics.retention."},
		"kafka.heap":                      {"kafka.heap"},
		"production.kafka.topic":          {"production.kafka.topicPrefix", "production.kafka.topics."},
		"cluster.nodes.core.pod":          {"cluster.nodes.core.pods"},
		"cluster.nodes.":                  nil,
		"kafka.topics.retention.cacheInv": {"kafka.topics.retention.cacheInvalidation."},
		"kafka.nothing.x":                 nil,
		"nothing":                         nil,
	} {
		if diff := cmp.Diff(want, Complete(typed)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", typed, diff)
		}
	}
}

// Whoever completes label by label comes to every field that has a name of the
// contract's, and each step can be explained.
func TestCompleteComesToAll(t *testing.T) {
	var reached []string
	var walk func(typed string)
	walk = func(typed string) {
		for _, path := range Complete(typed) {
			name := strings.TrimSuffix(path, ".")
			reached = append(reached, name)
			if _, _, err := Find(path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if name != path {
				walk(path)
			}
		}
	}
	walk("")
	for _, f := range Fields() {
		if f.Path != "" && !strings.ContainsAny(f.Path, "<[") && !slices.Contains(reached, f.Path) {
			t.Errorf("%s is not completed", f.Path)
		}
	}
}
