package functions

import (
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// step of a field's path as functions write one: a name, or what is in brackets, a number
// or a key.
var step = regexp.MustCompile(`\[[^\]]*\]|[^.\[\]]+`)

// written is the node at which a field of a config is written: the key of the deepest part
// of its path that is there, or the value of kind, which every config has.
func written(config *yaml.Node, path string) *yaml.Node {
	_, at := entry(config, "kind")
	if at == nil {
		at = config
	}
	for n, steps := config, step.FindAllString(path, -1); len(steps) > 0; steps = steps[1:] {
		name := strings.Trim(steps[0], `[]"`)
		if i, err := strconv.Atoi(name); err == nil && n.Kind == yaml.SequenceNode {
			if i < 0 || i >= len(n.Content) {
				break
			}
			n = n.Content[i]
			at = n
			continue
		}
		key, v := entry(n, name)
		if key == nil {
			break
		}
		at, n = key, v
	}
	return at
}

// entry of a mapping.
func entry(n *yaml.Node, name string) (key, v *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}
