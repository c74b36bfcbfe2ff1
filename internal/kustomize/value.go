package kustomize

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	// The fork of go-yaml that the engine prints with: another one breaks
	// lines and quotes strings differently.
	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// Value turns a YAML node into plain values: map[string]any, []any, string,
// bool, int64, float64 and nil. A number without a fraction is an int64
// however it was written, so that equal numbers are equal values.
func Value(n *yaml.Node) (any, error) {
	if v, plain := read(n); plain {
		return v, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	return settle(v)
}

// MarshalYAML prints a value as kustomize prints an object: keys sorted,
// sequences not indented.
func MarshalYAML(v any) ([]byte, error) { return yamlv2.Marshal(v) }

// parse reads printed YAML into plain values.
func parse(text []byte) (map[string]any, error) {
	var v map[string]any
	if err := yamlv2.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	settled, err := settle(v)
	if err != nil {
		return nil, err
	}
	return settled.(map[string]any), nil
}

// ParseJSON reads an object from JSON into plain values.
func ParseJSON(text []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	settled, err := settle(v)
	if err != nil {
		return nil, err
	}
	return settled.(map[string]any), nil
}

// longKey is more than a key may have without the "?" of a complex key, which
// YAML asks for above 1024 characters.
const longKey = 256

// read turns a node into plain values. plain is false as soon as there is
// anything of which it is not certain that printing the value gives the bytes
// that the engine's round trip through YAML and JSON gives: floats, anchors,
// odd tags, strings with control characters.
func read(n *yaml.Node) (v any, plain bool) {
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) != 1 {
			return nil, false
		}
		return read(n.Content[0])
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode || k.ShortTag() != yaml.NodeTagString || !simple(k.Value) || len(k.Value) > longKey {
				return nil, false
			}
			if _, twice := m[k.Value]; twice {
				return nil, false
			}
			if m[k.Value], plain = read(n.Content[i+1]); !plain {
				return nil, false
			}
		}
		return m, true
	case yaml.SequenceNode:
		s := make([]any, len(n.Content))
		for i, e := range n.Content {
			if s[i], plain = read(e); !plain {
				return nil, false
			}
		}
		return s, true
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, false
}

func scalar(n *yaml.Node) (v any, plain bool) {
	switch n.ShortTag() {
	case yaml.NodeTagString:
		return n.Value, simple(n.Value)
	case yaml.NodeTagInt:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		// "0o17", "1_000" and "+1" are integers of other spellings.
		return i, err == nil && strconv.FormatInt(i, 10) == n.Value
	case yaml.NodeTagBool:
		return n.Value == "true", n.Value == "true" || n.Value == "false"
	case yaml.NodeTagNull:
		return nil, true
	}
	return nil, false
}

// simple says that a string goes through YAML, JSON and YAML again unharmed.
// The exceptions are control characters, the line breaks of Unicode, and text
// that starts with blank space, where a block scalar needs an indentation
// hint. "<<" is a merge key even where it is quoted.
func simple(s string) bool {
	if s == "<<" || len(s) > 0 && (s[0] == ' ' || s[0] == '\t' || s[0] == '\n') {
		return false
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r > 0xfffd {
			return false
		}
		i += size
	}
	return true
}

// settle brings what a YAML or JSON decoder gives into the types of Value.
func settle(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, int64:
		return v, nil
	case int:
		return int64(v), nil
	case uint64:
		if v > math.MaxInt64 {
			return float64(v), nil
		}
		return int64(v), nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), nil
		}
		return v, nil
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i, nil
		}
		f, err := v.Float64()
		if err != nil {
			return nil, err
		}
		return settle(f)
	case []any:
		s := make([]any, len(v))
		for i, e := range v {
			var err error
			if s[i], err = settle(e); err != nil {
				return nil, err
			}
		}
		return s, nil
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			var err error
			if m[k], err = settle(e); err != nil {
				return nil, err
			}
		}
		return m, nil
	case map[any]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			var err error
			if m[fmt.Sprint(k)], err = settle(e); err != nil {
				return nil, err
			}
		}
		return m, nil
	}
	return nil, fmt.Errorf("a value of type %T has no place in an object", v)
}

// asEngine prints a node the way the engine does. Tests hold MarshalYAML
// against it.
func asEngine(n *yaml.RNode) ([]byte, error) {
	raw, err := n.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return sigsyaml.JSONToYAML(raw)
}
