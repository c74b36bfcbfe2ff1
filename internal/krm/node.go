package krm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Node turns a value into a YAML node with sorted keys, as JSON would have it;
// numbers keep their digits. It builds the node itself: kyaml's way writes the
// value as JSON and as YAML and parses both, which took a third of a whole run.
func Node(v any) (*yaml.RNode, error) {
	n, err := node(v)
	if err != nil {
		return nil, fmt.Errorf("encode object: %w", err)
	}
	return yaml.NewRNode(n), nil
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

// node goes through what objects are made of; what is none of that, or needs
// JSON's care, goes through JSON.
func node(v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case map[string]any:
		if v != nil {
			return mapping(v)
		}
	case map[string]string:
		if v != nil {
			return mapping(v)
		}
	case []any:
		if v != nil {
			return sequence(v)
		}
	case []map[string]any:
		if v != nil {
			return sequence(v)
		}
	case []string:
		if v != nil {
			return sequence(v)
		}
	case string:
		if utf8.ValidString(v) {
			return text(v), nil
		}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(v)}, nil
	case int:
		return number(json.Number(strconv.Itoa(v))), nil
	case json.Number:
		if json.Valid([]byte(v)) {
			return number(v), nil
		}
	}
	plain, err := plainValue(v)
	if err != nil {
		return nil, err
	}
	if plain == nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}, nil
	}
	return node(plain)
}

func mapping[V any](m map[string]V) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: make([]*yaml.Node, 0, 2*len(m))}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		value, err := node(m[k])
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, text(strings.ToValidUTF8(k, "\ufffd")), value)
	}
	return n, nil
}

func sequence[V any](l []V) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: make([]*yaml.Node, len(l))}
	for i, e := range l {
		var err error
		if n.Content[i], err = node(e); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func number(v json.Number) *yaml.Node {
	tag := yaml.NodeTagInt
	if _, err := v.Int64(); err != nil {
		tag = yaml.NodeTagFloat
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}
}

func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
	if oldNonString(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
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
