package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/value"
)

// Of two forms of a patch the first is taken if it is exact and short.
func TestPatches(t *testing.T) {
	job := func(name, more string) string {
		return "# core/init\napiVersion: batch/v1\nkind: Job\nmetadata: {name: " + name + ", namespace: main" + more + "}\nspec: {backoffLimit: 1}\n"
	}
	cr := "# core/a\napiVersion: example.com/v1\nkind: CR\nmetadata: {name: a, namespace: main}\nspec: {list: [1]}\n"
	cr2 := "# core/a\napiVersion: example.com/v1\nkind: CR\nmetadata: {name: a, namespace: main}\nspec: {list: [2]}\n"
	args := func(first string) string {
		return scaledObject("Deployment", "a", "{template: {spec: {containers: [{name: c, args: ["+first+", b, c, d, e, f, g, h, i, j]}]}}}")
	}
	for name, tt := range map[string]struct{ base, want, strategic, edits string }{
		"the same":        {args("a"), args("a"), "", ""},
		"a field":         {scaledObject("Deployment", "a", "{paused: true}"), scaledObject("Deployment", "a", "{paused: false}"), "patches:\n- path: patches/a-deployment.yaml\n", ""},
		"a long list":     {args("a"), args("z"), "", "patches:\n- path: patches/a-deployment.yaml\n  target:\n    kind: Deployment\n    name: a\n"},
		"custom resource": {cr, cr2, "", "patches:\n- path: patches/a-cr.yaml\n  target:\n    kind: CR\n    name: a\n"},
		"another job": {job("init-11111111", ""), job("init-22222222", ""),
			"patches:\n- path: patches/init-job.yaml\n  target:\n    kind: Job\n    name: init-11111111\n  options:\n    allowNameChange: true\n", ""},
		"another job with a label": {job("init-11111111", ""), job("init-22222222", ", annotations: {a: b}"), "",
			"patches:\n- path: patches/init-job.yaml\n  target:\n    kind: Job\n    name: init-11111111\n"},
	} {
		f, pairs := found(t, findStrategic, tt.base, tt.want)
		if got := emitted(t, f); got != tt.strategic {
			t.Errorf("%s: strategic merge\n%swanted\n%s", name, got, tt.strategic)
		}
		f, err := findOperations(nil, pairs)
		if err != nil {
			t.Fatal(err)
		}
		if got := emitted(t, f); got != tt.edits {
			t.Errorf("%s: operations\n%swanted\n%s", name, got, tt.edits)
		}
		for _, p := range f.apply(pairs) {
			if diff := value.Diff(p.want.value, p.now); diff != "" {
				t.Errorf("%s: what is made differs (- wanted, + made):\n%s", name, diff)
			}
		}
	}
}

// A target says as little as means its object alone. A name is a regular
// expression for the engine, also one that is none.
func TestTargetOf(t *testing.T) {
	role := func(apiVersion, kind, name string) *object {
		return &object{apiVersion: apiVersion, kind: kind, name: name}
	}
	for name, tt := range map[string]struct {
		of     *object
		others []pair
		want   fields
	}{
		"alone":                   {role("v1", "Role", "a.b"), nil, fields{{"kind", "Role"}, {"name", "a.b"}}},
		"no regular expression":   {role("v1", "Role", "system:("), nil, fields{{"kind", "Role"}, {"name", `system:\(`}}},
		"another kind":            {role("v1", "Role", "a.b"), []pair{{base: role("v1", "Service", "a.b")}}, fields{{"kind", "Role"}, {"name", "a.b"}}},
		"another name":            {role("v1", "Role", "a.b"), []pair{{base: role("v1", "Role", "a.c")}}, fields{{"kind", "Role"}, {"name", "a.b"}}},
		"a longer name":           {role("v1", "Role", "a.b"), []pair{{base: role("v1", "Role", "a.bc")}}, fields{{"kind", "Role"}, {"name", "a.b"}}},
		"a name that matches":     {role("v1", "Role", "a.b"), []pair{{base: role("v1", "Role", "a-b")}}, fields{{"kind", "Role"}, {"name", `a\.b`}}},
		"a new one that matches":  {role("v1", "Role", "a.b"), []pair{{want: role("v1", "Role", "a-b")}}, fields{{"kind", "Role"}, {"name", `a\.b`}}},
		"another group":           {role("apps/v1", "Role", "a.b"), []pair{{base: role("v1", "Role", "a.b")}}, fields{{"group", "apps"}, {"version", "v1"}, {"kind", "Role"}, {"name", "a.b"}}},
		"another group than none": {role("v1", "Role", "a.b"), []pair{{base: role("apps/v1", "Role", "a.b")}}, fields{{"group", ""}, {"version", "v1"}, {"kind", "Role"}, {"name", "a.b"}}},
		"a name and a group": {role("v1", "Role", "a.b"), []pair{{base: role("v1", "Role", "a-b")}, {base: role("apps/v1", "Role", "a.b")}},
			fields{{"group", ""}, {"version", "v1"}, {"kind", "Role"}, {"name", `a\.b`}}},
	} {
		pairs := append([]pair{{base: tt.of, want: tt.of}}, tt.others...)
		if diff := cmp.Diff(tt.want, targetOf(tt.of, pairs), cmp.AllowUnexported(field{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestOperationsThatLeadNowhere(t *testing.T) {
	v := m{"a": l{"x"}, "s": "text"}
	for _, o := range []op{{"add", "/a/7", 1}, {"replace", "/a/1", 1}, {"remove", "/a/-", nil}, {"remove", "/a/-1", nil}, {"add", "/a/x", 1}, {"add", "/s/b", 1}, {"add", "/a/7/b", 1}} {
		if got := o.apply(v); !value.Equal(got, v) {
			t.Errorf("%v gives %v", o, got)
		}
	}
	for _, o := range []op{{"add", "/a/-", "y"}, {"add", "/a/1", "y"}} {
		if got := o.apply(v); !value.Equal(got, m{"a": l{"x", "y"}, "s": "text"}) {
			t.Errorf("%v gives %v", o, got)
		}
	}
	if got := (op{"add", "/x~1y~0", "1"}).apply(m{}); !value.Equal(got, m{"x/y~": "1"}) {
		t.Errorf("got %v", got)
	}
}
