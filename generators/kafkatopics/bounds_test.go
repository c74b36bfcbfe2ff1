package kafkatopics

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

func sound() Spec {
	return Spec{Name: "kafka-topics", Topics: []Topic{{Name: "a", Partitions: 1, Replicas: 1}}}
}

// Each bound of a spec: one below it, at it, and one above. "x" is refused.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		complaint string
		at        int
		want      string
		set       func(s *Spec, n int)
	}{
		{"spec.topics[0].replicas", 1, "x--", func(s *Spec, n int) { s.Topics[0].Replicas = n }},
		{"spec.topics[0].replicas", 32767, "--x", func(s *Spec, n int) { s.Topics[0].Replicas = n }},
		{"spec.topics[0].partitions", 1, "x--", func(s *Spec, n int) { s.Topics[0].Partitions = n }},
		{"spec.topics[0].name", 249, "--x", func(s *Spec, n int) { s.Topics[0].Name = strings.Repeat("a", n) }},
		// Each hump of a name is a dash more in that of its object, which may have 253
		// letters.
		{"makes no name", 253 - 249, "--x", func(s *Spec, n int) {
			s.Strimzi, s.Topics[0].Name = "main", strings.Repeat("a", 249-2*n)+strings.Repeat("aB", n)
		}},
	} {
		for i, want := range tt.want {
			n, s := tt.at+i-1, sound()
			tt.set(&s, n)
			err := Process(&krm.ResourceList{Config: krm.M{"apiVersion": krm.FunctionVersion, "kind": Kind, "metadata": krm.M{"name": "a"}, "spec": s}})
			if refused := err != nil && strings.Contains(err.Error(), tt.complaint); refused != (want == 'x') || want == '-' && err != nil {
				t.Errorf("%s %d: %v", tt.complaint, n, err)
			}
		}
	}
}
