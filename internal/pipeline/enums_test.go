package pipeline

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
)

// What a page and a schema say a field may be, the function holds it to: any other
// value is refused by the field's name, and each that is named there is not.
func TestEnumsOfFunctions(t *testing.T) {
	tried := 0
	for _, d := range Everybody() {
		for i := range d.Spec.NumField() {
			f := d.Spec.Field(i)
			enum := f.Tag.Get("enum")
			if enum == "" {
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			for _, v := range append(strings.Split(enum, ","), "Bogus") {
				tried++
				if refused := refusesField(t, d, name, v); refused != (v == "Bogus") {
					t.Errorf("%s: spec.%s %q is refused: %t", d.Command, name, v, refused)
				}
			}
		}
	}
	if tried < 15 {
		t.Errorf("%d values were tried", tried)
	}
}

// refusesField tells whether a function's example with another value of a field is
// refused for that field.
func refusesField(t *testing.T, d krm.Definition, name, v string) bool {
	t.Helper()
	return slices.ContainsFunc(complaintsOf(t, d, name, v), func(r krm.Result) bool {
		return reflect.DeepEqual(r.Field, &krm.Field{Path: "spec." + name})
	})
}

// complaintsOf a function's example with another value of a field.
func complaintsOf(t *testing.T, d krm.Definition, name, v string) krm.Complaints {
	t.Helper()
	config := yaml.MustParse(d.Example)
	if err := config.PipeE(yaml.Lookup("spec"), yaml.SetField(name, yaml.NewStringRNode(v))); err != nil {
		t.Fatal(err)
	}
	var all krm.Complaints
	if err := d.Process(&krm.ResourceList{FunctionConfig: config}); err != nil && !errors.As(err, &all) {
		t.Fatal(err)
	}
	return all
}
