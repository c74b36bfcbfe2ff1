package change

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// Pods that some NetworkPolicy selects are closed but for what policies allow; those
// that none selects are open to all. So to lose a policy opens nothing while another one
// is there, and everything after the last:
// https://kubernetes.io/docs/concepts/services-networking/network-policies/.

// ways that a policy closes, the type that it has then, and what is said when none does.
var ways = []struct {
	kind, rules, says string
	out               bool
}{
	{"Ingress", "ingress", "no policy limits any more who may call ", false},
	{"Egress", "egress", "no policy limits any more the calls of ", true},
}

// freed says of policies that are gone, or select others, which pods none selects now.
func (c *comparison) freed(m matched) {
	m.both = slices.Clone(m.both)
	for _, o := range c.Same {
		m.both = append(m.both, pair{o, o})
	}
	var is []Object // the policies that there are afterwards
	policies := slices.Clone(m.both)
	for _, p := range m.both {
		is = append(is, p.new)
	}
	is = append(is, m.come...)
	for _, o := range m.gone {
		policies = append(policies, pair{old: o})
		if !c.Prunes || slices.Contains(c.Kept, o.Kind) {
			is = append(is, o)
		}
	}
	for _, p := range policies {
		if p.old.Kind != networkPolicy {
			continue
		}
		for _, way := range ways {
			free := func(namespace string, labels map[string]any) bool {
				return closes(p.old, way.kind, way.rules, namespace, labels) &&
					!slices.ContainsFunc(is, func(o Object) bool { return closes(o, way.kind, way.rules, namespace, labels) })
			}
			var open []string
			for _, w := range m.both {
				if labels := podLabels(w.new); labels != nil && free(w.new.Namespace, labels) {
					open = append(open, w.new.Kind+" "+w.new.Name)
				}
			}
			// Pods that others make, those of actions say, have whatever labels it asks for.
			if len(m.selected(p.old)) == 0 && m.stays(p.old) && free(p.old.Namespace, value.Map(p.old.Value, "spec", "podSelector", "matchLabels")) {
				open = append(open, "the pods that it was for")
			}
			if len(open) > 0 {
				c.say(p, Effect{Class: Exposed, Field: "spec", Message: way.says + strings.Join(open, ", "),
					Help: "be sure that this is meant", Says: c.saysExposed(p.is()), Harmless: way.out})
			}
		}
	}
}

const networkPolicy = "NetworkPolicy"

// closes tells whether an object is a policy that closes pods with these labels in a
// direction. Of a selector with expressions it is not told.
func closes(o Object, kind, rules, namespace string, labels map[string]any) bool {
	spec := value.Map(o.Value, "spec")
	if o.Kind != networkPolicy || o.Namespace != namespace || value.Map(spec, "podSelector")["matchExpressions"] != nil {
		return false
	}
	types, said := spec["policyTypes"].([]any)
	if said && !slices.Contains(types, any(kind)) || !said && kind != "Ingress" && spec[rules] == nil {
		return false
	}
	for key, v := range value.Map(spec, "podSelector", "matchLabels") {
		if labels[key] != v {
			return false
		}
	}
	return true
}

// podLabels of a workload; nil if it is none.
func podLabels(o Object) map[string]any {
	path, ok := value.PodPath(o.Kind)
	if !ok {
		return nil
	}
	return value.Map(o.Value, append(slices.Clone(path), "metadata", "labels")...)
}

// selected are the workloads that there were, and that a policy selected.
func (m matched) selected(policy Object) []Object {
	was := slices.Clone(m.gone)
	for _, p := range m.both {
		was = append(was, p.old)
	}
	return slices.DeleteFunc(was, func(o Object) bool {
		labels := podLabels(o)
		return labels == nil || !closes(policy, "Ingress", "ingress", o.Namespace, labels) && !closes(policy, "Egress", "egress", o.Namespace, labels)
	})
}

// stays tells whether the namespace of an object is there before and after.
func (m matched) stays(o Object) bool {
	return slices.ContainsFunc(m.both, func(p pair) bool { return p.new.Kind == "Namespace" && p.new.Name == o.Namespace })
}
