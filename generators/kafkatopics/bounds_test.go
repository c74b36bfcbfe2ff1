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

// A user that Strimzi could not make, or that could do nothing.
func TestUser(t *testing.T) {
	right := User{Name: "a", Authentication: "tls", Topics: []Pattern{{Name: "a"}}, Groups: []Pattern{{Name: "b", Prefix: true}}}
	for want, change := range map[string]func(*Spec){
		"": func(*Spec) {},
		"spec.user is given without spec.strimzi": func(s *Spec) { s.Strimzi = "" },
		"spec.user.name":            func(s *Spec) { s.User.Name = "A_b" },
		"spec.user.authentication":  func(s *Spec) { s.User.Authentication = "plain" },
		"spec.user.topics is empty": func(s *Spec) { s.User.Topics = nil },
		"spec.user.topics[0].name":  func(s *Spec) { s.User.Topics = []Pattern{{}} },
		"spec.user.groups[0].name":  func(s *Spec) { s.User.Groups = []Pattern{{Prefix: true}} },
	} {
		s, u := sound(), right
		s.Strimzi, s.User = "main", &u
		change(&s)
		var c krm.Check
		check(&c, s)
		if err := c.Err(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("wanted %q, got %v", want, err)
		}
	}
}
