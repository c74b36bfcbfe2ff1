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

// misfit says where a plain value has not the shape of a Go type, and what is
// wanted there, in the words of whoever wrote it; "" if it fits, or if the type
// reads JSON by itself.
func misfit(v any, t reflect.Type, path string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v == nil || t.Kind() == reflect.Interface || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return ""
	}
	wrong := fmt.Sprintf("%s is %s, wanted %s", path, nounOf(v), wantedAs(t))
	switch t.Kind() {
	case reflect.Struct:
		if m, ok := v.(M); ok {
			return misfits(m, t, path)
		}
		return wrong
	case reflect.Map:
		m, ok := v.(M)
		if !ok {
			return wrong
		}
		for _, key := range Keys(m) {
			if found := misfit(m[key], t.Elem(), below(path, key)); found != "" {
				return found
			}
		}
	case reflect.Slice:
		list, ok := v.(L)
		if !ok {
			return wrong
		}
		for i, e := range list {
			if found := misfit(e, t.Elem(), fmt.Sprintf("%s[%d]", path, i)); found != "" {
				return found
			}
		}
	default:
		if wantedAs(reflect.TypeOf(v)) != wantedAs(t) {
			return wrong
		}
	}
	return ""
}

// misfits is misfit for the fields of a struct.
func misfits(m M, t reflect.Type, path string) string {
	known := fieldsOf(t)
	for _, key := range Keys(m) {
		of, ok := known[key]
		if !ok {
			return fmt.Sprintf("unknown field %q%s; known there: %s", key, in(path), cmp.Or(strings.Join(slices.Sorted(maps.Keys(known)), ", "), "none"))
		}
		if found := misfit(m[key], of, below(path, key)); found != "" {
			return found
		}
	}
	return ""
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
