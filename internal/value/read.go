package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Read turns a YAML node into plain values.
func Read(n *yaml.Node) (any, error) {
	if v, ok := Plain(n); ok {
		return v, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	return Settle(v)
}

// Plain turns a node into plain values if it is written in the one way that
// Node would write it too, but for quotes. It is not if it has anchors or
// floats, odd tags, keys that are no strings or there twice, or numbers such
// as 0o17, 1_000 and +1.
func Plain(n *yaml.Node) (v any, ok bool) {
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 1 {
			return Plain(n.Content[0])
		}
	case yaml.MappingNode:
		return plainMapping(n)
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, e := range n.Content {
			if list[i], ok = Plain(e); !ok {
				return nil, false
			}
		}
		return list, true
	case yaml.ScalarNode:
		return plainScalar(n)
	}
	return nil, false
}

func plainMapping(n *yaml.Node) (v any, ok bool) {
	m := make(map[string]any, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode || k.ShortTag() != yaml.NodeTagString || has(m, k.Value) {
			return nil, false
		}
		if m[k.Value], ok = Plain(n.Content[i+1]); !ok {
			return nil, false
		}
	}
	return m, true
}

func plainScalar(n *yaml.Node) (v any, ok bool) {
	switch n.ShortTag() {
	case yaml.NodeTagString:
		return n.Value, true
	case yaml.NodeTagInt:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		return i, err == nil && strconv.FormatInt(i, 10) == n.Value
	case yaml.NodeTagBool:
		return n.Value == "true", n.Value == "true" || n.Value == "false"
	case yaml.NodeTagNull:
		return nil, true
	}
	return nil, false
}

// FromJSON reads plain values from JSON.
func FromJSON(text []byte) (any, error) {
	v, err := digits(text)
	if err != nil {
		return nil, err
	}
	return Settle(v)
}

// digits reads JSON, and keeps its numbers as they are written.
func digits(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// Of turns any Go value into plain values, as JSON does.
func Of(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return FromJSON(text)
}

// Into fills in a Go value from another, such as a struct from plain values,
// as JSON does. A field that to does not have is an error.
func Into(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(to)
}

// Settle brings what a YAML or JSON decoder gives into plain values. A date is
// text, in the form that kustomize gives it. There is no value for what JSON
// cannot say: numbers that are none, and two keys that are the same text.
func Settle(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool, int64:
		return v, nil
	case int:
		return int64(v), nil
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v), nil
		}
		return v, nil
	case float64:
		return settleFloat(v)
	case json.Number:
		return settleNumber(v)
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			var err error
			if list[i], err = Settle(e); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		return settleMapping(v)
	case map[any]any:
		return settleMapping(v)
	}
	return nil, fmt.Errorf("a value of type %T has no place in an object", v)
}

func settleMapping[K comparable](v map[K]any) (any, error) {
	m := make(map[string]any, len(v))
	for k, e := range v {
		key := fmt.Sprint(k)
		if has(m, key) {
			return nil, fmt.Errorf("the key %q is there twice", key)
		}
		var err error
		if m[key], err = Settle(e); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func settleFloat(v float64) (any, error) {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return nil, fmt.Errorf("%v has no place in an object", v)
	case v == math.Trunc(v) && math.Abs(v) < 1<<53:
		return int64(v), nil
	}
	return v, nil
}

func settleNumber(v json.Number) (any, error) {
	if i, err := v.Int64(); err == nil {
		return i, nil
	}
	if u, err := strconv.ParseUint(v.String(), 10, 64); err == nil {
		return u, nil
	}
	f, err := v.Float64()
	if err != nil {
		return nil, err
	}
	return settleFloat(f)
}
