// Package references looks whether what objects name is there: it changes nothing.
package references

import (
	"cmp"
	"fmt"
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// place is what an object is known by.
type place struct{ kind, namespace, name string }

// process complains of references to nothing.
func process(r *krm.Run, s Spec) error {
	r.OneOf("spec.severity", cmp.Or(s.Severity, krm.Error), krm.Error, krm.Warning)
	elsewhere := compiled(r, s.Elsewhere)
	if s.Selector == nil {
		s.Selector = &krm.Selector{}
	}
	there := map[place]bool{}
	for _, n := range r.All() {
		there[place{n.GetKind(), n.GetNamespace(), n.GetName()}] = true
	}
	for _, n := range r.Objects("spec.selector", *s.Selector) {
		o, err := krm.Object(n)
		if err != nil {
			r.FailAt(n, "", "has what JSON has not, and cannot be looked at")
			continue
		}
		for _, ref := range of(r, n, o) {
			if !ref.found(there, n.GetNamespace()) && !ref.known(elsewhere) {
				say(r, s, n, ref.path, "names the %s %s, which the list does not have", ref.kind, ref.name)
			}
		}
		if selector := selecting(n, o); len(selector) > 0 && r.Count(func(labels krm.M) bool { return among(labels, selector) }) == 0 && !(reference{kind: "Pod"}).known(elsewhere) {
			say(r, s, n, "spec.selector", "selects no pods of the list")
		}
	}
	return nil
}

func say(r *krm.Run, s Spec, n *yaml.RNode, path, format string, args ...any) {
	if s.Severity == krm.Warning {
		r.Warn(n, path, format, args...)
		return
	}
	r.FailAt(n, path, format, args...)
}

// reference to an object, with where it stands.
type reference struct{ kind, name, path string }

// found tells whether the object is there. What has no namespace yet is in any.
func (ref reference) found(there map[place]bool, namespace string) bool {
	if there[place{ref.kind, namespace, ref.name}] || there[place{ref.kind, "", ref.name}] {
		return true
	}
	if namespace != "" {
		return false
	}
	for p := range there {
		if p.kind == ref.kind && p.name == ref.name {
			return true
		}
	}
	return false
}

func (ref reference) known(elsewhere []matcher) bool {
	for _, e := range elsewhere {
		if e.kind == ref.kind && e.name.MatchString(ref.name) {
			return true
		}
	}
	return false
}

type matcher struct {
	kind string
	name *regexp.Regexp
}

func compiled(r *krm.Run, all []Elsewhere) []matcher {
	var made []matcher
	for i, e := range all {
		r.Given(fmt.Sprintf("spec.elsewhere[%d].kind", i), e.Kind)
		name, err := regexp.Compile("^(?:" + cmp.Or(e.Name, ".*") + ")$")
		if err != nil {
			r.Fail("spec.elsewhere[%d].name %q is no regular expression", i, e.Name)
			continue
		}
		made = append(made, matcher{e.Kind, name})
	}
	return made
}

// selecting is the selector of pods that an object has, beside those that make pods.
func selecting(n *yaml.RNode, o krm.M) krm.M {
	switch n.GetKind() {
	case "Service":
		return value.Map(o, "spec", "selector")
	case "PodDisruptionBudget":
		return value.Map(o, "spec", "selector", "matchLabels")
	}
	return nil
}

func among(labels, selector krm.M) bool {
	for key, v := range selector {
		if labels[key] != v {
			return false
		}
	}
	return true
}
