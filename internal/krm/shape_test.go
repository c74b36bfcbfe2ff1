package krm

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type shaped struct {
	Owner
	List  []part            `json:"list"`
	Texts map[string]string `json:"texts"`
	Flag  *bool             `json:"flag,omitempty"`
	Share float64           `json:"share"`
	Any   any               `json:"any"`
	Raw   M                 `json:"raw"`
	Own   yaml.RNode        `json:"own"`
}

type part struct {
	Count int `json:"count"`
}

// A functionConfig of another shape is told by its path, in the words of YAML and
// with no name of Go's.
func TestDecodeTellsTheShape(t *testing.T) {
	const begin = "functionConfig of kind K: "
	const odd = "functionConfig has what JSON has not: a key that is no text or there twice, a number such as .nan, or an alias to what it stands in"
	for spec, want := range map[string]string{
		"[1]":                                     begin + "spec is a list, wanted a mapping",
		"{component: [a]}":                        begin + "spec.component is a list, wanted a text",
		"{component: 5}":                          begin + "spec.component is the number 5, wanted a text",
		"{list: {a: b}}":                          begin + "spec.list is a mapping, wanted a list",
		"{list: [{count: 1}, {count: two}]}":      begin + "spec.list[1].count is a text, wanted an integer",
		"{list: [{count: 1.5}]}":                  begin + "spec.list[0].count is the number 1.5, wanted an integer",
		"{list: [5]}":                             begin + "spec.list[0] is the number 5, wanted a mapping",
		"{list: [{counts: 1}]}":                   begin + "unknown field \"counts\" in spec.list[0]; known there: count",
		"{texts: {a.b: 5}}":                       begin + "spec.texts[\"a.b\"] is the number 5, wanted a text",
		"{texts: text}":                           begin + "spec.texts is a text, wanted a mapping",
		"{flag: yes please}":                      begin + "spec.flag is a text, wanted true or false",
		"{share: true}":                           begin + "spec.share is true, wanted a number",
		"{list: [{count: 99999999999999999999}]}": begin + "spec.list[0].count is the number 1e+20, wanted an integer",
		"{share: .nan}":                           odd,
		"{texts: {[a]: b}}":                       odd,
		"{component: a, list: [{count: 5}], texts: {a: b}, flag: true, share: 1, any: [1], raw: {a: 1}}": "",
	} {
		_, err := Decode[shaped](&ResourceList{FunctionConfig: yaml.MustParse("{apiVersion: whiskops.github.io/v1alpha1, kind: K, metadata: {name: a}, spec: " + spec + "}")}, "K")
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", spec, got, want)
		}
	}
}
