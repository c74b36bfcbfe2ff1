package objects

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Get gives the value at a path such as "spec.containers.0.name". A path that
// does not exist panics: a change of a test that changes nothing proves nothing.
func Get(o *Object, path string) any {
	var at any = o.Object
	for _, step := range strings.Split(path, ".") {
		at = child(o, at, path, step)
	}
	return at
}

// Set sets the value at a path; all but its last step must exist.
func Set(o *Object, path string, value any) {
	parent, last := split(o, path)
	switch p := parent.(type) {
	case map[string]any:
		p[last] = value
	case []any:
		p[index(o, p, path, last)] = value
	default:
		panic(fmt.Sprintf("%s: %s leads nowhere", Ref(o), path))
	}
}

// Remove removes a member; it must exist.
func Remove(o *Object, path string) {
	parent, last := split(o, path)
	p, ok := parent.(map[string]any)
	if _, found := p[last]; !ok || !found {
		panic(fmt.Sprintf("%s has no %s", Ref(o), path))
	}
	delete(p, last)
}

// Each gives the maps of a list to a function, which may change them. There may
// be no such list.
func Each(o *Object, path string, f func(map[string]any)) {
	list, _, _ := unstructured.NestedFieldNoCopy(o.Object, strings.Split(path, ".")...)
	items, _ := list.([]any)
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			f(m)
		}
	}
}

func split(o *Object, path string) (parent any, last string) {
	at := strings.LastIndex(path, ".")
	if at < 0 {
		return o.Object, path
	}
	return Get(o, path[:at]), path[at+1:]
}

func child(o *Object, at any, path, step string) any {
	switch p := at.(type) {
	case map[string]any:
		if v, ok := p[step]; ok {
			return v
		}
	case []any:
		return p[index(o, p, path, step)]
	}
	panic(fmt.Sprintf("%s has no %s: nothing at %s", Ref(o), path, step))
}

func index(o *Object, list []any, path, step string) int {
	i, err := strconv.Atoi(step)
	if err != nil || i < 0 || i >= len(list) {
		panic(fmt.Sprintf("%s: %s: %s is no index of %d", Ref(o), path, step, len(list)))
	}
	return i
}
