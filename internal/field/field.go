// Package field finds a field of a struct by its path, in the names that its
// JSON tags give: "kafka.volume.size". It is how the catalogue, which is data,
// points into an environment, which is a Go type.
package field

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// Of returns the field at a path of a struct, or of a pointer to one. A pointer
// on the way that is nil gives the zero value of what would be behind it. It
// panics on a path that Type refuses: paths are checked when the catalogue is
// made.
func Of(of any, path string) reflect.Value {
	v := reflect.ValueOf(of)
	for label := range strings.SplitSeq(path, ".") {
		v = deref(v)
		f, ok := named(v.Type(), label)
		if !ok {
			panic(fmt.Sprintf("field: %s has no %q", v.Type(), label))
		}
		v = v.FieldByIndex(f.Index)
	}
	return v
}

// deref follows a pointer, and stands in for what a nil one points to.
func deref(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Pointer {
		return v
	}
	if v.IsNil() {
		return reflect.Zero(v.Type().Elem())
	}
	return v.Elem()
}

// Given tells whether a field says something: a bool is true, a list or a map
// has elements, a pointer points, any other value is not zero.
func Given(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() > 0
	}
	return !v.IsZero()
}

// Type of the field at a path of a struct type. An error says which part of the
// path there is not.
func Type(of reflect.Type, path string) (reflect.Type, error) {
	f, err := find(of, path)
	return f.Type, err
}

// Optional tells whether the field at a path of a struct type may be left out.
func Optional(of reflect.Type, path string) bool {
	f, err := find(of, path)
	return err == nil && strings.HasSuffix(f.Tag.Get("json"), ",omitempty")
}

func find(of reflect.Type, path string) (reflect.StructField, error) {
	last := reflect.StructField{Type: of}
	for label := range strings.SplitSeq(path, ".") {
		t := last.Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return reflect.StructField{}, fmt.Errorf("path %q: nothing has fields before %q", path, label)
		}
		f, ok := named(t, label)
		if !ok {
			return reflect.StructField{}, fmt.Errorf("path %q: %s has no field %q", path, t, label)
		}
		last = f
	}
	return last, nil
}

// places remembers where fields are: to read the tags of a type takes longer than
// all else here, and the same few fields are asked for again and again.
var places sync.Map // of place to reflect.StructField

type place struct {
	of    reflect.Type
	label string
}

func named(t reflect.Type, label string) (reflect.StructField, bool) {
	if f, ok := places.Load(place{t, label}); ok {
		return f.(reflect.StructField), true
	}
	f, ok := search(t, label)
	if ok {
		places.Store(place{t, label}, f)
	}
	return f, ok
}

func search(t reflect.Type, label string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag == label && tag != "" && tag != "-" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
