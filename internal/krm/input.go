package krm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// atLine is how the YAML parser says where it stopped.
var atLine = regexp.MustCompile(`\bline ([0-9]+)`)

// Bounds of what is read. They are far above what a repository holds: 10,000 objects
// are about 15 MiB, and aliases stand for a part of what is written.
const (
	longestInput = 64 << 20 // bytes
	// With each alias counted as what it stands for there may be so many times as many
	// values as are written, and so many more.
	mostTimes, mostMore = 10, 100_000
	endless             = 1 << 30
)

// list is a ResourceList that was read.
type list struct {
	apiVersion    string
	items         []*yaml.RNode
	config        *yaml.RNode
	root, content *yaml.Node // the list, and the sequence of its items
}

// versions of the ResourceList that are read: one shape with three names.
var versions = []string{"config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"}

// readInput reads a ResourceList as kyaml does, and refuses what is none in our words:
// kyaml panics at a functionConfig that is a list, of two fields of one name it takes
// one, or none, and of others it shows what its parser says of a part of the input.
func readInput(input []byte) (list, error) {
	if len(input) > longestInput {
		return list{}, failure("the input has more than %d MiB: give the function fewer objects at a time", longestInput>>20)
	}
	if !utf8.Valid(input) {
		return list{}, failure("the input is not UTF-8")
	}
	// As kyaml reads it.
	input = bytes.ReplaceAll(input, []byte("\r\n"), []byte("\n"))
	d := yaml.NewDecoder(bytes.NewReader(input))
	var document, more yaml.Node
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF) || err == nil && len(document.Content) != 1:
		return list{}, failure("there is nothing to read: a ResourceList is wanted on standard input")
	case err != nil:
		return list{}, unreadable(err)
	}
	// What follows may be the end of a document, or one with nothing in it.
	err := d.Decode(&more)
	for err == nil && len(more.Content) == 1 && more.Content[0].ShortTag() == yaml.NodeTagNull {
		more = yaml.Node{}
		err = d.Decode(&more)
	}
	if err == nil {
		return list{}, failure("the input has more than one YAML document, the second one at line %d: a ResourceList is one", more.Line)
	}
	if !errors.Is(err, io.EOF) {
		return list{}, unreadable(err)
	}
	root := document.Content[0]
	if !isMapping(root) {
		return list{}, failure("the input is %s, wanted a ResourceList", wordOf(root))
	}
	if most := mostTimes*written(root) + mostMore; sized(root, map[*yaml.Node]int{}) > most {
		return list{}, failure("the input has aliases that stand for more than %d times what is written", mostTimes)
	}
	if name := twice(root); name != "" {
		return list{}, failure("%s is written twice in the list", name)
	}
	return listOf(root)
}

// listOf checks the parts of a list, and takes them out of it.
func listOf(root *yaml.Node) (list, error) {
	l := list{root: root}
	for _, v := range values(root, "apiVersion") {
		l.apiVersion = v.Value
	}
	kinds := values(root, "kind")
	if len(kinds) == 0 || kinds[0].Value != "ResourceList" {
		return l, failure("the input is no ResourceList: its kind has to be that")
	}
	if !slices.Contains(versions, l.apiVersion) {
		return l, failure("the ResourceList is of apiVersion %q; wanted is %s", l.apiVersion, strings.Join(versions, ", "))
	}
	for _, items := range values(root, "items") {
		items = target(items)
		if items.Kind != yaml.SequenceNode && items.Tag != yaml.NodeTagNull {
			return l, failure("items is no list")
		}
		l.content = items
		for i, item := range items.Content {
			if wrong := checkItem(item); wrong != "" {
				return l, failure("item %d of the list%s", i+1, wrong)
			}
			l.items = append(l.items, yaml.NewRNode(target(item)))
		}
	}
	for _, config := range values(root, "functionConfig") {
		if !isMapping(config) {
			return l, failure("functionConfig is no object")
		}
		if name := twiceBelow(config); name != "" {
			return l, failure("%s is written twice in the functionConfig", name)
		}
		l.config = yaml.NewRNode(config)
	}
	return l, nil
}

// written is how many values a node has.
func written(n *yaml.Node) int {
	size := 1
	for _, e := range n.Content {
		size += written(e)
	}
	return size
}

// sized is how many values a node has with each alias counted as what it stands for,
// as far as the bound goes. An alias to what it stands in is endless.
func sized(n *yaml.Node, known map[*yaml.Node]int) int {
	if n.Anchor != "" {
		if size, ok := known[n]; ok {
			return size
		}
		known[n] = endless // until it is counted
	}
	size := 1
	if n.Kind == yaml.AliasNode {
		size = sized(n.Alias, known)
	}
	for _, e := range n.Content {
		size = min(size+sized(e, known), endless)
	}
	if n.Anchor != "" {
		known[n] = size
	}
	return size
}

// unreadable says where the parser stopped, as far as it says that.
func unreadable(err error) error {
	if at := atLine.FindStringSubmatch(err.Error()); at != nil {
		return failure("the input is not YAML, near line %s", at[1])
	}
	return failure("the input is not YAML")
}

// Misshaped says what keeps a node from being an object, as the end of a sentence about
// it; "" if nothing does.
func Misshaped(n *yaml.Node) string { return checkItem(n) }

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
	if len(n.Content) > 2*few {
		return twiceOfMany(n)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		for j := 0; j < i; j += 2 {
			if n.Content[j].Value == n.Content[i].Value && n.Content[i].Kind == yaml.ScalarNode {
				return n.Content[i].Value
			}
		}
	}
	return ""
}

// few fields are compared with each other; for more of them there is a map.
const few = 16

func twiceOfMany(n *yaml.Node) string {
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
