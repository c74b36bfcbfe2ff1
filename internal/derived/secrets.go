package derived

import (
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/field"
)

// Secret that an installation expects.
type Secret struct {
	// Field below secrets that has its name.
	Field string
	// Name in the installation's namespace.
	Name string
	// Values by key, where none is plain. Open tells that there may be others
	// beside them.
	Values map[string]catalog.Value
	Open   bool
	// Tenants tells that its keys are tenants': they come and go.
	Tenants bool
}

// Secrets that the installation expects, in the order of their fields, those of
// tenants last.
func (v *Values) Secrets() []Secret {
	var all []Secret
	for _, name := range slices.Sorted(maps.Keys(v.Catalog.Secrets)) {
		s := v.Catalog.Secrets[name]
		if !s.Expected(v.Env) {
			continue
		}
		all = append(all, Secret{
			Field: name, Name: field.Of(v.Env, s.Name).String(), Values: v.wanted(s.Values), Open: s.All != "",
		})
	}
	return append(all, v.tenantSecrets()...)
}

// wanted are the values that the environment has a use for.
func (v *Values) wanted(of map[string]catalog.Value) map[string]catalog.Value {
	values := maps.Clone(of)
	maps.DeleteFunc(values, func(_ string, value catalog.Value) bool { return !v.Wants(value) })
	return values
}

// Wants tells whether the environment has a use for a value of a Secret.
func (v *Values) Wants(value catalog.Value) bool {
	instead := value.Without != "" && field.Given(field.Of(v.Env, value.Without))
	return !instead && value.When.Holds(v.Env)
}

// Elsewhere tells whether a server outside has a value of a Secret, and its people alone
// know it.
func (v *Values) Elsewhere(value catalog.Value) bool {
	return value.Outside != "" && field.Given(field.Of(v.Env, value.Outside))
}

// Rolling is what a new value does in the environment for as long as pods have the old one.
func (v *Values) Rolling(value catalog.Value) []catalog.Rolling {
	var all []catalog.Rolling
	for _, r := range value.Rolling {
		if r.When.Holds(v.Env) {
			r.Instead = strings.ReplaceAll(r.Instead, "{namespace}", v.Env.Namespace)
			all = append(all, r)
		}
	}
	return all
}

// SecretFiles tells whether the Secrets come from files below
// clusters/<environment>/.
func (v *Values) SecretFiles() bool {
	source := v.Env.Secrets.Source
	return source.SOPS != nil || source.Sealed != nil
}
