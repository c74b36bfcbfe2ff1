package krm

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// SelectorSource is this file, whose comments are the documentation of a Selector.
//
//go:embed selector.go
var SelectorSource string

// Selector says which objects of the list are meant. It has the shape of the target of
// a patch in a kustomization. An object has to match all that is given.
type Selector struct {
	// Group of the API, as "apps"; a regular expression for the whole of it.
	Group string `json:"group,omitempty"`
	// Version of the API, as "v1"; a regular expression for the whole of it.
	Version string `json:"version,omitempty"`
	// Kind, as "Deployment|StatefulSet"; a regular expression for the whole of it.
	Kind string `json:"kind,omitempty"`
	// Name; a regular expression for the whole of it.
	Name string `json:"name,omitempty"`
	// Namespace; a regular expression for the whole of it.
	Namespace string `json:"namespace,omitempty"`
	// LabelSelector, as kubectl's -l takes it: "app=web,tier!=cache".
	LabelSelector string `json:"labelSelector,omitempty"`
	// AnnotationSelector is the same for annotations.
	AnnotationSelector string `json:"annotationSelector,omitempty"`
	// Container that is meant where a pod has several. Without it, it is the only one,
	// or the one of the annotation kubectl.kubernetes.io/default-container.
	Container string `json:"container,omitempty"`
	// PodSpecPath is where the pod's specification is in a kind that this program does
	// not know, as "spec.template.spec".
	PodSpecPath string `json:"podSpecPath,omitempty"`
	// Required makes it an error that nothing matches. It is a warning otherwise.
	Required bool `json:"required,omitempty"`
}

// Component selects what has the name label of a component, and must be there.
func Component(name string) *Selector {
	return &Selector{LabelSelector: NameLabel + "=" + name, Required: true}
}

// matcher is a Selector that is ready.
type matcher struct {
	Selector
	group, version, kind, name, namespace *regexp.Regexp
	labels, annotations                   bool
}

// ready compiles a selector, and complains of what cannot be meant.
func (r *Run) ready(field string, s Selector) (matcher, bool) {
	m, fine := matcher{Selector: s, labels: s.LabelSelector != "", annotations: s.AnnotationSelector != ""}, true
	for _, e := range []struct {
		name, text string
		to         **regexp.Regexp
	}{{"group", s.Group, &m.group}, {"version", s.Version, &m.version}, {"kind", s.Kind, &m.kind}, {"name", s.Name, &m.name}, {"namespace", s.Namespace, &m.namespace}} {
		if e.text == "" {
			continue
		}
		compiled, err := regexp.Compile("^(?:" + e.text + ")$")
		if err != nil {
			r.Fail("%s.%s %q is no regular expression", field, e.name, e.text)
			fine = false
		}
		*e.to = compiled
	}
	for _, e := range []struct{ name, text string }{{"labelSelector", s.LabelSelector}, {"annotationSelector", s.AnnotationSelector}} {
		if e.text == "" {
			continue
		}
		if _, err := (&yaml.RNode{}).MatchesLabelSelector(e.text); err != nil {
			r.Fail("%s.%s %q is no selector such as app=web,tier!=cache", field, e.name, e.text)
			fine = false
		}
	}
	return m, fine
}

// matches tells whether an object is meant. The cheap questions come first.
func (m matcher) matches(n *yaml.RNode) bool {
	group, version := groupVersion(n.GetApiVersion())
	for _, e := range []struct {
		want *regexp.Regexp
		is   func() string
	}{
		{m.kind, n.GetKind}, {m.name, n.GetName}, {m.namespace, n.GetNamespace},
		{m.group, func() string { return group }}, {m.version, func() string { return version }},
	} {
		if e.want != nil && !e.want.MatchString(e.is()) {
			return false
		}
	}
	if m.labels {
		if ok, err := n.MatchesLabelSelector(m.LabelSelector); err != nil || !ok {
			return false
		}
	}
	if m.annotations {
		if ok, err := n.MatchesAnnotationSelector(m.AnnotationSelector); err != nil || !ok {
			return false
		}
	}
	return true
}

func groupVersion(apiVersion string) (group, version string) {
	if group, version, found := strings.Cut(apiVersion, "/"); found {
		return group, version
	}
	return "", apiVersion
}

// String says what a selector asks for.
func (s Selector) String() string {
	var words []string
	for _, e := range []struct{ name, value string }{
		{"group", s.Group}, {"version", s.Version}, {"kind", s.Kind}, {"name", s.Name}, {"namespace", s.Namespace},
		{"labelSelector", s.LabelSelector}, {"annotationSelector", s.AnnotationSelector},
	} {
		if e.value != "" {
			words = append(words, fmt.Sprintf("%s %q", e.name, e.value))
		}
	}
	if len(words) == 0 {
		return "anything"
	}
	return strings.Join(words, ", ")
}

// Objects that a selector means, whether they have pods or not.
func (r *Run) Objects(field string, s Selector) []*yaml.RNode {
	m, fine := r.ready(field, s)
	if !fine {
		return nil
	}
	var found []*yaml.RNode
	for _, n := range r.objects {
		if !r.isConfig(n) && m.matches(r.known(n)) {
			found = append(found, n)
		}
	}
	return found
}

// Workloads are the objects with pods that a selector means. That there is none is a
// warning, or an error where one is required.
func (r *Run) Workloads(field string, s *Selector) []Workload {
	if s == nil {
		r.Fail("%s is missing: it says which objects are meant, and {} means all that run pods", field)
		return nil
	}
	before := len(r.complaints)
	var found []Workload
	for _, n := range r.Objects(field, *s) {
		if w, ok := workloadOf(n, *s); ok {
			found = append(found, w)
		}
	}
	if len(found) > 0 || len(r.complaints) > before {
		return found
	}
	r.None(field, s, "object with pods")
	return nil
}

// None says that a selector matches nothing of a kind. Where the list has nothing but the
// functionConfig, that can never be otherwise.
func (r *Run) None(field string, s *Selector, of string) {
	if r.alone() {
		r.Fail("%s matches nothing: the list has the functionConfig alone, as a kustomization gives it to generators. List this function under transformers", field)
		return
	}
	r.missing(field, s.Required, "%s matches no %s in the list: %s", field, of, s)
}

// Missing complains, or warns, that the list has not what a field asks for. A list that
// has nothing but the functionConfig is that of a generator, and the objects come from
// elsewhere.
func (r *Run) Missing(field string, required bool, format string, args ...any) {
	if required || !r.alone() {
		r.missing(field, required, format, args...)
	}
}

func (r *Run) missing(field string, required bool, format string, args ...any) {
	result := complaint(format, args...)
	result.Field = &Field{Path: field}
	if required {
		r.complaints = append(r.complaints, result)
		return
	}
	result.Severity, result.Object = Warning, r.config
	r.say(result)
}
