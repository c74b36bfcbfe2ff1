package krm

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func TestDecodeIsStrict(t *testing.T) {
	type spec struct {
		Size int `json:"size"`
	}
	for name, tt := range map[string]struct{ config, want string }{
		"unknown field": {"apiVersion: whiskops.github.io/v1alpha1\nkind: K\nmetadata: {name: a}\nspec: {sise: 1}", `unknown field "sise"`},
		"other kind":    {"apiVersion: whiskops.github.io/v1alpha1\nkind: J\nmetadata: {name: a}", `wanted whiskops.github.io/v1alpha1 "K"`},
		"no name":       {"apiVersion: whiskops.github.io/v1alpha1\nkind: K", "no metadata.name"},
		"fine":          {"apiVersion: whiskops.github.io/v1alpha1\nkind: K\nmetadata: {name: a}\nspec: {size: 1}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			rl := &ResourceList{FunctionConfig: yaml.MustParse(tt.config)}
			_, err := Decode[spec](rl, "K")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAddSortsKeys(t *testing.T) {
	rl := &ResourceList{}
	if err := Add(rl, M{"kind": "K", "apiVersion": "v1", "a": L{M{"z": 1, "b": "x"}}}); err != nil {
		t.Fatal(err)
	}
	want := "a:\n- b: x\n  z: 1\napiVersion: v1\nkind: K\n"
	if got := rl.Items[0].MustString(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestDecodeRefusesWhatIsNoObject(t *testing.T) {
	config := yaml.MustParse("apiVersion: whiskops.github.io/v1alpha1\nkind: K\nmetadata: {name: a}\n")
	for item, fine := range map[string]bool{
		"{kind: Service, metadata: {name: a, labels: {a: b}, annotations: {}}}": true,
		"{kind: Service}":                 true,
		"[kind]":                          false,
		"Service":                         false,
		"{metadata: [name]}":              false,
		"{metadata: {labels: [a]}}":       false,
		"{metadata: {annotations: text}}": false,
	} {
		rl := &ResourceList{FunctionConfig: config, Items: []*yaml.RNode{yaml.MustParse(item)}}
		if _, err := Decode[struct{}](rl, "K"); (err == nil) != fine {
			t.Errorf("%s: %v", item, err)
		}
	}
}

// TestLengths: one below, at and above what Kubernetes takes.
func TestLengths(t *testing.T) {
	for name, tt := range map[string]struct {
		limit int
		check func(*Check, string)
	}{
		"label": {63, func(c *Check, s string) { c.Label("f", s) }},
		"name":  {253, func(c *Check, s string) { c.Name("f", s) }},
		"key":   {253, func(c *Check, s string) { c.Data("f", map[string]string{s: ""}) }},
	} {
		for length, fine := range map[int]bool{0: false, 1: true, tt.limit - 1: true, tt.limit: true, tt.limit + 1: false} {
			var c Check
			tt.check(&c, strings.Repeat("a", length))
			if (c.Err() == nil) != fine {
				t.Errorf("%s of %d: %v", name, length, c.Err())
			}
		}
	}
}

// The tag enum is what a field may be, however deep it is.
func TestEnumsAreChecked(t *testing.T) {
	type part struct {
		Colour string `json:"colour,omitempty" enum:"red,green"`
	}
	type spec struct {
		Colour string `json:"colour,omitempty" enum:"red,green"`
		One    *part  `json:"one,omitempty"`
		None   *part  `json:"none,omitempty"`
		Many   []part `json:"many,omitempty"`
		Other  string `json:"other,omitempty"`
	}
	d := Define(Definition{Kind: "K"}, func(r *Run, _ spec) error { r.Fail("and more"); return nil })
	err := d.Process(&ResourceList{FunctionConfig: yaml.MustParse("apiVersion: fn.whiskops.github.io/v1alpha1\nkind: K\nmetadata: {name: a}\n" +
		"spec: {colour: blue, one: {colour: Red}, many: [{colour: red}, {}, {colour: 'red,green'}], other: blue}")})
	want := `spec.colour is "blue", wanted red, green
spec.one.colour is "Red", wanted red, green
spec.many[2].colour is "red,green", wanted red, green
and more`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want\n%s", err, want)
	}
}

// A number is held to the bounds of its field: one below, at them, and one above. One that
// is left out has none.
func TestBoundsAreChecked(t *testing.T) {
	type part struct {
		Number int `json:"number" min:"1" max:"3"`
	}
	type spec struct {
		Number int    `json:"number,omitempty" min:"1" max:"3"`
		List   []int  `json:"list,omitempty" min:"1"`
		Parts  []part `json:"parts,omitempty"`
	}
	d := Define(Definition{Kind: "K"}, func(*Run, spec) error { return nil })
	for text, want := range map[string]string{
		"number: 0":                          "",
		"number: 1, list: [1]":               "",
		"number: 3, parts: [{number: 3}]":    "",
		"number: 4":                          "spec.number is 4, wanted 1 to 3",
		"number: -1":                         "spec.number is -1, wanted 1 to 3",
		"list: [1, 0]":                       "spec.list[1] is 0, wanted at least 1",
		"parts: [{number: 1}, {number: 0}]":  "spec.parts[1].number is 0, wanted 1 to 3",
		"parts: [{number: 4}], list: [-100]": "spec.list[0] is -100, wanted at least 1\nspec.parts[0].number is 4, wanted 1 to 3",
	} {
		err := d.Process(&ResourceList{FunctionConfig: yaml.MustParse("{apiVersion: fn.whiskops.github.io/v1alpha1, kind: K, metadata: {name: a}, spec: {" + text + "}}")})
		if got := fmt.Sprint(err); got != want && (want != "" || err != nil) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
