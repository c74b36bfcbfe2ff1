package verify

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/podsecurity"
	"github.com/whiskops/whiskops/internal/value"
)

// templates are pods that stand as text in a ConfigMap, from which something makes
// pods at run time. A user's own folder replaces such a text whole: what it does not
// repeat is gone.
func (j *judge) templates() {
	for _, was := range j.plain.of("ConfigMap") {
		now, ok := j.nowOf(was)
		if !ok {
			continue
		}
		before, after := value.Map(was.Value, "data"), value.Map(now.Value, "data")
		for _, key := range value.Keys(before) {
			pod := podText(text(before[key]))
			if pod == nil || text(before[key]) == text(after[key]) {
				continue
			}
			j.template(now, key, pod, podText(text(after[key])))
		}
	}
}

// nowOf is the object under the same plain name, with the user's folder.
func (j *judge) nowOf(was kustomize.Object) (kustomize.Object, bool) {
	i := slices.IndexFunc(j.of(was.Kind), func(o kustomize.Object) bool { return nameless(o) == nameless(was) })
	if i < 0 {
		return kustomize.Object{}, false
	}
	return j.of(was.Kind)[i], true
}

func (j *judge) template(of kustomize.Object, key string, was, is map[string]any) {
	path := []string{"data", key}
	if is == nil {
		j.fail(fault{code: codeSafety, of: of, path: path, word: key, message: fmt.Sprintf("%s was the template of a pod, and is none any more", key),
			help: "leave it as it is generated: no pod is made of it"})
		return
	}
	var lost, more []string
	differences("", was, is, &lost)
	differences("", is, was, &more)
	if len(lost) > 0 {
		j.fail(fault{
			code: codeSafety, of: of, path: path, word: firstWord(more, key), warning: true,
			message: fmt.Sprintf("%s, the template of pods, has not what is generated in it: %s", key, strings.Join(lost, ", ")),
			help:    "a file of a ConfigMap is replaced whole; " + inEnvironment(more),
		})
	}
	for _, made := range j.Made {
		namespace := j.by[id{"Namespace", "", made.Namespace}]
		for _, r := range podsecurity.Refused(is, nil, level(namespace)) {
			j.fail(fault{
				code: codeSecurity, of: of, path: path, word: r.Path[len(r.Path)-1],
				message: fmt.Sprintf("namespace %s has the Pod Security level %s, which refuses the pods that are made of %s: %s", made.Namespace, level(namespace), key, r.What),
				help:    "change that: nobody is told, and no action runs",
			})
		}
	}
}

// inEnvironment names the fields of the environment that say what was added.
func inEnvironment(more []string) string {
	var fields []string
	for _, path := range more {
		name := strings.TrimPrefix(strings.TrimPrefix(path, "spec."), "metadata.")
		name, _, _ = strings.Cut(name, ".")
		if _, err := field.Type(reflect.TypeFor[environment.ActionPod](), name); err == nil && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		return "repeat what is generated, or say what you add in the environment (actions: pod), which keeps the rest"
	}
	return "say " + names(fields) + " in the environment (actions: pod: " + fields[0] + "), which keeps the rest"
}

// firstWord is a field that the user's own text has.
func firstWord(more []string, otherwise string) string {
	if len(more) == 0 {
		return otherwise
	}
	last := more[0][strings.LastIndex(more[0], ".")+1:]
	return last
}

// podText reads the text of a pod; nil if it is none.
func podText(s string) map[string]any {
	n, err := yaml.Parse(s)
	if err != nil {
		return nil
	}
	read, err := value.Read(n.YNode())
	m, _ := read.(map[string]any)
	if err != nil || m["kind"] != "Pod" {
		return nil
	}
	return m
}

// differences are the paths of what one value has and another has not, or has
// otherwise.
func differences(at string, of, in any, found *[]string) {
	switch of := of.(type) {
	case map[string]any:
		for _, key := range value.Keys(of) {
			below := strings.TrimPrefix(at+"."+key, ".")
			if there, ok := value.Map(in)[key]; ok {
				differences(below, of[key], there, found)
			} else {
				*found = append(*found, below)
			}
		}
	case []any:
		other, _ := in.([]any)
		for _, e := range of {
			if !slices.ContainsFunc(other, func(o any) bool { return reflect.DeepEqual(e, o) }) {
				*found = append(*found, at)
				return
			}
		}
	default:
		if !reflect.DeepEqual(of, in) {
			*found = append(*found, at)
		}
	}
}
