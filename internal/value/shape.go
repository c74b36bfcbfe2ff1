package value

import (
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
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

// fieldName is a name that JSON takes from a tag as it is.
var fieldName = regexp.MustCompile(`^[-_.$/A-Za-z0-9]+$`)

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
// there twice and odd options are left to encoding/json.
func structShape(t reflect.Type) *shape {
	s := &shape{fields: map[string]fieldShape{}}
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if f.Anonymous {
			return &shape{json: true}
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		field := fieldShape{index: i}
		for option := range strings.SplitSeq(options, ",") {
			switch option {
			case "omitempty":
				field.omitEmpty = true
			case "omitzero":
				field.omitZero = true
			case "":
			default:
				return &shape{json: true}
			}
		}
		if _, twice := s.fields[name]; twice || !fieldName.MatchString(name) || field.omitZero && either(f.Type, zeroer) {
			return &shape{json: true}
		}
		s.fields[name] = field
	}
	return s
}
