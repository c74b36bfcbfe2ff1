package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"cuelang.org/go/cue"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/explain"
)

// fieldList writes every field of an environment, each before what is below it.
func fieldList(con *contract.Contract) ([]byte, error) {
	root := con.Shape()
	l := &lister{fields: []explain.Field{{Holds: "a struct", Doc: oneLine(root.Doc)}}}
	l.below("", root)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(l.fields)
	return b.Bytes(), err
}

type lister struct{ fields []explain.Field }

func (l *lister) below(path string, s *contract.Shape) {
	for _, f := range s.Fields {
		l.field(join(path, f.Label), f)
	}
	if s.Values != nil {
		l.each(path+".<name>", s.Values, s.Keys.Enum...)
	}
	if s.Elem != nil {
		l.each(path+"[]", s.Elem)
	}
}

func (l *lister) field(path string, f *contract.Field) {
	out := explain.Field{Path: path, Holds: says(f.Shape), Doc: docOf(f), Unwritten: explain.Unwritten(unwritten(f))}
	if def := f.Shape.Default; def != nil {
		out.Default = value(def)
	}
	l.fields = append(l.fields, out)
	l.below(path, f.Shape)
}

// docOf is what is said of the field, then of the definition that its struct has
// unless that says the same.
func docOf(f *contract.Field) string {
	field, def := oneLine(f.Doc), oneLine(f.Shape.Doc)
	if f.Shape.Kind != cue.StructKind || strings.HasSuffix(def, " "+field) || def == field {
		return field
	}
	return oneLine(field + " " + def)
}

// each is for what has no label in the contract: a value by a name of the user's
// own, or an element of a list.
func (l *lister) each(path string, s *contract.Shape, names ...string) {
	l.fields = append(l.fields, explain.Field{Path: path, Holds: says(s), Doc: oneLine(s.Doc), Names: names})
	l.below(path, s)
}

// says is what a value is, in the words of findings; but of a struct not its
// fields, which are listed.
func says(s *contract.Shape) string {
	switch {
	case s.Values != nil:
		return says(s.Values) + " for each name, which is " + says(s.Keys)
	case s.Kind == cue.StructKind:
		return "a struct"
	case s.Kind == cue.ListKind && s.Min > 0:
		return "a list that is not empty, each element " + says(s.Elem)
	case s.Kind == cue.ListKind:
		return "a list, each element " + says(s.Elem)
	}
	return s.Words()
}
