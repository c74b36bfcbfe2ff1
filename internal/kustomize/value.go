package kustomize

import (
	"unicode/utf8"

	// The fork of go-yaml that the engine prints with: another one breaks
	// lines and quotes strings differently.
	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// MarshalYAML prints a value as kustomize prints an object: keys sorted,
// sequences not indented.
func MarshalYAML(v any) ([]byte, error) { return yamlv2.Marshal(v) }

// parse reads printed YAML into plain values.
func parse(text []byte) (map[string]any, error) {
	var v map[string]any
	if err := yamlv2.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	settled, err := value.Settle(v)
	if err != nil {
		return nil, err
	}
	return settled.(map[string]any), nil
}

// longKey is more than a key may have without the "?" of a complex key, which
// YAML asks for above 1024 characters.
const longKey = 256

// read turns a node into plain values. sure is false as soon as there is
// anything of which it is not certain that printing the value gives the bytes
// that the engine's round trip through YAML and JSON gives: floats, anchors,
// odd tags, strings with control characters.
func read(n *yaml.Node) (v any, sure bool) {
	if v, sure = value.Plain(n); !sure {
		return nil, false
	}
	return v, simple(v)
}

// simple says that a value goes through YAML, JSON and YAML again unharmed.
func simple(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if len(k) > longKey || !simpleText(k) || !simple(e) {
				return false
			}
		}
	case []any:
		for _, e := range v {
			if !simple(e) {
				return false
			}
		}
	case string:
		return simpleText(v)
	}
	return true
}

// simpleText: the exceptions are control characters, the line breaks of
// Unicode, and text that starts with blank space, where a block scalar needs an
// indentation hint. "<<" is a merge key even where it is quoted.
func simpleText(s string) bool {
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

// asEngine prints a node the way the engine does. Tests hold MarshalYAML
// against it.
func asEngine(n *yaml.RNode) ([]byte, error) {
	raw, err := n.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return sigsyaml.JSONToYAML(raw)
}
