package manual

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// field of a config, with those below it.
type field struct {
	Name, Doc, Type string
	Required        bool
	Enum            []string
	Fields          []field
}

// fieldsOf a definition's spec, in the order of the source.
func fieldsOf(d krm.Definition) ([]field, error) {
	c, err := commentsOf(d)
	if err != nil {
		return nil, err
	}
	return c.fields(d.Spec), nil
}

func (c comments) fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		made := field{Name: name, Doc: yamlWords(c[t.Name()+"."+f.Name], f.Name, name), Required: !strings.Contains(options, "omitempty")}
		if enum := f.Tag.Get("enum"); enum != "" {
			made.Enum = strings.Split(enum, ",")
		}
		made.Type, made.Fields = c.shape(f.Type)
		all = append(all, made)
	}
	return all
}

// yamlWords has a comment begin with the field as the config has it.
func yamlWords(doc, goName, name string) string {
	if rest, ok := strings.CutPrefix(doc, goName+" "); ok {
		return name + " " + rest
	}
	return doc
}

// shape names a type as YAML has it, with the fields of what is in it.
func (c comments) shape(t reflect.Type) (string, []field) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		return "mapping", c.fields(t)
	case reflect.Map:
		of, fields := c.shape(t.Elem())
		if of == "value" {
			return "mapping", nil
		}
		return "mapping of " + of + "s", fields
	case reflect.Slice:
		of, fields := c.shape(t.Elem())
		return "list of " + of + "s", fields
	case reflect.String:
		return "text", nil
	case reflect.Bool:
		return "true or false", nil
	case reflect.Interface:
		return "value", nil
	}
	return "integer", nil
}

// schema of a type, as OpenAPI and JSON Schema have it.
func (c comments) schema(t reflect.Type) map[string]any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		properties, required := map[string]any{}, []any{}
		for i := range t.NumField() {
			f := t.Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				continue
			}
			of := c.schema(f.Type)
			if doc := yamlWords(c[t.Name()+"."+f.Name], f.Name, name); doc != "" {
				of["description"] = doc
			}
			if enum := f.Tag.Get("enum"); enum != "" {
				of["enum"] = strings.Split(enum, ",")
			}
			bound(of, f.Tag)
			properties[name] = of
			if !strings.Contains(options, "omitempty") {
				required = append(required, name)
			}
		}
		made := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
		if len(required) > 0 {
			made["required"] = required
		}
		return made
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": c.schema(t.Elem())}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": c.schema(t.Elem())}
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Interface:
		return map[string]any{}
	}
	return map[string]any{"type": "integer"}
}

// bound says in a field's schema what its tags say: the form of a text, the bounds of a
// number, or those of all in a list.
func bound(of map[string]any, tag reflect.StructTag) {
	if items, ok := of["items"].(map[string]any); ok {
		of = items
	}
	if form, ok := krm.Forms[tag.Get("form")]; ok {
		of["pattern"] = form.Pattern
		if form.MaxLength > 0 {
			of["maxLength"] = form.MaxLength
		}
	}
	if least, most, ok := krm.Bounds(tag); ok {
		of["minimum"] = least
		if most < math.MaxInt64 {
			of["maximum"] = most
		}
	}
}

// whole is the schema of a functionConfig.
func whole(d krm.Definition) (map[string]any, error) {
	c, err := commentsOf(d)
	if err != nil {
		return nil, err
	}
	only := func(text string) map[string]any { return map[string]any{"type": "string", "enum": []any{text}} }
	spec := c.schema(d.Spec)
	spec["description"] = c[d.Spec.Name()]
	return map[string]any{
		"type": "object",
		"properties": map[string]any{
			"apiVersion": only(krm.FunctionVersion),
			"kind":       only(d.Kind),
			"metadata": map[string]any{
				"type": "object", "required": []any{"name"},
				"properties": map[string]any{"name": map[string]any{"type": "string", "description": "name by which the function knows what it did before"}},
			},
			"spec": spec,
		},
		"required":             []any{"apiVersion", "kind", "metadata"},
		"additionalProperties": false,
	}, nil
}

// Schema is the JSON Schema of a functionConfig, for editors.
func Schema(d krm.Definition) ([]byte, error) {
	s, err := whole(d)
	if err != nil {
		return nil, err
	}
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"], s["description"] = d.Kind, d.Short
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// Undescribed fields have no comment.
func Undescribed(d krm.Definition) ([]string, error) {
	fields, err := fieldsOf(d)
	return undescribed(fields, ""), err
}

func undescribed(fields []field, at string) []string {
	var all []string
	for _, f := range fields {
		if f.Doc == "" {
			all = append(all, at+f.Name)
		}
		all = append(all, undescribed(f.Fields, at+f.Name+".")...)
	}
	return all
}
