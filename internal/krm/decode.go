package krm

import (
	"cmp"
	"fmt"
	"reflect"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Config is a functionConfig with a typed spec.
type Config[Spec any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations,omitempty"`
	} `json:"metadata"`
	Spec Spec `json:"spec"`
}

// Decode reads the functionConfig of rl strictly: an unknown field, a missing
// functionConfig or another kind is Complaints. So is an item of the list that has
// not the shape of an object.
func Decode[Spec any](rl *ResourceList, kind string) (Config[Spec], error) {
	var c Config[Spec]
	config, err := rl.config(kind)
	if err != nil {
		return c, err
	}
	if err := value.Into(config, &c); err != nil {
		plain, unsaid := value.Of(config)
		if unsaid != nil {
			return c, fmt.Errorf("encode functionConfig: %w", unsaid)
		}
		return c, failure("functionConfig of kind %s: %s", kind, cmp.Or(misfit(plain, reflect.TypeOf(c), ""), "a value in it is of the wrong form"))
	}
	if c.APIVersion != APIVersion || c.Kind != kind {
		return c, failure("functionConfig is %s %q, wanted %s %q", c.APIVersion, c.Kind, APIVersion, kind)
	}
	if c.Metadata.Name == "" {
		return c, failure("functionConfig of kind %s has no metadata.name", kind)
	}
	for i, n := range rl.Items {
		if !isObject(n) {
			return c, failure("item %d of the list is no object", i+1)
		}
	}
	return c, nil
}

// config is the functionConfig as it was given.
func (rl *ResourceList) config(kind string) (M, error) {
	if rl.Config != nil {
		return rl.Config, nil
	}
	if rl.FunctionConfig == nil {
		return nil, failure("no functionConfig given: %s wants one of kind %s", kind, kind)
	}
	v, err := value.Read(rl.FunctionConfig.YNode())
	if err != nil {
		return nil, failure("functionConfig has what JSON has not: a key that is no text or there twice, a number such as .nan, or an alias to what it stands in")
	}
	config, ok := v.(M)
	if !ok {
		return nil, failure("functionConfig is not a YAML mapping")
	}
	return config, nil
}

// isObject tells whether kyaml can be asked for an item's kind, name and
// labels: it panics where it finds a sequence in the place of a mapping.
func isObject(n *yaml.RNode) bool {
	if n == nil || !isMapping(n.YNode()) {
		return false
	}
	for _, meta := range values(n.YNode(), "metadata") {
		if !isMapping(meta) {
			return false
		}
		for _, m := range append(values(meta, "labels"), values(meta, "annotations")...) {
			if !isMapping(m) {
				return false
			}
		}
	}
	return true
}

func isMapping(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.MappingNode && len(n.Content)%2 == 0
}

// values of a mapping's field. Someone may have written it twice.
func values(mapping *yaml.Node, field string) []*yaml.Node {
	var found []*yaml.Node
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == field {
			found = append(found, mapping.Content[i+1])
		}
	}
	return found
}

func failure(format string, args ...any) error {
	return Complaints{fmt.Sprintf(format, args...)}
}

// Fail is an error result of a function, about its functionConfig.
func Fail(format string, args ...any) error { return failure(format, args...) }
