package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Which object of base is which of an environment.
func TestIdentify(t *testing.T) {
	job := func(component, name string) *object {
		return &object{apiVersion: "batch/v1", kind: "Job", tier: "core", component: component, name: name}
	}
	other := func(apiVersion, kind, name, namespace string) *object {
		return &object{apiVersion: apiVersion, kind: kind, tier: "core", component: "a", name: name, namespace: namespace}
	}
	for name, tt := range map[string]struct {
		base, want []*object
		// same is the index in base of each that is wanted, -1 for one that is new.
		same []int
	}{
		"a name":                   {[]*object{other("v1", "Service", "a", "x"), other("v1", "Service", "b", "x")}, []*object{other("v1", "Service", "b", "y"), other("v1", "Service", "c", "y")}, []int{1, -1}},
		"a kind":                   {[]*object{other("v1", "Service", "a", "x")}, []*object{other("v1", "Secret", "a", "x")}, []int{-1}},
		"a version":                {[]*object{other("apps/v1", "Deployment", "a", "x")}, []*object{other("apps/v1beta1", "Deployment", "a", "x")}, []int{-1}},
		"a Namespace":              {[]*object{other("v1", "Namespace", "x", "")}, []*object{other("v1", "Namespace", "y", "")}, []int{0}},
		"a Namespace of others":    {[]*object{other("example.com/v1", "Namespace", "x", "")}, []*object{other("example.com/v1", "Namespace", "y", "")}, []int{-1}},
		"the Job of a component":   {[]*object{job("a", "a-00000000")}, []*object{job("a", "b-11111111")}, []int{0}},
		"one Job each of two":      {[]*object{job("a", "a-00000000"), job("b", "b-00000000")}, []*object{job("b", "b-11111111"), job("a", "a-11111111")}, []int{1, 0}},
		"two Jobs":                 {[]*object{job("a", "a-00000000"), job("a", "b-00000000")}, []*object{job("a", "b-11111111"), job("a", "c-11111111")}, []int{1, -1}},
		"two Jobs there, one here": {[]*object{job("a", "a-00000000"), job("a", "b-00000000")}, []*object{job("a", "b-11111111")}, []int{1}},
		"two Jobs here, one there": {[]*object{job("a", "a-00000000")}, []*object{job("a", "b-11111111"), job("a", "a-11111111")}, []int{-1, 0}},
		"two Jobs and a Service":   {[]*object{job("a", "a-00000000"), job("a", "b-00000000"), other("v1", "Service", "s-00000000", "x")}, []*object{other("v1", "Service", "s-11111111", "x")}, []int{-1}},
		"a Job and a Service":      {[]*object{job("a", "a-00000000"), other("v1", "Service", "s", "x")}, []*object{other("v1", "Service", "s", "x"), job("a", "a-11111111")}, []int{1, 0}},
		"two of a name":            {[]*object{other("v1", "Service", "a", "x"), other("v1", "Service", "a", "y")}, []*object{other("v1", "Service", "a", "x"), other("v1", "Service", "a", "y")}, []int{0, 1}},
	} {
		found := identify(tt.base, tt.want)
		same := make([]int, len(tt.want))
		for i, o := range tt.want {
			same[i] = -1
			for id, w := range found[1] {
				for j, b := range tt.base {
					if w == o && found[0][id] == b {
						same[i] = j
					}
				}
			}
		}
		if diff := cmp.Diff(tt.same, same); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if len(found[0]) != len(tt.base) || len(found[1]) != len(tt.want) {
			t.Errorf("%s: objects are lost", name)
		}
	}
}
