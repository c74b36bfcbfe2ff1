package derived

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/value"
)

// Tenant as it is written to the database: a line of a file.
type Tenant struct {
	Subject string `json:"subject"`
	State   string `json:"state,omitempty"`
	// Namespaces with their limits by name, in the words of the database; nil is
	// one that goes.
	Namespaces map[string]map[string]any `json:"namespaces"`
	// Secret with the keys of the namespaces.
	Secret string `json:"-"`
}

// Keyed are the namespaces that need a key, sorted.
func (t Tenant) Keyed() []string {
	if t.State == Removed {
		return nil
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(t.Namespaces)) {
		if t.Namespaces[name] != nil {
			all = append(all, name)
		}
	}
	return all
}

// Tenants of the environment, sorted by their names.
func (v *Values) Tenants() []Tenant {
	var all []Tenant
	for _, subject := range slices.Sorted(maps.Keys(v.Env.Tenants)) {
		t := v.Env.Tenants[subject]
		one := Tenant{Subject: subject, State: t.State, Namespaces: map[string]map[string]any{}, Secret: v.tenantSecret(t)}
		namespaces := NamespacesOf(subject, t)
		for name, n := range namespaces {
			one.Namespaces[name] = nil
			if n.State != Removed {
				one.Namespaces[name] = v.namespaceLimits(t.Limits, n.Limits)
			}
		}
		all = append(all, one)
	}
	return all
}

// tenantSecret is the name of the Secret with a tenant's keys.
func (v *Values) tenantSecret(t environment.Tenant) string {
	return cmp.Or(t.Secret, field.Of(v.Env, v.Catalog.Tenancy.Secret).String())
}

// NamespacesOf a tenant, by name: one named as it is where it says none.
func NamespacesOf(subject string, t environment.Tenant) map[string]environment.TenantNamespace {
	if t.Namespaces == nil {
		return map[string]environment.TenantNamespace{subject: {}}
	}
	return t.Namespaces
}

// namespaceLimits are those of a tenant under those of its namespace, as
// controllers read them.
func (v *Values) namespaceLimits(tenant, namespace environment.TenantLimits) map[string]any {
	all := plainLimits(tenant)
	maps.Copy(all, plainLimits(namespace))
	for name, is := range all {
		all[name] = limitIn(v.Catalog.Tenancy.Limits[name].Unit, is)
	}
	return all
}

func plainLimits(l environment.TenantLimits) map[string]any {
	all, err := value.Of(l)
	if err != nil {
		panic(err) // numbers, texts and lists of them encode
	}
	return value.Map(all)
}

// limitIn a unit; a value that is none stays: the schema has refused it.
func limitIn(unit string, is any) any {
	text, _ := is.(string)
	switch unit {
	case "MiB":
		return Bytes(text) / quantity.MiB
	case "ms":
		d, _ := time.ParseDuration(text)
		return d.Milliseconds()
	case "B":
		return fmt.Sprintf("%v B", is)
	}
	return is
}

// TenantLines are the texts of the ConfigMaps with the tenants, a line each. What
// is in one fits beside its copy in an annotation; a line is in the one where it
// would be with all before it, so that one more tenant moves few.
func (v *Values) TenantLines() ([]string, error) {
	var texts []string
	var text strings.Builder
	size := 0
	for _, t := range v.Tenants() {
		line, err := json.Marshal(t)
		if err != nil {
			return nil, fmt.Errorf("write the tenant %s: %w", t.Subject, err)
		}
		// A quotation mark takes two bytes in a text of JSON, and so does a line feed.
		n := len(line) + bytes.Count(line, []byte(`"`)) + bytes.Count(line, []byte(`\`)) + 2
		if size > 0 && size+n > v.Catalog.Tenancy.ConfigMapBytes {
			texts, size = append(texts, text.String()), 0
			text.Reset()
		}
		size += n
		text.Write(line)
		text.WriteByte('\n')
	}
	if size > 0 {
		texts = append(texts, text.String())
	}
	return texts, nil
}

// TenantSecrets are the Secrets with the keys of tenants: the namespaces of each,
// by its name.
func (v *Values) TenantSecrets() map[string][]string {
	all := map[string][]string{}
	for _, t := range v.Tenants() {
		all[t.Secret] = append(all[t.Secret], t.Keyed()...)
	}
	for name, keys := range all {
		if len(keys) == 0 {
			delete(all, name)
		}
	}
	return all
}

// tenantSecrets as Secrets that the installation expects.
func (v *Values) tenantSecrets() []Secret {
	named := v.TenantSecrets()
	var all []Secret
	for _, name := range slices.Sorted(maps.Keys(named)) {
		s := Secret{Field: strings.TrimPrefix(v.Catalog.Tenancy.Secret, "secrets."), Name: name, Values: map[string]catalog.Value{}, Tenants: true}
		for _, key := range named[name] {
			s.Values[key] = v.Catalog.Tenancy.Value
		}
		all = append(all, s)
	}
	return all
}

// Volumes with the lines of tenants, and with their keys.
const (
	linesVolume = "lines"
	keysVolume  = "keys"
)

// TenantConfigMap is the name of the i-th ConfigMap of TenantLines.
func (v *Values) TenantConfigMap(i int) string {
	return fmt.Sprintf("%s-%d", v.Catalog.Tenancy.ConfigMap, i+1)
}

// Sourced are the volumes of a component that are put together of as many
// ConfigMaps and Secrets as an environment needs.
func (v *Values) Sourced(component string) ([]krm.M, error) {
	if component != v.Catalog.Tenancy.By {
		return nil, nil
	}
	texts, err := v.TenantLines()
	if err != nil {
		return nil, err
	}
	var lines, keys krm.L
	for i := range texts {
		lines = append(lines, krm.M{"configMap": krm.M{"name": v.TenantConfigMap(i)}})
	}
	for _, name := range slices.Sorted(maps.Keys(v.TenantSecrets())) {
		keys = append(keys, krm.M{"secret": krm.M{"name": name}})
	}
	all := []krm.M{{"name": linesVolume, "projected": krm.M{"sources": lines}}}
	if keys == nil { // all are removed
		return append(all, krm.M{"name": keysVolume, "emptyDir": krm.M{"sizeLimit": "1Mi"}}), nil
	}
	return append(all, krm.M{"name": keysVolume, "projected": krm.M{"sources": keys}}), nil
}
