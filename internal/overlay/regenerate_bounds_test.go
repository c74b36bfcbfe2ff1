package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an entry says of a ConfigMap whose keys stay, change, come or go: all of
// it, where that is two keys more at most, and else what is new.
func TestRegenerate(t *testing.T) {
	data := func(keys ...string) map[string]any {
		d := map[string]any{}
		for i := 0; i < len(keys); i += 2 {
			d[keys[i]] = keys[i+1]
		}
		return map[string]any{"data": d}
	}
	immutable := func(v map[string]any) map[string]any { v["immutable"] = true; return v }
	noted := func(v map[string]any, metadata m) map[string]any { v["metadata"] = metadata; return v }
	for _, tt := range []struct {
		name     string
		was, is  map[string]any
		ok       bool
		replaces bool
		says     map[string]string
	}{
		{"nothing", data("a", "1"), data("a", "1"), false, false, nil},
		{"a change", data("a", "1", "b", "1"), data("a", "1", "b", "2"), true, false, map[string]string{"b": "2"}},
		{"one that comes", data("a", "1"), data("a", "1", "b", "1"), true, false, map[string]string{"b": "1"}},
		{"one of two goes", data("a", "1", "b", "1"), data("a", "1"), true, true, map[string]string{"a": "1"}},
		{"one of three goes", data("a", "1", "b", "1", "c", "1"), data("a", "1", "b", "1"), true, true, map[string]string{"a": "1", "b": "1"}},
		{"one of four goes", data("a", "1", "b", "1", "c", "1", "d", "1"), data("a", "1", "b", "1", "c", "1"), false, false, nil},
		{"one of four goes and one changes", data("a", "1", "b", "1", "c", "1", "d", "1"), data("a", "1", "b", "1", "c", "2"), true, true, map[string]string{"a": "1", "b": "1", "c": "2"}},
		{"immutability alone", data("a", "1"), immutable(data("a", "1")), true, false, nil},
		{"a label alone", noted(data("a", "1"), m{}), noted(data("a", "1"), m{"labels": m{"x": "1"}}), true, false, nil},
		{"another annotation", noted(data("a", "1"), m{"annotations": m{"x": "1", "y": "1"}}), noted(data("a", "1"), m{"annotations": m{"x": "2", "y": "1"}}), true, false, nil},
		{"both", noted(data("a", "1"), m{}), noted(data("a", "1"), m{"labels": m{"x": "1"}, "annotations": m{"x": "1"}}), true, false, nil},
		{"the same label", noted(data("a", "1"), m{"labels": m{"x": "1"}}), noted(data("a", "1"), m{"labels": m{"x": "1"}}), false, false, nil},
		{"immutable before", immutable(data("a", "1")), immutable(data("a", "1")), false, false, nil},
	} {
		r, ok := regenerate(&object{name: "c", value: tt.was}, &object{name: "c", value: tt.is})
		if ok != tt.ok || r.replace != tt.replaces {
			t.Errorf("%s: ok %v, replaces %v", tt.name, ok, r.replace)
		}
		if len(r.data)+len(tt.says) > 0 {
			if diff := cmp.Diff(tt.says, r.data); diff != "" {
				t.Errorf("%s says (-want +got):\n%s", tt.name, diff)
			}
		}
		if !ok || tt.name == "one of four goes" {
			continue
		}
		if diff := cmp.Diff(tt.is, r.apply(tt.was)); diff != "" {
			t.Errorf("%s: makes (-want +got):\n%s", tt.name, diff)
		}
	}
}

// An entry takes immutability away, unless it says it.
func TestRegenerateMutable(t *testing.T) {
	for _, replace := range []bool{false, true} {
		for _, was := range []bool{false, true} {
			for _, is := range []bool{false, true} {
				base := map[string]any{"data": map[string]any{"a": "1"}}
				if was {
					base["immutable"] = true
				}
				after := regeneration{replace: replace, data: map[string]string{"a": "1"}, immutable: is}.apply(base)
				if _, said := after["immutable"]; said != is {
					t.Errorf("replaces %v, immutable before %v, then %v: %v", replace, was, is, after)
				}
			}
		}
	}
}

// A patch that deletes makes nothing of an object, and that is no fault.
func TestExactAfterDelete(t *testing.T) {
	object := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a"}}
	patch := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a"}, "$patch": "delete"}
	if is, err := exact(object, patch, object); is || err != nil {
		t.Error(is, err)
	}
}
