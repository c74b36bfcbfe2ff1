package krm

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// checkInput refuses a ResourceList that kyaml reads wrongly: it panics at a
// functionConfig that is a list, and of two fields of one name it takes one, or
// none. What is no YAML is left to kyaml.
func checkInput(input []byte) error {
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(input)).Decode(&document); err != nil || len(document.Content) != 1 {
		return nil
	}
	list := document.Content[0]
	if name := twice(list); name != "" {
		return failure("%s is written twice in the list", name)
	}
	for _, items := range values(list, "items") {
		if items.Kind != yaml.SequenceNode && items.Tag != yaml.NodeTagNull {
			return failure("items is no list")
		}
	}
	for _, config := range values(list, "functionConfig") {
		if !isMapping(config) {
			return failure("functionConfig is no object")
		}
		if name := twiceBelow(config); name != "" {
			return failure("%s is written twice in the functionConfig", name)
		}
	}
	return nil
}

// twice is a field of a mapping that is written more than once, or "".
func twice(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if name := n.Content[i].Value; len(values(n, name)) > 1 {
			return name
		}
	}
	return ""
}

// twiceBelow is twice for all mappings of a value.
func twiceBelow(n *yaml.Node) string {
	name := twice(n)
	for i := 0; name == "" && i < len(n.Content); i++ {
		name = twiceBelow(n.Content[i])
	}
	return name
}
