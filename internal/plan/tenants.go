package plan

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/internal/field"
)

// tenantFiles adds the ConfigMaps with the lines of tenants, each with one file.
func (p *planner) tenantFiles(all map[string]map[string]string) error {
	texts, err := p.TenantLines()
	if err != nil {
		return err
	}
	for i, text := range texts {
		name := p.TenantConfigMap(i)
		all[name] = map[string]string{name + ".jsonl": text}
	}
	return nil
}

// plainTenants are the Secrets with the keys of tenants whose values stand in the
// environment.
func (p *planner) plainTenants() []foundation.Secret {
	values := field.Of(p.Env, p.Catalog.Tenancy.Plain).Interface().(map[string]string)
	named := p.TenantSecrets()
	var all []foundation.Secret
	for _, name := range slices.Sorted(maps.Keys(named)) {
		data := map[string]string{}
		for _, namespace := range named[name] {
			if key, ok := values[namespace]; ok {
				data[namespace] = key
			}
		}
		all = append(all, foundation.Secret{Name: name, Data: data})
	}
	return all
}
