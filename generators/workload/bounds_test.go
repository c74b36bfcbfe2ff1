package workload

import (
	"strconv"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

// A volume's name is a label: 63 letters are one, and of more the end gives way
// to what tells two of them apart.
func TestLongNamesOfVolumes(t *testing.T) {
	for _, tt := range []struct {
		letters int
		want    string
	}{
		{62, strings.Repeat("a", 62)},
		{63, strings.Repeat("a", 63)},
		{64, strings.Repeat("a", 54) + "-ffe054fe"},
	} {
		if got := scratchName("", "/"+strings.Repeat("a", tt.letters)); got != tt.want {
			t.Errorf("%d letters: %s, want %s", tt.letters, got, tt.want)
		}
	}
	// The cut is never after a dash.
	if got := scratchName("", "/"+strings.Repeat("a", 53)+"/"+strings.Repeat("b", 20)); strings.Contains(got, "--") || len(got) != 62 {
		t.Error(got)
	}
}

// Each bound of a spec: one below it, at it, and one above. "x" is refused.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		complaint string
		at        int
		want      string
		set       func(s *Spec, n int)
	}{
		{"spec.replicas", 1, "x--", func(s *Spec, n int) { s.Replicas = n }},
		{"spec.maxUnavailable", 1, "x--", func(s *Spec, n int) { s.MaxUnavailable = Amount(strconv.Itoa(n)) }},
		{"spec.maxUnavailable", 100, "--x", func(s *Spec, n int) { s.MaxUnavailable = Amount(strconv.Itoa(n) + "%") }},
		{"spec.maxUnavailable", 1, "x--", func(s *Spec, n int) {
			s.Kind, s.Replicas, s.MaxUnavailable = daemonSet, 0, Amount(strconv.Itoa(n))
		}},
		{"spec.maxUnavailable", 1, "xxx", func(s *Spec, n int) { s.Kind, s.Replicas, s.MaxUnavailable = job, 0, Amount(strconv.Itoa(n)) }},
		{"spec.minReadySeconds", 0, "x--", func(s *Spec, n int) { s.MinReadySeconds = n }},
		{"spec.minReadySeconds", 1, "-xx", func(s *Spec, n int) { s.Kind, s.Replicas, s.MinReadySeconds = job, 0, n }},
		{"spec.backoffLimit", 0, "x--", func(s *Spec, n int) { s.Kind, s.Replicas, s.BackoffLimit = job, 0, n }},
		{"spec.backoffLimit", 1, "-xx", func(s *Spec, n int) { s.BackoffLimit = n }},
		{"spec.deadlineSeconds", 0, "x--", func(s *Spec, n int) { s.Kind, s.Replicas, s.DeadlineSeconds = job, 0, n }},
		{"spec.deadlineSeconds", 1, "-xx", func(s *Spec, n int) { s.DeadlineSeconds = n }},
		{"spec.waitImage", 1, "-xx", func(s *Spec, n int) {
			s.Waits = []Wait{{Name: "kafka", TCP: "kafka:9092"}, {Name: "redis", TCP: "redis:6379"}}[:n]
		}},
		{"spec.main.ports[0].name", 15, "--x", func(s *Spec, n int) {
			s.Main.Ports = []Port{{Name: strings.Repeat("a", n), Port: 80}}
		}},
	} {
		for i, want := range tt.want {
			n, s := tt.at+i-1, sound()
			tt.set(&s, n)
			err := check(s)
			if refused := err != nil && strings.Contains(err.Error(), tt.complaint); refused != (want == 'x') || want == '-' && err != nil {
				t.Errorf("%s %d: %v", tt.complaint, n, err)
			}
		}
	}
}

// What is empty is left out, and one is not empty.
func TestWhatIsLeftOut(t *testing.T) {
	for n := range 3 {
		s := sound()
		s.GracePeriod, s.PullSecrets = n, []string{"a", "b"}[:n]
		s.Main.Writable = []Directory{{Path: "/tmp", Size: "1Mi"}, {Path: "/run", Size: "1Mi"}}[:n]
		p := pod(s)
		for _, field := range []string{"terminationGracePeriodSeconds", "imagePullSecrets", "volumes"} {
			if _, has := p[field]; has != (n > 0) {
				t.Errorf("%d: %s is there: %v", n, field, has)
			}
		}
	}
}

func sound() Spec {
	return Spec{
		Owner: krm.Owner{Component: "controller", Tier: "core"}, Kind: deployment, Replicas: 1, UID: 1001,
		Main: Container{Image: "i", Resources: krm.M{"requests": krm.M{"cpu": "1", "memory": "1Mi"}, "limits": krm.M{"memory": "1Mi"}}},
	}
}
