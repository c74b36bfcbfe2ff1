package verify

import (
	"fmt"
	"reflect"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// OldNames are the generated Jobs that a user's folder changed and that have the
// name of before: an API server refuses another template under it.
func OldNames(plain, built []kustomize.Object) []kustomize.Object {
	was := map[id]kustomize.Object{}
	for _, o := range plain {
		was[idOf(o)] = o
	}
	var all []kustomize.Object
	for _, o := range built {
		before, ok := was[idOf(o)]
		if o.Kind == "Job" && ok && !reflect.DeepEqual(fixed(before), fixed(o)) {
			all = append(all, o)
		}
	}
	return all
}

// fixed are the fields of a Job that cannot change.
func fixed(o kustomize.Object) map[string]any {
	spec := value.Map(o.Value, "spec")
	return map[string]any{
		"template": spec["template"], "selector": spec["selector"], "completions": spec["completions"],
		"completionMode": spec["completionMode"], "podFailurePolicy": spec["podFailurePolicy"], "backoffLimitPerIndex": spec["backoffLimitPerIndex"],
	}
}

func (j *judge) jobs() {
	for _, o := range OldNames(j.plain.Objects, j.Objects) {
		j.fail(fault{
			code: codeJob, of: o, path: []string{"spec", "template"}, word: o.Name,
			message: "its pods are others, and its name is that of before: where it has run, the next apply is refused",
			help:    fmt.Sprintf("give it another name too: metadata: {name: %s-2} in a patch with options: {allowNameChange: true}", o.Name),
		})
	}
}
