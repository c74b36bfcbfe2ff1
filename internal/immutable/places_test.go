package immutable

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlaces(t *testing.T) {
	type m = map[string]any
	type l = []any
	r := row{defaults: map[string]any{"spec.mode": "Filesystem", "spec.all.*.n": int64(3)}, distinct: []string{"spec.class"}}.read()
	for name, c := range map[string]struct {
		old, new m
		want     []string
	}{
		"equal":                       {m{"spec": m{"a": "b"}}, m{"spec": m{"a": "b"}}, nil},
		"a leaf":                      {m{"spec": m{"a": "b"}}, m{"spec": m{"a": "c"}}, []string{"spec.a: b -> c"}},
		"one comes":                   {m{}, m{"spec": m{"a": "b"}}, []string{"spec.a: <nil> -> b"}},
		"one goes":                    {m{"spec": m{"a": "b"}}, m{"spec": m{}}, []string{"spec.a: b -> <nil>"}},
		"nothing is empty":            {m{"spec": m{"a": "", "b": false, "c": int64(0), "d": l{}, "e": m{}}}, m{}, nil},
		"but where that is said":      {m{"spec": m{"class": ""}}, m{}, []string{"spec.class:  -> <nil>"}},
		"a label without a value":     {m{"spec": m{"labels": m{"a.b": ""}}}, m{"spec": m{"labels": m{}}}, []string{"spec.labels[a.b]:  -> <nil>"}},
		"a default":                   {m{"spec": m{"mode": "Filesystem"}}, m{"spec": m{}}, nil},
		"another than the default":    {m{"spec": m{"mode": "Block"}}, m{"spec": m{}}, []string{"spec.mode: Block -> <nil>"}},
		"a default in a list":         {m{"spec": m{"all": l{m{"name": "x", "n": int64(3)}}}}, m{"spec": m{"all": l{m{"name": "x"}}}}, nil},
		"one below it":                {m{"spec": m{"all": l{m{"name": "x", "n": int64(2)}}}}, m{"spec": m{"all": l{m{"name": "x"}}}}, []string{"spec.all[x].n: 2 -> <nil>"}},
		"one above it":                {m{"spec": m{"all": l{m{"name": "x", "n": int64(4)}}}}, m{"spec": m{"all": l{m{"name": "x"}}}}, []string{"spec.all[x].n: 4 -> <nil>"}},
		"an element by its name":      {m{"a": l{m{"name": "x", "v": "1"}, m{"name": "y"}}}, m{"a": l{m{"name": "x", "v": "2"}, m{"name": "y"}}}, []string{"a[x].v: 1 -> 2"}},
		"an element by its number":    {m{"a": l{"x", "y"}}, m{"a": l{"x", "z"}}, []string{"a[1]: y -> z"}},
		"names that are there twice":  {m{"a": l{m{"name": "x"}, m{"name": "x"}}}, m{"a": l{m{"name": "x"}, m{"name": "y"}}}, []string{"a[1].name: x -> y"}},
		"a claim by its name":         {m{"a": l{m{"metadata": m{"name": "data"}, "v": "1"}}}, m{"a": l{m{"metadata": m{"name": "data"}, "v": "2"}}}, []string{"a[data].v: 1 -> 2"}},
		"an element comes":            {m{"a": l{m{"name": "x"}}}, m{"a": l{m{"name": "x"}, m{"name": "y"}}}, []string{"a[y]: <nil> -> map[name:y]"}},
		"an element goes":             {m{"a": l{m{"name": "x"}, m{"name": "y"}}}, m{"a": l{m{"name": "y"}}}, []string{"a[x]: map[name:x] -> <nil>"}},
		"another order":               {m{"a": l{m{"name": "x"}, m{"name": "y"}}}, m{"a": l{m{"name": "y"}, m{"name": "x"}}}, []string{"a: x, y -> y, x"}},
		"a quantity":                  {m{"requests": m{"storage": "1Gi"}}, m{"requests": m{"storage": "1024Mi"}}, nil},
		"a quantity that is less":     {m{"requests": m{"storage": "1Gi"}}, m{"requests": m{"storage": "1023Mi"}}, []string{"requests.storage: 1Gi -> 1023Mi"}},
		"a quantity that is a number": {m{"limits": m{"cpu": int64(1)}}, m{"limits": m{"cpu": "1000m"}}, nil},
		"no quantity":                 {m{"data": m{"size": "1Gi"}}, m{"data": m{"size": "1024Mi"}}, []string{"data.size: 1Gi -> 1024Mi"}},
		"a key with a dot":            {m{"data": m{"a.conf": "1"}}, m{"data": m{"a.conf": "2"}}, []string{"data[a.conf]: 1 -> 2"}},
		"a mapping for a leaf":        {m{"a": "1"}, m{"a": m{"b": "2"}}, []string{"a: 1 -> map[b:2]"}},
	} {
		var got []string
		for _, p := range r.differences(c.old, c.new) {
			got = append(got, fmt.Sprintf("%s: %v -> %v", p, p.old, p.new))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSteps(t *testing.T) {
	for path, want := range map[string][]string{
		"":                              nil,
		"spec":                          {"spec"},
		"spec.a.*.b":                    {"spec", "a", "*", "b"},
		"metadata.annotations[a.b/c]":   {"metadata", "annotations", "a.b/c"},
		"metadata.annotations[a.b/c].d": {"metadata", "annotations", "a.b/c", "d"},
	} {
		if diff := cmp.Diff(want, steps(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// TestManyRefusals are listed up to a bound.
func TestManyRefusals(t *testing.T) {
	of := func(n int, v string) Object {
		data := map[string]any{}
		for i := range n {
			data[fmt.Sprintf("k%02d", i)] = v
		}
		return Of(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "c", "namespace": "n"}, "immutable": true, "data": data})
	}
	for n, want := range map[int]int{most - 1: most - 1, most: most, most + 1: most + 1, most + 2: most + 1} {
		found := Refusals(of(n, "a"), of(n, "b"))
		if len(found) != want {
			t.Errorf("of %d fields, %d are listed, want %d", n, len(found), want)
		}
		if last := found[len(found)-1]; (last.Field == "data") != (n > most) {
			t.Errorf("of %d fields, the last is %s: %s", n, last.Field, last.Message)
		}
	}
}

// TestOtherObjects are not the same to the API server, whatever they are called here.
func TestOtherObjects(t *testing.T) {
	of := func(apiVersion, name, value string) Object {
		o := Of(map[string]any{"apiVersion": apiVersion, "kind": "ConfigMap", "metadata": map[string]any{"name": "c"}, "immutable": true, "data": map[string]any{"a": value}})
		o.Name = name
		return o
	}
	for name, c := range map[string]struct {
		old, new Object
		refused  bool
	}{
		"the same":           {of("v1", "c-1", "a"), of("v1", "c-1", "b"), true},
		"of another content": {of("v1", "c-1", "a"), of("v1", "c-2", "b"), false},
		"of another group":   {of("v1", "c-1", "a"), of("example.com/v1", "c-1", "b"), false},
		"of no known kind":   {of("example.com/v1", "c-1", "a"), of("example.com/v1", "c-1", "b"), false},
	} {
		if got := len(Refusals(c.old, c.new)) > 0; got != c.refused {
			t.Errorf("%s: refused is %v", name, got)
		}
	}
}

// TestStrangersNames do not get into commands.
func TestStrangersNames(t *testing.T) {
	role := func(name, of string) Object {
		return Of(map[string]any{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": map[string]any{"name": name, "namespace": "$(reboot)"}, "roleRef": map[string]any{"name": of}})
	}
	found := Refusals(role("`rm -rf`", "a"), role("`rm -rf`", "b"))
	const want = "delete the binding with `kubectl -n NAMESPACE delete rolebinding NAME`, then apply: until then its subjects have no rights by it; or give it another name"
	if len(found) != 1 || found[0].Help != want {
		t.Errorf("%+v", found)
	}
}
