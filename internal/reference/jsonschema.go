package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/whiskops/whiskops/internal/contract"
)

// jsonSchema writes #Environment as a JSON Schema of draft 2020-12. It says what
// the contract says, but for what only a reader of a value can tell (that an
// address range is one).
func jsonSchema(con *contract.Contract) ([]byte, error) {
	w := &schemaWriter{con: con, defs: map[string]bool{}}
	root := w.value(con.Shape())
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.ID = "https://whiskops.github.io/schema/environment.schema.json"
	root.Comment = "Written by internal/reference from schema/*.cue: go generate ./..."
	root.Title = "An OpenWhisk installation"
	root.Description = oneLine(con.Shape().Doc)
	for _, name := range slices.Sorted(maps.Keys(w.defs)) {
		def := con.Definition("#" + name)
		s := constraints(def)
		s.Description = oneLine(def.Doc)
		root.Defs = append(root.Defs, property{name, s})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

// schemaWriter turns shapes into schemas. Forms that have a name stand once,
// below $defs.
type schemaWriter struct {
	con  *contract.Contract
	defs map[string]bool
}

// jsonType is a JSON Schema, with the keywords in the order of a reader.
type jsonType struct {
	Schema               string      `json:"$schema,omitempty"`
	ID                   string      `json:"$id,omitempty"`
	Comment              string      `json:"$comment,omitempty"`
	Ref                  string      `json:"$ref,omitempty"`
	Title                string      `json:"title,omitempty"`
	Description          string      `json:"description,omitempty"`
	Type                 string      `json:"type,omitempty"`
	Enum                 []string    `json:"enum,omitempty"`
	Pattern              string      `json:"pattern,omitempty"`
	AllOf                []*jsonType `json:"allOf,omitempty"`
	MaxLength            int         `json:"maxLength,omitempty"`
	Not                  *jsonType   `json:"not,omitempty"`
	Minimum              *int64      `json:"minimum,omitempty"`
	Maximum              *int64      `json:"maximum,omitempty"`
	Items                *jsonType   `json:"items,omitempty"`
	MinItems             int         `json:"minItems,omitempty"`
	Properties           properties  `json:"properties,omitempty"`
	Required             []string    `json:"required,omitempty"`
	PropertyNames        *jsonType   `json:"propertyNames,omitempty"`
	AdditionalProperties any         `json:"additionalProperties,omitempty"` // false or a schema
	Default              any         `json:"default,omitempty"`
	Defs                 properties  `json:"$defs,omitempty"`
}

// properties keep the order of the schema.
type properties []property

type property struct {
	name   string
	schema *jsonType
}

func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, f := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(f.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(f.schema); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// value is the schema of a value with its default.
func (w *schemaWriter) value(s *contract.Shape) *jsonType {
	var out *jsonType
	switch s.Kind {
	case cue.StructKind:
		out = w.object(s)
	case cue.ListKind:
		out = &jsonType{Type: "array", Items: w.value(s.Elem), MinItems: s.Min}
	default:
		out = constraints(s)
		if def := w.con.Definition(s.Def); def != nil && reflect.DeepEqual(out, constraints(def)) {
			name := strings.TrimPrefix(s.Def, "#")
			w.defs[name] = true
			out = &jsonType{Ref: "#/$defs/" + name}
		}
	}
	out.Default = s.Default
	return out
}

// object is closed: a field that the schema does not know is a mistake.
func (w *schemaWriter) object(s *contract.Shape) *jsonType {
	out := &jsonType{Type: "object", AdditionalProperties: false}
	for _, f := range s.Fields {
		field := w.value(f.Shape)
		field.Description = oneLine(f.Doc)
		out.Properties = append(out.Properties, property{f.Label, field})
		if required(f) {
			out.Required = append(out.Required, f.Label)
		}
	}
	if s.Values != nil {
		out.AdditionalProperties = w.value(s.Values)
		if names := w.value(s.Keys); !reflect.DeepEqual(names, &jsonType{Type: "string"}) {
			out.PropertyNames = names
		}
	}
	return out
}

// required tells whether a field must be written: because it says so, or because
// a struct that is always there has a field that must be.
func required(f *contract.Field) bool {
	return f.Mandatory || !f.Optional && slices.ContainsFunc(f.Shape.Fields, required)
}

// constraints is what is said of a single value.
func constraints(s *contract.Shape) *jsonType {
	out := &jsonType{Type: map[cue.Kind]string{cue.StringKind: "string", cue.IntKind: "integer", cue.BoolKind: "boolean"}[s.Kind],
		Enum: s.Enum, MaxLength: s.MaxRunes, Minimum: s.Low, Maximum: s.High}
	if len(s.Not) > 0 {
		out.Not = &jsonType{Enum: s.Not}
	}
	for i, f := range s.Forms {
		if i == 0 {
			out.Pattern = f.Pattern
			continue
		}
		out.AllOf = append(out.AllOf, &jsonType{Pattern: f.Pattern})
	}
	return out
}

// oneLine is the text of a comment without its line breaks.
func oneLine(doc string) string { return strings.Join(strings.Fields(doc), " ") }
