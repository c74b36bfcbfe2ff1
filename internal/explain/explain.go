// Package explain knows every field of an environment by its path: what it
// holds, what it is when it is not written, what it means. The list is made
// from schema/*.cue when whiskops is built (internal/reference), so that looking
// up a field compiles nothing.
//
// In: a path as a person writes it, or as a finding names it. Out: the field
// and those right below it (Find), its words for a terminal (WriteText), or the
// path that was meant (NotFound).
package explain

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/whiskops/whiskops/internal/place"
)

// Field of an environment.
type Field struct {
	// Path from the environment: "kafka.replicas". "<name>" is a label of the
	// user's own, "[]" an element of a list; the environment itself has "".
	Path string `json:"path"`
	// Holds is what its value is, to complete "it holds".
	Holds string `json:"holds"`
	// Default is written as CUE; empty if there is none.
	Default   string    `json:"default,omitempty"`
	Unwritten Unwritten `json:"unwritten,omitempty"`
	Doc       string    `json:"doc,omitempty"`
	// Names are those that a "<name>" may be; none: any.
	Names []string `json:"names,omitempty"`
}

// Unwritten says what a field without a default is when it is not written.
type Unwritten string

// The empty one is for structs, whose fields say it for themselves.
const (
	Required Unwritten = "required" // that is a mistake
	Derived  Unwritten = "derived"  // whiskops works it out
	Absent   Unwritten = "absent"   // it is not there
	None     Unwritten = "none"     // it is an empty list, or has no names
)

//go:embed fields.json
var embedded []byte

// Fields are all of them, in the contract's order, each before what is below it.
var Fields = sync.OnceValue(func() []Field {
	var fields []Field
	if err := json.Unmarshal(embedded, &fields); err != nil {
		panic(fmt.Sprintf("the embedded list of fields is broken: %v", err)) // a test reads it
	}
	return fields
})

// Find returns the field at a path and those right below it; "" is the
// environment. Where the contract has "<name>" and "[]", the path may have a
// name and an index. The name of an environment may stand before the path, as
// it does in findings. The error is a *NotFound.
func Find(path string) (Field, []Field, error) {
	labels := place.SplitPath(path)
	if len(labels) > 1 {
		_, first := step(Fields()[0], labels[0])
		_, second := step(Fields()[0], labels[1])
		if !first && second {
			labels = labels[1:]
		}
	}
	f, err := find(labels)
	if err != nil {
		return Field{}, nil, err
	}
	return f, below(f), nil
}

func find(labels []string) (Field, error) {
	at := Fields()[0]
	for i, label := range labels {
		next, ok := step(at, label)
		if !ok {
			return Field{}, notFound(at, labels, i)
		}
		at = next
	}
	return at, nil
}

// step goes one label down. A name of the user's own is tried last.
func step(at Field, label string) (Field, bool) {
	if _, index := place.Index(label); index {
		label = "[]"
	}
	for _, l := range []string{label, "<name>"} {
		f, ok := byPath(join(at.Path, l))
		if ok && (l == label || len(f.Names) == 0 || slices.Contains(f.Names, label)) {
			return f, true
		}
	}
	return Field{}, false
}

// labels that may stand below a field.
func labels(at Field) []string {
	if f, ok := byPath(join(at.Path, "<name>")); ok && len(f.Names) > 0 {
		return f.Names
	}
	var all []string
	for _, f := range below(at) {
		rest, _ := after(at.Path, f.Path)
		all = append(all, rest)
	}
	return all
}

func byPath(path string) (Field, bool) {
	i := slices.IndexFunc(Fields(), func(f Field) bool { return f.Path == path })
	if i < 0 {
		return Field{}, false
	}
	return Fields()[i], true
}

func join(path, label string) string {
	if path == "" || label == "[]" {
		return path + label
	}
	return path + "." + label
}

// below are the fields one label further. What has names or elements stands
// for what they hold.
func below(of Field) []Field {
	var out []Field
	for _, f := range Fields() {
		switch rest, ok := after(of.Path, f.Path); {
		case ok && (rest == "[]" || rest == "<name>"):
			if inner := below(f); len(inner) > 0 {
				return inner
			}
		case ok && !strings.ContainsAny(rest, ".["):
			out = append(out, f)
		}
	}
	return out
}

// after is what path has behind that of the field around it.
func after(outer, path string) (string, bool) {
	if outer == "" {
		return path, path != ""
	}
	rest, ok := strings.CutPrefix(path, outer)
	if strings.HasPrefix(rest, "[") {
		return rest, ok
	}
	return strings.CutPrefix(rest, ".")
}

// NotFound says that there is no field of that path.
type NotFound struct {
	Path string
	// Meant is the path of the field that was most likely meant, or "".
	Meant string
	// Elsewhere are the paths of the fields that end like that, if there are
	// several.
	Elsewhere []string
	// Known are the labels that could stand in the place of the unknown one.
	Known []string
	// Component tells that it is the name of a component of the installation, and
	// Leads are the fields by which that is there.
	Component bool
	Leads     []string
}

func (e *NotFound) Error() string {
	text := fmt.Sprintf("there is no field %q", e.Path)
	switch {
	case e.Component && len(e.Leads) > 0:
		return text + "; it is a component of the installation\n  help: it is there, and as it is, by " + strings.Join(e.Leads, ", ")
	case e.Component:
		return text + "; it is a component of the installation\n  help: it is always there, and no field is its own"
	case e.Meant != "":
		return text + fmt.Sprintf("\n  help: did you mean %q?", e.Meant)
	case len(e.Elsewhere) > 0:
		return text + "\n  help: did you mean one of " + strings.Join(e.Elsewhere, ", ") + "?"
	case len(e.Known) > 0:
		return text + "\n  help: known there: " + strings.Join(e.Known, ", ")
	}
	return text + "\n  help: nothing is below that field"
}

// notFound guesses: the labels of the path before i are right, those behind it may be.
func notFound(at Field, path []string, i int) error {
	e := &NotFound{Path: place.JoinPath(path...), Known: labels(at)}
	if len(path) == 1 {
		if e.Leads, e.Component = componentFields(path[i]); e.Component {
			return e
		}
	}
	if better := place.Suggest(path[i], e.Known); better != "" {
		e.Meant = join(at.Path, better)
		whole := append(place.SplitPath(e.Meant), path[i+1:]...)
		if _, err := find(whole); err == nil {
			e.Meant = place.JoinPath(whole...)
		}
		return e
	}
	switch all := elsewhere(path); len(all) {
	case 0:
	case 1:
		e.Meant = all[0]
	default:
		e.Elsewhere = all
	}
	return e
}

// elsewhere are the paths that end like that. What is below one of them adds
// nothing.
func elsewhere(labels []string) []string {
	var all []string
	for _, f := range Fields() {
		if f.Path == "" || !endsWith(place.SplitPath(f.Path), labels) {
			continue
		}
		if len(all) == 0 || !strings.HasPrefix(f.Path, all[len(all)-1]) {
			all = append(all, f.Path)
		}
	}
	return all
}

func endsWith(path, labels []string) bool {
	n := len(path) - len(labels)
	return n >= 0 && slices.EqualFunc(path[n:], labels, strings.EqualFold)
}
