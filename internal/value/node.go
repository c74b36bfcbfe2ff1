package value

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Ordered is a mapping that says the order of its keys.
type Ordered interface{ All() iter.Seq2[string, any] }

// Node writes any Go value as YAML, with sorted keys. It is the node of what
// encoding/json would write: a struct by its tags, numbers with their digits.
func Node(v any) (*yaml.Node, error) { return writer{slices.Sort[[]string]}.node(v, 0) }

// Document is Node with the keys in the order of Keys.
func Document(v any) (*yaml.Node, error) { return writer{sortToRead}.node(v, 0) }

// writer goes through what objects are made of. What is none of that, or needs
// JSON's care, goes through JSON.
type writer struct{ sort func([]string) }

// A value may hold this many levels of others before JSON is asked whether it
// holds itself. What JSON wrote does not.
const (
	deep    = 500
	endless = math.MinInt32
)

func (w writer) node(v any, depth int) (*yaml.Node, error) {
	if depth > deep {
		return w.throughJSON(v)
	}
	switch v := v.(type) {
	case nil:
		return scalar(yaml.NodeTagNull, "null"), nil
	case string:
		return quoted(v), nil
	case bool:
		return scalar(yaml.NodeTagBool, strconv.FormatBool(v)), nil
	case int64:
		return scalar(yaml.NodeTagInt, strconv.FormatInt(v, 10)), nil
	case int:
		return scalar(yaml.NodeTagInt, strconv.Itoa(v)), nil
	case json.Number:
		return number(v)
	case map[string]any:
		if v == nil {
			break
		}
		if keys, ok := w.keys(maps.Keys(v)); ok {
			return fill(keys, func(key string) (*yaml.Node, error) { return w.node(v[key], depth+1) })
		}
	case []any:
		if v != nil {
			return list(len(v), func(i int) (*yaml.Node, error) { return w.node(v[i], depth+1) })
		}
	case Ordered:
		return w.ordered(v, depth)
	}
	return w.typed(reflect.ValueOf(v), depth)
}

func scalar(tag, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
}

func number(v json.Number) (*yaml.Node, error) {
	text := v.String()
	if text == "" {
		text = "0"
	}
	var valid json.Number
	if err := json.Unmarshal([]byte(text), &valid); err != nil || valid.String() != text {
		return nil, fmt.Errorf("%q is no number", text)
	}
	tag := yaml.NodeTagInt
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		if _, err := strconv.ParseUint(text, 10, 64); err != nil {
			tag = yaml.NodeTagFloat
		}
	}
	return scalar(tag, text), nil
}

func (w writer) ordered(v Ordered, depth int) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for key, e := range v.All() {
		field, err := w.node(e, depth+1)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, quoted(key), field)
	}
	return n, nil
}

// typed writes a value of any type.
func (w writer) typed(v reflect.Value, depth int) (*yaml.Node, error) {
	shape := shapeOf(v.Type())
	if shape.json || depth > deep {
		return w.throughJSON(address(v))
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return w.typed(v.Elem(), depth+1)
		}
	case reflect.Interface:
		if !v.IsNil() {
			return w.node(v.Interface(), depth+1)
		}
	case reflect.Slice:
		if !v.IsNil() {
			return w.sequence(v, depth)
		}
	case reflect.Map:
		if !v.IsNil() {
			return w.mapping(v, depth)
		}
	case reflect.Array:
		return w.sequence(v, depth)
	case reflect.Struct:
		return w.structure(v, shape, depth)
	case reflect.String:
		return quoted(v.String()), nil
	case reflect.Bool:
		return scalar(yaml.NodeTagBool, strconv.FormatBool(v.Bool())), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return scalar(yaml.NodeTagInt, strconv.FormatInt(v.Int(), 10)), nil
	}
	return w.node(nil, depth)
}

func (w writer) sequence(v reflect.Value, depth int) (*yaml.Node, error) {
	return list(v.Len(), func(i int) (*yaml.Node, error) { return w.typed(v.Index(i), depth+1) })
}

// list makes a sequence of its elements.
func list(length int, element func(int) (*yaml.Node, error)) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: make([]*yaml.Node, length)}
	for i := range n.Content {
		var err error
		if n.Content[i], err = element(i); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (w writer) mapping(v reflect.Value, depth int) (*yaml.Node, error) {
	keys, ok := w.keys(func(yield func(string) bool) {
		for k := v.MapRange(); k.Next() && yield(k.Key().String()); {
		}
	})
	if !ok {
		return w.throughJSON(v.Interface())
	}
	return fill(keys, func(key string) (*yaml.Node, error) {
		return w.typed(v.MapIndex(reflect.ValueOf(key).Convert(v.Type().Key())), depth+1)
	})
}

// keys in their order. JSON mends those that are no UTF-8, and then they may
// be there twice: it is not ok to go on without it.
func (w writer) keys(of iter.Seq[string]) (keys []string, ok bool) {
	for key := range of {
		if !utf8.ValidString(key) {
			return nil, false
		}
		keys = append(keys, key)
	}
	w.sort(keys)
	return keys, true
}

// fill makes a mapping of its fields.
func fill(keys []string, field func(string) (*yaml.Node, error)) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: make([]*yaml.Node, 0, 2*len(keys))}
	for _, key := range keys {
		e, err := field(key)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, quoted(key), e)
	}
	return n, nil
}

func (w writer) structure(v reflect.Value, s *shape, depth int) (*yaml.Node, error) {
	names := make([]string, 0, len(s.fields))
	for name, f := range s.fields {
		if e := v.Field(f.index); !(f.omitZero && e.IsZero() || f.omitEmpty && isEmpty(e)) {
			names = append(names, name)
		}
	}
	w.sort(names)
	return fill(names, func(name string) (*yaml.Node, error) { return w.typed(v.Field(s.fields[name].index), depth+1) })
}

// isEmpty is what `omitempty` leaves out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// address is what JSON looks at: the pointer to a value may have the method
// that writes it.
func address(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}

// throughJSON writes a value as JSON and reads it again.
func (w writer) throughJSON(v any) (*yaml.Node, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	plain, err := digits(text)
	if err != nil {
		return nil, err
	}
	return w.node(plain, endless)
}
