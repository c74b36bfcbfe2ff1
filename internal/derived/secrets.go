package derived

import (
	"maps"
	"slices"

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
}

// Secrets that the installation expects, in the order of their fields.
func (v *Values) Secrets() []Secret {
	var all []Secret
	for _, name := range slices.Sorted(maps.Keys(v.Catalog.Secrets)) {
		s := v.Catalog.Secrets[name]
		if !s.When.Holds(v.Env) {
			continue
		}
		values := maps.Clone(s.Values)
		maps.DeleteFunc(values, func(_ string, value catalog.Value) bool {
			return value.Without != "" && field.Given(field.Of(v.Env, value.Without))
		})
		all = append(all, Secret{
			Field: name, Name: field.Of(v.Env, s.Name).String(), Values: values, Open: s.All != "",
		})
	}
	return all
}

// SecretFiles tells whether the Secrets come from files below
// clusters/<environment>/.
func (v *Values) SecretFiles() bool {
	source := v.Env.Secrets.Source
	return source.SOPS != nil || source.Sealed != nil
}
