package value

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// shape is what a type's tags say about writing its values.
type shape struct {
	// json: values of the type are left to encoding/json.
	json   bool
	fields map[string]fieldShape
}

type fieldShape struct {
	index               int
	omitEmpty, omitZero bool
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
	zeroer        = reflect.TypeFor[interface{ IsZero() bool }]()

	// shapes remembers those of types that were written. They follow from the
	// type alone.
	shapes sync.Map
)

func shapeOf(t reflect.Type) *shape {
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	s, _ := shapes.LoadOrStore(t, newShape(t))
	return s.(*shape)
}

func newShape(t reflect.Type) *shape {
	if t == reflect.TypeFor[json.Number]() || either(t, marshaler) || either(t, textMarshaler) {
		return &shape{json: true}
	}
	switch t.Kind() {
	case reflect.Struct:
		return structShape(t)
	case reflect.Map:
		return &shape{json: t.Key().Kind() != reflect.String}
	case reflect.Slice:
		return &shape{json: t.Elem().Kind() == reflect.Uint8} // base64
	case reflect.Pointer, reflect.Interface, reflect.Array, reflect.String, reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &shape{}
	}
	return &shape{json: true}
}

// either tells whether a type or its pointer has a method.
func either(t, method reflect.Type) bool {
	return t.Implements(method) || reflect.PointerTo(t).Implements(method)
}

// structShape reads the tags of a struct. Embedded fields, names that are
// there twice and what is odd are left to encoding/json.
func structShape(t reflect.Type) *shape {
	s := &shape{fields: map[string]fieldShape{}}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			return &shape{json: true}
		}
		if tag := f.Tag.Get("json"); !f.IsExported() || tag == "-" {
			continue
		}
		name, field, ok := readTag(f)
		if _, twice := s.fields[name]; twice || !ok {
			return &shape{json: true}
		}
		field.index = i
		s.fields[name] = field
	}
	return s
}

// readTag reads the name and the options of a field. It is not ok if there is
// anything that only encoding/json knows.
func readTag(f reflect.StructField) (name string, field fieldShape, ok bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		name = f.Name
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			field.omitEmpty = true
		case "omitzero":
			field.omitZero = true
		case "":
		default:
			return name, field, false
		}
	}
	return name, field, !strings.ContainsFunc(name, odd) && !(field.omitZero && either(f.Type, zeroer))
}

// odd are characters for which JSON may not take a name as it is in a tag.
func odd(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.$/", r))
}
