package krm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// wrong is one place that has not the shape of a Go type.
type wrong struct{ path, message string }

// misfits says where a plain value has not the shape of a Go type, and what is wanted
// there, in the words of whoever wrote it. What reads JSON by itself fits. The names
// of fields are compared letter by letter.
func misfits(v any, t reflect.Type, path string) []wrong {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v == nil || t.Kind() == reflect.Interface || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil
	}
	other := []wrong{{path, fmt.Sprintf("%s is %s, wanted %s", path, nounOf(v), wantedAs(t))}}
	var all []wrong
	switch t.Kind() {
	case reflect.Struct:
		m, ok := v.(M)
		if !ok {
			return other
		}
		return fieldMisfits(m, t, path)
	case reflect.Map:
		m, ok := v.(M)
		if !ok {
			return other
		}
		for _, key := range Keys(m) {
			all = append(all, misfits(m[key], t.Elem(), below(path, key))...)
		}
	case reflect.Slice:
		list, ok := v.(L)
		if !ok {
			return other
		}
		for i, e := range list {
			all = append(all, misfits(e, t.Elem(), fmt.Sprintf("%s[%d]", path, i))...)
		}
	default:
		is, want := wantedAs(reflect.TypeOf(v)), wantedAs(t)
		if is != want && !(is == "an integer" && want == "a number") {
			return other
		}
	}
	return all
}

// fieldMisfits is misfits for the fields of a struct.
func fieldMisfits(m M, t reflect.Type, path string) []wrong {
	known := fieldsOf(t)
	var all []wrong
	for _, key := range Keys(m) {
		of, ok := known[key]
		if !ok {
			all = append(all, wrong{below(path, key), fmt.Sprintf("unknown field %q%s; known there: %s", key, in(path), cmp.Or(strings.Join(slices.Sorted(maps.Keys(known)), ", "), "none"))})
			continue
		}
		all = append(all, misfits(m[key], of, below(path, key))...)
	}
	return all
}

// fieldsOf are the types of a struct's fields by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			maps.Copy(fields, fieldsOf(f.Type))
		} else if name != "-" && f.IsExported() {
			fields[cmp.Or(name, f.Name)] = f.Type
		}
	}
	return fields
}

func below(path, key string) string {
	if strings.ContainsAny(key, ".[] ") {
		return fmt.Sprintf("%s[%q]", path, key)
	}
	return strings.TrimPrefix(path+"."+key, ".")
}

// wantedAs names a type as YAML has it.
func wantedAs(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "an integer"
}

// nounOf names what a plain value is. Texts are not shown: they may be secret.
func nounOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case bool:
		return fmt.Sprint(v)
	case int64, uint64, float64:
		return fmt.Sprintf("the number %v", v)
	}
	return wantedAs(reflect.TypeOf(v))
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}
