package krm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Node turns a value into a YAML node with sorted keys. It builds the node
// itself: kyaml's way writes the value as JSON and as YAML and parses both,
// which took a third of a whole run.
func Node(v any) (*yaml.RNode, error) {
	plain, err := plainValue(v)
	if err != nil {
		return nil, fmt.Errorf("encode object: %w", err)
	}
	return yaml.NewRNode(node(plain)), nil
}

// oldNonString tells whether YAML 1.1, which kubectl reads, takes a word for a
// boolean or a number (1:30 is 90) where YAML 1.2, by which the encoder decides
// about quotes, does not.
func oldNonString(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return strings.Contains(s, ":") && strings.Trim(s, "+-0123456789_:.") == ""
}

// plainValue turns structs and typed maps into maps, lists and scalars, as
// JSON does; numbers keep their digits.
func plainValue(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var plain any
	err = d.Decode(&plain)
	return plain, err
}

func node(v any) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, node(k), node(v[k]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		for _, e := range v {
			n.Content = append(n.Content, node(e))
		}
		return n
	case string:
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: v}
		if oldNonString(v) {
			n.Style = yaml.DoubleQuotedStyle
		}
		return n
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: fmt.Sprint(v)}
	case json.Number:
		tag := yaml.NodeTagInt
		if _, err := v.Int64(); err != nil {
			tag = yaml.NodeTagFloat
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}
}

// Change rewrites an object as a mapping: change edits it in place. Keys come
// out sorted, as from Add.
func Change(n *yaml.RNode, change func(M) error) error {
	v, err := Value(n)
	if err != nil {
		return fmt.Errorf("read %s %s: %w", n.GetKind(), n.GetName(), err)
	}
	o, _ := v.(M)
	if err := change(o); err != nil {
		return err
	}
	changed, err := Node(o)
	if err != nil {
		return err
	}
	n.SetYNode(changed.YNode())
	return nil
}

// Value reads an object, or a part of one, as maps, lists and scalars; numbers
// are json.Number. What Node can have made is read directly, the rest (an
// anchor, a date) through kyaml.
func Value(n *yaml.RNode) (any, error) {
	if v, ok := plainNode(n.YNode()); ok {
		return v, nil
	}
	raw, err := n.MarshalJSON()
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err = d.Decode(&v)
	return v, err
}

func plainNode(n *yaml.Node) (any, bool) {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(M, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode || k.ShortTag() != yaml.NodeTagString {
				return nil, false
			}
			if _, twice := m[k.Value]; twice {
				return nil, false
			}
			v, ok := plainNode(n.Content[i+1])
			if !ok {
				return nil, false
			}
			m[k.Value] = v
		}
		return m, true
	case yaml.SequenceNode:
		l := make(L, len(n.Content))
		for i, e := range n.Content {
			v, ok := plainNode(e)
			if !ok {
				return nil, false
			}
			l[i] = v
		}
		return l, true
	case yaml.ScalarNode:
		return plainScalar(n)
	}
	return nil, false
}

func plainScalar(n *yaml.Node) (any, bool) {
	switch n.ShortTag() {
	case yaml.NodeTagString:
		return n.Value, true
	case yaml.NodeTagBool:
		return n.Value == "true", n.Value == "true" || n.Value == "false"
	case yaml.NodeTagInt:
		// Only what JSON writes the same way: not 0o17, +1 or 1_000.
		var number json.Number
		err := json.Unmarshal([]byte(n.Value), &number)
		return number, err == nil && number.String() == n.Value
	case yaml.NodeTagNull:
		return nil, true
	}
	return nil, false
}
