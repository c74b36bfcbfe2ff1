// Package origin tells of every value of an environment where it comes from:
// written by the user, and where; the contract's default; or derived, and what
// from.
//
// In: an environment with its derived values. Out: Of gives its values in the
// contract's order, WriteText prints them. A value that is secret, or holds one
// that is, is not among what comes out: only that it is there.
package origin

import (
	"reflect"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// Origin is where a value comes from.
type Origin string

// The origins.
const (
	Written Origin = "written" // by the user
	Default Origin = "default" // of the contract
	Derived Origin = "derived" // from other values
)

// Value of an environment.
type Value struct {
	// Path from the environment. What no field of it says has a name without a
	// dot, behind all the others.
	Path string `json:"path"`
	// Value is a string, a number, a bool, or a list or struct without fields;
	// nil if it is Hidden.
	Value  any    `json:"value,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
	Origin Origin `json:"origin"`
	// At is where it is written.
	At *finding.Position `json:"at,omitempty"`
	// From are the paths that it is derived from, if it is from any.
	From []string `json:"from,omitempty"`
}

// Of lists the values of an environment.
func Of(v *derived.Values) []Value {
	w := &walker{source: v.Env.Source, follows: v.Follows(), seen: map[string]bool{}}
	w.walk(nil, reflect.ValueOf(v.Env).Elem(), false)
	w.rest("")
	hide(w.values, w.source.Secrets())
	return w.values
}

type walker struct {
	source  environment.Source
	follows []derived.Follow
	seen    map[string]bool
	values  []Value
}

// walk lists what is at a path and below it.
func (w *walker) walk(path []string, v reflect.Value, optional bool) {
	below := func(label string) []string { return append(path[:len(path):len(path)], label) }
	switch kind := v.Kind(); {
	case kind == reflect.Pointer:
		if !v.IsNil() {
			w.walk(path, v.Elem(), false)
		}
	case kind == reflect.Struct && v.NumField() > 0:
		for i := range v.NumField() {
			label, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if label != "-" {
				w.walk(below(label), v.Field(i), options == "omitempty")
			}
		}
	case kind == reflect.Map && v.Len() > 0:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			w.walk(below(key.String()), v.MapIndex(key), false)
		}
		w.rest(place.JoinPath(path...) + ".")
	case kind == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			w.walk(below(place.IndexLabel(i)), v.Index(i), false)
		}
	default:
		w.leaf(place.JoinPath(path...), v, optional)
	}
}

// leaf lists a value that has nothing below it. One that may be absent is so if
// it has the zero value that the user did not write.
func (w *walker) leaf(path string, v reflect.Value, optional bool) {
	value := Value{Path: path, Value: v.Interface(), Origin: Default}
	follow := slices.IndexFunc(w.follows, func(f derived.Follow) bool { return f.Path == path })
	many := v.Kind() == reflect.Slice || v.Kind() == reflect.Map
	switch {
	case w.source.Written(path):
		at := w.source.Position(path)
		value.Origin, value.At = Written, &at
	case follow >= 0:
		value = derivedValue(w.follows[follow])
	case optional && v.IsZero() && !many:
		return
	case many && v.Len() == 0 && v.Kind() == reflect.Map:
		value.Value = struct{}{}
		w.add(value)
		w.rest(path + ".")
		return
	case many && v.Len() == 0:
		value.Value = []string{}
	}
	w.add(value)
}

// rest lists what is derived below a path and is no field of the environment,
// because the user did not write it.
func (w *walker) rest(begin string) {
	for _, f := range w.follows {
		if strings.HasPrefix(f.Path, begin) && !w.seen[f.Path] {
			w.add(derivedValue(f))
		}
	}
}

func (w *walker) add(v Value) {
	w.seen[v.Path] = true
	w.values = append(w.values, v)
}

func derivedValue(f derived.Follow) Value {
	return Value{Path: f.Path, Value: f.Value, Origin: Derived, From: f.From}
}
