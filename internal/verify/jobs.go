package verify

import (
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
