package networkpolicies

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

// A policy for pods that the list does not have is told; where they must be there it is
// refused, and a generator, which sees no pods, is believed.
func TestPodsThatAreNotThere(t *testing.T) {
	const own = "{apiVersion: fn.whiskops.github.io/v1alpha1, kind: GenerateNetworkPolicy, metadata: {name: p}, spec: {name: p, pods: {app: a}%s}}"
	const pod = "{apiVersion: v1, kind: Pod, metadata: {name: x, labels: {app: %s}}, spec: {}}"
	for _, tt := range []struct {
		name, more, input string
		warned, refused   bool
	}{
		{"there", "", strings.Replace(pod, "%s", "a", 1), false, false},
		{"not there", "", strings.Replace(pod, "%s", "b", 1), true, false},
		{"required", ", required: true", strings.Replace(pod, "%s", "b", 1), false, true},
		{"a generator", "", strings.Replace(own, "%s", "", 1), false, false},
	} {
		rl, err := krmtest.Read([]byte(strings.Replace(own, "%s", tt.more, 1)), []byte(tt.input))
		if err != nil {
			t.Fatal(err)
		}
		err = Process(rl)
		if (err != nil) != tt.refused {
			t.Errorf("%s: %v", tt.name, err)
		}
		warned := false
		for _, r := range rl.Results {
			warned = warned || r.Severity == krm.Warning
		}
		if warned != tt.warned {
			t.Errorf("%s: warned is %v: %v", tt.name, warned, rl.Results)
		}
	}
}
