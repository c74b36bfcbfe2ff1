package verify

import (
	"strconv"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// pod is what a workload makes.
type pod struct {
	of         kustomize.Object
	path       []string // to the mapping that has metadata and spec
	labels     map[string]any
	meta, spec map[string]any
	containers []container
}

// container of a pod.
type container struct {
	name string
	path []string
	kind string // the field that it is in
	is   map[string]any
}

// podOf is what an object makes; nil if that is no pod.
func podOf(o kustomize.Object) *pod {
	path, ok := value.PodPath(o.Kind)
	if !ok {
		return nil
	}
	at := value.Map(o.Value, path...)
	p := &pod{of: o, path: path, meta: value.Map(at, "metadata"), spec: value.Map(at, "spec")}
	p.labels = value.Map(p.meta, "labels")
	if p.spec == nil {
		return nil
	}
	for _, kind := range []string{"initContainers", "containers", "ephemeralContainers"} {
		for i, c := range list(p.spec[kind]) {
			p.containers = append(p.containers, container{
				name: text(c["name"]), path: under(path, "spec", kind, strconv.Itoa(i)), kind: kind, is: c,
			})
		}
	}
	return p
}

// variable of a container.
type variable struct {
	name, value string
	known       bool // the value is
	at          int  // in env; -1: from a ConfigMap
}

// variables that a container has, in the order in which they are defined, and
// whether that is all of them.
func (j *judge) variablesOf(p *pod, c container) (all []variable, whole bool) {
	whole = true
	for _, from := range list(c.is["envFrom"]) {
		name := text(value.Map(from, "configMapRef")["name"])
		o, ok := j.by[id{"ConfigMap", p.of.Namespace, name}]
		if !ok {
			whole = false
			continue
		}
		data := value.Map(o.Value, "data")
		for _, k := range value.Keys(data) {
			all = append(all, variable{name: text(from["prefix"]) + k, value: text(data[k]), known: true, at: -1})
		}
	}
	for i, e := range list(c.is["env"]) {
		v, known := e["value"].(string)
		all = append(all, variable{name: text(e["name"]), value: v, known: known, at: i})
	}
	return all, whole
}

// strings in a list.
func words(v any) []string {
	elements, _ := v.([]any)
	all := make([]string, 0, len(elements))
	for _, e := range elements {
		all = append(all, text(e))
	}
	return all
}
