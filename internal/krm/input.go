package krm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// atLine is how the YAML parser says where it stopped.
var atLine = regexp.MustCompile(`\bline ([0-9]+)`)

// checkInput refuses what is no ResourceList, in our words: kyaml panics at a
// functionConfig that is a list, of two fields of one name it takes one, or
// none, and of others it shows what its parser says of a part of the input.
func checkInput(input []byte) error {
	d := yaml.NewDecoder(bytes.NewReader(input))
	var document, more yaml.Node
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF) || err == nil && len(document.Content) != 1:
		return failure("there is nothing to read: a ResourceList is wanted on standard input")
	case err != nil:
		return unreadable(err)
	}
	if err := d.Decode(&more); err == nil {
		return failure("the input has more than one YAML document, the second one at line %d: a ResourceList is one", more.Line)
	} else if !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	list := document.Content[0]
	if !isMapping(list) {
		return failure("the input is %s, wanted a ResourceList", wordOf(list))
	}
	if name := twice(list); name != "" {
		return failure("%s is written twice in the list", name)
	}
	for _, items := range values(list, "items") {
		if items.Kind != yaml.SequenceNode && items.Tag != yaml.NodeTagNull {
			return failure("items is no list")
		}
		for i, item := range items.Content {
			if wrong := checkItem(item); wrong != "" {
				return failure("item %d of the list%s", i+1, wrong)
			}
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

// unreadable says where the parser stopped, as far as it says that.
func unreadable(err error) error {
	if at := atLine.FindStringSubmatch(err.Error()); at != nil {
		return failure("the input is not YAML, near line %s", at[1])
	}
	return failure("the input is not YAML")
}

// checkItem says what keeps kyaml from asking an item for its kind, name, labels
// and annotations; "" if nothing does.
func checkItem(n *yaml.Node) string {
	n = target(n)
	if !isMapping(n) {
		return " is no object"
	}
	if name := twiceBelow(n); name != "" {
		return fmt.Sprintf(": %s is written twice", name)
	}
	if wrong := texts("", n, "apiVersion", "kind"); wrong != "" {
		return wrong
	}
	for _, meta := range values(n, "metadata") {
		if meta = target(meta); !isMapping(meta) {
			return fmt.Sprintf(": metadata is %s, wanted a mapping", wordOf(meta))
		}
		if wrong := texts("metadata.", meta, "name", "namespace"); wrong != "" {
			return wrong
		}
		for _, field := range []string{"labels", "annotations"} {
			for _, m := range values(meta, field) {
				if m = target(m); m.ShortTag() != yaml.NodeTagNull && !isMapping(m) {
					return fmt.Sprintf(": metadata.%s is %s, wanted a mapping", field, wordOf(m))
				}
				for i := 0; i+1 < len(m.Content); i += 2 {
					if v := target(m.Content[i+1]); v.Kind != yaml.ScalarNode {
						return fmt.Sprintf(": metadata.%s[%q] is %s, wanted a text", field, m.Content[i].Value, wordOf(v))
					}
				}
			}
		}
	}
	return ""
}

// texts wants fields to be texts, where they are.
func texts(path string, n *yaml.Node, fields ...string) string {
	for _, field := range fields {
		for _, v := range values(n, field) {
			if v = target(v); v.Kind != yaml.ScalarNode {
				return fmt.Sprintf(": %s%s is %s, wanted a text", path, field, wordOf(v))
			}
		}
	}
	return ""
}

// target is what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// wordOf names a node.
func wordOf(n *yaml.Node) string {
	switch target(n).Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch target(n).ShortTag() {
	case yaml.NodeTagNull:
		return "empty"
	case yaml.NodeTagInt, yaml.NodeTagFloat:
		return "a number"
	case yaml.NodeTagBool:
		return "true or false"
	}
	return "a text"
}

// twice is a field of a mapping that is written more than once, or "".
func twice(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if seen[name] && n.Content[i].Kind == yaml.ScalarNode {
			return name
		}
		seen[name] = true
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
