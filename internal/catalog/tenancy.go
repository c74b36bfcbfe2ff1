package catalog

import "github.com/whiskops/whiskops/internal/environment"

// Tenancy is how tenants are written: by a component that reads a line for each,
// and a key for each of their namespaces.
type Tenancy struct {
	// By is the component that writes them, Lines and Keys the directories in its
	// pod, and ConfigMap what the names of the lines' ConfigMaps begin with.
	By        string `json:"by"`
	Lines     string `json:"lines"`
	Keys      string `json:"keys"`
	ConfigMap string `json:"configMap"`
	// Secret and Plain are fields: the name of the Secret with the keys, and their
	// plain values. Value is what a key is made of.
	Secret string `json:"secret"`
	Plain  string `json:"plain"`
	Value  Value  `json:"value"`
	// Reserved are subjects that the installation itself has.
	Reserved []string `json:"reserved"`
	// ConfigMapBytes is the most that the lines of a ConfigMap have, as JSON writes
	// them.
	ConfigMapBytes int `json:"configMapBytes"`
	// SecretKeys are the most keys of a Secret, by the field that is given where
	// that holds; "" is for the rest.
	SecretKeys map[string]int `json:"secretKeys"`
	// Limits of a namespace that are no plain value, or that something caps.
	Limits map[string]TenantLimit `json:"limits"`
	// Kinds that no runtime has.
	Kinds []string `json:"kinds"`
}

// TenantLimit is how controllers read a limit of a namespace.
type TenantLimit struct {
	// Unit in which it is written: a whole number of "MiB" or "ms", or a text of a
	// number and "B". Empty: the number itself.
	Unit string `json:"unit"`
	// Field that caps it: a number, or what has the fields min and max. Empty: none.
	Field string `json:"field"`
}

// MostKeys of a Secret of an environment.
func (t Tenancy) MostKeys(env *environment.Environment) int {
	most := t.SecretKeys[""]
	for field, n := range t.SecretKeys {
		if field != "" && (When{field: true}).Holds(env) {
			most = min(most, n)
		}
	}
	return most
}
