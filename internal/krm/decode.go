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
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       Spec     `json:"spec"`
}

// Metadata of a functionConfig. It is any ObjectMeta: other functions may have put
// labels and more there. What is here is what counts.
type Metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Decode reads the functionConfig of rl strictly: unknown fields, a missing
// functionConfig or another kind are Complaints. So is an item of the list that has
// not the shape of an object.
func Decode[Spec any](rl *ResourceList, kind string) (Config[Spec], error) {
	return decode[Spec](rl, APIVersion, kind)
}

func decode[Spec any](rl *ResourceList, apiVersion, kind string) (Config[Spec], error) {
	var c Config[Spec]
	config, err := rl.config(kind)
	if err != nil {
		return c, err
	}
	if err := identify(&c.APIVersion, &c.Kind, &c.Metadata, config); err != nil {
		return c, failure("functionConfig of kind %s: %s", kind, err)
	}
	if c.APIVersion != apiVersion || c.Kind != kind {
		return c, failure("functionConfig is %s %q, wanted %s %q", c.APIVersion, c.Kind, apiVersion, kind)
	}
	if c.Metadata.Name == "" {
		return c, failure("functionConfig of kind %s has no metadata.name", kind)
	}
	if rl.Config == nil {
		if wrong := misfits(config, reflect.TypeFor[envelope[Spec]](), ""); len(wrong) > 0 {
			var all Complaints
			for _, w := range wrong {
				r := complaint("%s", w.message)
				r.Message = fmt.Sprintf("functionConfig of kind %s: %s", kind, w.message)
				r.Field = &Field{Path: w.path}
				all = append(all, r)
			}
			return c, all
		}
	}
	spec, given := config["spec"]
	if given {
		if err := value.Into(spec, &c.Spec); err != nil {
			return c, misread(kind, spec, reflect.TypeFor[Spec]())
		}
	}
	for i, n := range rl.Items {
		if !isObject(n) {
			return c, failure("item %d of the list is no object", i+1)
		}
	}
	return c, nil
}

// envelope is the shape of a functionConfig: of its metadata the owner may say what
// they like.
type envelope[Spec any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   M      `json:"metadata"`
	Spec       Spec   `json:"spec"`
}

// misread says why a spec is not of a type.
func misread(kind string, spec any, t reflect.Type) error {
	plain, err := value.Of(spec)
	if err != nil {
		return fmt.Errorf("encode functionConfig: %w", err)
	}
	if wrong := misfits(plain, t, "spec"); len(wrong) > 0 {
		return failure("functionConfig of kind %s: %s", kind, wrong[0].message)
	}
	return failure("functionConfig of kind %s: a value in it is of the wrong form", kind)
}

// identify reads what says which config it is.
func identify(apiVersion, kind *string, meta *Metadata, config M) error {
	text := func(at, field string, m M, to *string) error {
		if v, ok := m[field]; ok && v != nil {
			s, ok := v.(string)
			if !ok {
				return fmt.Errorf("%s%s is %s, wanted a text", at, field, nounOf(v))
			}
			*to = s
		}
		return nil
	}
	metadata, isMap := config["metadata"].(M)
	if config["metadata"] != nil && !isMap {
		return fmt.Errorf("metadata is %s, wanted a mapping", nounOf(config["metadata"]))
	}
	if annotations, ok := metadata["annotations"].(M); ok {
		meta.Annotations = map[string]string{}
		for key, v := range annotations {
			meta.Annotations[key], _ = v.(string)
		}
	}
	return cmp.Or(text("", "apiVersion", config, apiVersion), text("", "kind", config, kind),
		text("metadata.", "name", metadata, &meta.Name), text("metadata.", "namespace", metadata, &meta.Namespace))
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
	return Complaints{complaint(format, args...)}
}

// Fail is an error result of a function, about its functionConfig.
func Fail(format string, args ...any) error { return failure(format, args...) }
