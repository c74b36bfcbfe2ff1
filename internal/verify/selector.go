package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// selector is one of labels, as Kubernetes writes it.
type selector struct {
	labels      map[string]any
	expressions []map[string]any
}

// selectorOf reads a selector with matchLabels and matchExpressions, or the plain
// labels of a Service's.
func selectorOf(v any) selector {
	m, _ := v.(map[string]any)
	if len(m) > 0 && m["matchLabels"] == nil && m["matchExpressions"] == nil {
		return selector{labels: m}
	}
	return selector{value.Map(m, "matchLabels"), list(m["matchExpressions"])}
}

func (s selector) empty() bool { return len(s.labels) == 0 && len(s.expressions) == 0 }

// selects tells whether labels are among those that it means.
func (s selector) selects(labels map[string]any) bool {
	for k, v := range s.labels {
		if is, ok := labels[k]; !ok || is != v {
			return false
		}
	}
	for _, e := range s.expressions {
		is, has := labels[text(e["key"])]
		in := has && slices.Contains(words(e["values"]), text(is))
		switch e["operator"] {
		case "In":
			if !in {
				return false
			}
		case "NotIn":
			if in {
				return false
			}
		case "Exists":
			if !has {
				return false
			}
		case "DoesNotExist":
			if has {
				return false
			}
		}
	}
	return true
}

// values of labels: those who have them, and whom somebody changed, are called so.
func (s selector) values() []string {
	var all []string
	for _, k := range value.Keys(s.labels) {
		all = append(all, text(s.labels[k]))
	}
	return all
}

// String writes it as kubectl does.
func (s selector) String() string {
	var all []string
	for _, k := range value.Keys(s.labels) {
		all = append(all, fmt.Sprintf("%s=%v", k, s.labels[k]))
	}
	for _, e := range s.expressions {
		one := fmt.Sprintf("%s %s", text(e["key"]), strings.ToLower(text(e["operator"])))
		if of := words(e["values"]); len(of) > 0 {
			one += " (" + strings.Join(of, ",") + ")"
		}
		all = append(all, one)
	}
	return strings.Join(all, ",")
}

// selected are the pods of a namespace that a selector means, those of workloads.
func (j *judge) selected(namespace string, s selector) []*pod {
	var all []*pod
	for _, p := range j.podsIn[namespace] {
		if s.selects(p.labels) {
			all = append(all, p)
		}
	}
	return all
}

// selectsAny tells whether a selector means any pod of a namespace, those too that
// something makes at run time.
func (j *judge) selectsAny(namespace string, s selector) bool {
	if slices.ContainsFunc(j.podsIn[namespace], func(p *pod) bool { return s.selects(p.labels) }) {
		return true
	}
	return slices.ContainsFunc(j.Made, func(m Made) bool {
		labels := make(map[string]any, len(m.Labels))
		for k, v := range m.Labels {
			labels[k] = v
		}
		return (m.Namespace == "" || m.Namespace == namespace) && s.selects(labels)
	})
}
