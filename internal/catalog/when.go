package catalog

import (
	"reflect"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
)

// When says under which values of an environment something is so: for each path
// of a field its value, a string, a number or a bool. Of a field that is no bool,
// true says that it is given and false that it is not. A When without paths always holds,
// nil too where the catalogue has a default.
type When map[string]any

// Holds tells whether an environment has all the values.
func (w When) Holds(env *environment.Environment) bool {
	for path, want := range w {
		if value(field.Of(env, path), want) != want {
			return false
		}
	}
	return true
}

// Expected tells whether an environment has a use for the Secret.
func (s Secret) Expected(env *environment.Environment) bool {
	return s.When.Holds(env) || len(s.Or) > 0 && s.Or.Holds(env)
}

// value of a field as a When writes it. A bool asks of a text whether it is given.
func value(v reflect.Value, want any) any {
	if _, text := want.(string); text && v.Kind() == reflect.String {
		return v.String()
	}
	if _, number := want.(float64); number && v.CanInt() { // as JSON has numbers
		return float64(v.Int())
	}
	if v.Kind() == reflect.Bool {
		return v.Bool()
	}
	return field.Given(v)
}
