package overlay

import (
	"fmt"
	"strings"
	"testing"
)

// A strategic merge patch may say three lines again. One that says more is
// taken unless operations are cheaper.
func TestStrategicSaysLittleAgain(t *testing.T) {
	// deployment has a list that starts with an element of its own, and as many
	// fields that are its own.
	deployment := func(own string, elements, fields int) string {
		var spec []string
		for _, name := range []string{"replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}[:min(fields, 4)] {
			spec = append(spec, name+": "+own)
		}
		var pod []string
		for _, name := range []string{"terminationGracePeriodSeconds", "activeDeadlineSeconds"}[:max(fields-4, 0)] {
			pod = append(pod, name+": "+own)
		}
		args := []string{"'" + own + "'"}
		for i := range elements {
			args = append(args, fmt.Sprintf("a%d", i))
		}
		pod = append(pod, "containers: [{name: c, args: ["+strings.Join(args, ", ")+"]}]")
		spec = append(spec, "template: {spec: {"+strings.Join(pod, ", ")+"}}")
		return scaledObject("Deployment", "a", "{"+strings.Join(spec, ", ")+"}")
	}
	for _, tt := range []struct {
		repeats, fields int
		want            bool
	}{
		{0, 0, true}, {2, 0, true}, {3, 0, true}, {4, 0, false},
		// 7 lines, one for each field and three for each repeated, against 6 and 6.
		{8, 4, false}, {8, 5, true}, {8, 6, true}, {9, 5, false},
	} {
		f, _ := found(t, findStrategic, deployment("1", tt.repeats, tt.fields), deployment("2", tt.repeats, tt.fields))
		if got := emitted(t, f) != ""; got != tt.want {
			t.Errorf("%d lines again and %d fields: taken %v, want %v", tt.repeats, tt.fields, got, tt.want)
		}
	}
}

// What a patch cannot say is left to operations: of a ConfigMap with a hash,
// of a kind without a schema, and what is not exact.
func TestStrategicLeaves(t *testing.T) {
	cr := func(v string) string {
		return "# core/a\napiVersion: example.com/v1\nkind: CR\nmetadata: {name: a, namespace: main}\nspec: {v: '" + v + "'}\n"
	}
	for name, tt := range map[string]struct {
		base, want string
		taken      bool
	}{
		"a ConfigMap":         {strings.Replace(hashedConfig, "'true'", "'false'", 1) + "data: {a: '1'}\n", strings.Replace(hashedConfig, "'true'", "'false'", 1) + "data: {a: '2'}\n", true},
		"one with a hash":     {hashedConfig + "data: {a: '1'}\n", hashedConfig + "data: {a: '2'}\n", false},
		"a custom resource":   {cr("1"), cr("2"), false},
		"nothing":             {cr("1"), cr("1"), false},
		"a new one":           {cr("1"), cr("1") + "---\n" + service("core", "a", "b", "main"), false},
		"one that goes":       {cr("1") + "---\n" + service("core", "a", "b", "main"), cr("1"), false},
		"an emptied mapping":  {scaledObject("Deployment", "a", "{strategy: {type: Recreate}}"), scaledObject("Deployment", "a", "{strategy: {}}"), false},
		"an annotation comes": {service("core", "a", "b", "main"), strings.Replace(service("core", "a", "b", "main"), "name: b,", "name: b, annotations: {a: b},", 1), true},
	} {
		f, _ := found(t, findStrategic, tt.base, tt.want)
		if got := emitted(t, f) != ""; got != tt.taken {
			t.Errorf("%s: taken %v, want %v", name, got, tt.taken)
		}
	}
}
