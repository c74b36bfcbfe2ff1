package change

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The last policy that closed pods opens them when it goes, and no other one does.
func TestFreed(t *testing.T) {
	object := func(kind, name string, spec map[string]any) Object {
		id := ID{Kind: kind, Name: name, Namespace: "x"}
		if kind == "Namespace" {
			id.Namespace = ""
		}
		return Object{ID: id, Value: map[string]any{"kind": kind, "metadata": map[string]any{"name": name}, "spec": spec}}
	}
	selects := func(name string, labels map[string]any, types ...any) Object {
		return object("NetworkPolicy", name, map[string]any{"podSelector": map[string]any{"matchLabels": labels}, "policyTypes": types})
	}
	app := map[string]any{"app": "db"}
	space := object("Namespace", "x", nil)
	db := object("StatefulSet", "db", map[string]any{"template": map[string]any{"metadata": map[string]any{"labels": app}}})
	own, all := selects("db", app, "Ingress"), selects("all", nil, "Ingress", "Egress")
	foreign := selects("foreign", map[string]any{"made": "elsewhere"}, "Ingress")
	expressive := object("NetworkPolicy", "e", map[string]any{"podSelector": map[string]any{"matchExpressions": []any{}}})
	implied := object("NetworkPolicy", "i", map[string]any{"podSelector": map[string]any{}})
	in, out := "no policy limits any more who may call ", "no policy limits any more the calls of "
	prunes := Facts{Prunes: true}
	for _, tt := range []struct {
		name     string
		old, new []Object
		facts    Facts
		want     []string
	}{
		{"another one is there", []Object{space, db, own, all}, []Object{space, db, all}, prunes, nil},
		{"the last", []Object{space, db, own}, []Object{space, db}, prunes, []string{in + "StatefulSet db"}},
		{"both", []Object{space, db, own, all}, []Object{space, db}, prunes, []string{out + "StatefulSet db", in + "StatefulSet db", in + "StatefulSet db"}},
		{"one direction", []Object{space, db, own, all}, []Object{space, db, own}, prunes, []string{out + "StatefulSet db"}},
		{"nothing deletes it", []Object{space, db, own}, []Object{space, db}, Facts{}, nil},
		{"with its pods", []Object{space, db, own}, []Object{space}, prunes, nil},
		{"it selects others", []Object{space, db, own}, []Object{space, db, selects("db", map[string]any{"app": "d"}, "Ingress")}, prunes, []string{in + "StatefulSet db"}},
		{"of pods that others make", []Object{space, foreign}, []Object{space}, prunes, []string{in + "the pods that it was for"}},
		{"of those, with another one", []Object{space, foreign, all}, []Object{space, all}, prunes, nil},
		{"with its namespace", []Object{space, foreign}, nil, prunes, nil},
		{"Ingress is meant", []Object{space, db, implied}, []Object{space, db}, prunes, []string{in + "StatefulSet db"}},
		{"expressions", []Object{space, db, expressive}, []Object{space, db}, prunes, nil},
	} {
		compare(t, tt.name, tt.old, tt.new, tt.facts, tt.want)
		// What is the same may come apart, as from files that are not read.
		same := func(o Object) bool {
			return o.Kind != "NetworkPolicy" && slices.ContainsFunc(tt.new, func(n Object) bool { return n.ID == o.ID })
		}
		tt.facts.Same = slices.DeleteFunc(slices.Clone(tt.old), func(o Object) bool { return !same(o) })
		compare(t, tt.name+", apart", slices.DeleteFunc(slices.Clone(tt.old), same), slices.DeleteFunc(slices.Clone(tt.new), same), tt.facts, tt.want)
	}
}

func compare(t *testing.T, name string, old, new []Object, facts Facts, want []string) {
	t.Helper()
	var got []string
	for _, e := range Compare(old, new, facts) {
		if e.Class == Exposed {
			got = append(got, e.Message)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
