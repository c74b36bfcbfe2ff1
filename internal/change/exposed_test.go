package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A namespace that takes pods which it refused lets them in; one that refuses more, or
// is new, does not.
func TestLevels(t *testing.T) {
	namespace := func(level any) Object {
		labels := map[string]any{"a": "b"}
		if level != nil {
			labels[levelLabel] = level
		}
		return Object{ID: ID{Kind: "Namespace", Name: "x"}, Value: map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "x", "labels": labels},
		}}
	}
	for _, tt := range []struct {
		was, is any
		want    []string
	}{
		{"restricted", "restricted", nil},
		{"restricted", "baseline", []string{"takes pods of the Pod Security level baseline"}},
		{"baseline", "privileged", []string{"takes pods of the Pod Security level privileged"}},
		{"restricted", "privileged", []string{"takes pods of the Pod Security level baseline, privileged"}},
		{"restricted", nil, []string{"takes pods of the Pod Security level baseline, privileged"}},
		{"privileged", "restricted", nil},
		{nil, "privileged", nil},
	} {
		var got []string
		for _, e := range Compare([]Object{namespace(tt.was)}, []Object{namespace(tt.is)}, Facts{}) {
			if e.Class != Exposed {
				continue
			}
			got = append(got, e.Message)
			if e.Before == e.After || e.Field != levelField {
				t.Errorf("%v -> %v: field %q, hashes %s and %s", tt.was, tt.is, e.Field, e.Before, e.After)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v -> %v (-want +got):\n%s", tt.was, tt.is, diff)
		}
	}
	for _, e := range Compare(nil, []Object{namespace("privileged")}, Facts{}) {
		if e.Class == Exposed {
			t.Errorf("a new namespace: %s", e.Message)
		}
	}
}
