package krm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
)

// What is forgotten leaves no trace: an object is as a function that records nothing would
// have it.
func TestForget(t *testing.T) {
	changer := krm.Define(krm.Definition{Kind: "Changer"}, func(r *krm.Run, _ struct{}) error {
		for _, n := range r.All() {
			if err := r.Merge(n, krm.M{"metadata": krm.M{"labels": krm.M{"a": "b"}}}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, meta := range []string{"{name: x}", "{name: x, annotations: {}}", "{name: x, annotations: {own: 'yes'}} # ours", "{name: x, labels: {c: d}}"} {
		text := "apiVersion: v1\nkind: Service\nmetadata: " + meta + "\n"
		run := func(annotations string) *yaml.RNode {
			n := yaml.MustParse(text)
			rl := &krm.ResourceList{Items: []*yaml.RNode{n}, FunctionConfig: yaml.MustParse("{apiVersion: fn.whiskops.github.io/v1alpha1, kind: Changer, metadata: {name: a" + annotations + "}}")}
			if err := changer.Process(rl); err != nil {
				t.Fatal(err)
			}
			return n
		}
		want, got := run(", annotations: {fn.whiskops.github.io/record: none}"), run("")
		if got.GetAnnotations()[krm.AppliedAnnotation] == "" {
			t.Fatal("there is nothing to forget")
		}
		krm.Forget(got)
		if diff := cmp.Diff(want.MustString(), got.MustString()); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", meta, diff)
		}
	}
	foreign := yaml.MustParse("apiVersion: v1\nkind: Service\nmetadata: {name: x, annotations: {" + krm.AppliedAnnotation + ": 'no record'}}\n")
	before := foreign.MustString()
	if krm.Forget(foreign); foreign.MustString() != before {
		t.Error("what no function wrote is forgotten")
	}
}

// The form of a config is judged without objects: what is required of them is not.
func TestForm(t *testing.T) {
	type spec struct {
		Selector *krm.Selector `json:"selector"`
		How      string        `json:"how" enum:"one,two"`
	}
	d := krm.Define(krm.Definition{Kind: "Former"}, func(r *krm.Run, s spec) error {
		r.Workloads("spec.selector", s.Selector)
		return nil
	})
	for text, want := range map[string]string{
		"{selector: {name: x, required: true}, how: one}": "",
		"{selector: {name: x}, how: three}":               `spec.how is "three", wanted one, two`,
		"{selector: {nam: x}}":                            `unknown field "nam" in spec.selector`,
	} {
		err := d.Form(yaml.MustParse("{apiVersion: fn.whiskops.github.io/v1alpha1, kind: Former, metadata: {name: a}, spec: " + text + "}"))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (!errors.As(err, new(krm.Complaints)) || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
