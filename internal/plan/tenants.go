package plan

import (
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/krm"
)

// Volumes with the lines of tenants, and with their keys.
const (
	linesVolume = "lines"
	keysVolume  = "keys"
)

// tenantFiles adds the ConfigMaps with the lines of tenants, each with one file.
func (p *planner) tenantFiles(all map[string]map[string]string) error {
	texts, err := p.TenantLines()
	if err != nil {
		return err
	}
	for i, text := range texts {
		name := p.tenantConfigMap(i)
		all[name] = map[string]string{name + ".jsonl": text}
	}
	return nil
}

func (p *planner) tenantConfigMap(i int) string {
	return fmt.Sprintf("%s-%d", p.Catalog.Tenancy.ConfigMap, i+1)
}

// tenantVolumes gives the pod as many ConfigMaps and Secrets as there are.
func (p *planner) tenantVolumes(spec *workload.Spec) error {
	texts, err := p.TenantLines()
	if err != nil {
		return err
	}
	var lines, keys krm.L
	for i := range texts {
		lines = append(lines, krm.M{"configMap": krm.M{"name": p.tenantConfigMap(i)}})
	}
	for _, name := range slices.Sorted(maps.Keys(p.TenantSecrets())) {
		keys = append(keys, krm.M{"secret": krm.M{"name": name}})
	}
	spec.Volumes = append(spec.Volumes, krm.M{"name": linesVolume, "projected": krm.M{"sources": lines}})
	if keys == nil { // all are removed
		spec.Volumes = append(spec.Volumes, krm.M{"name": keysVolume, "emptyDir": krm.M{"sizeLimit": "1Mi"}})
		return nil
	}
	spec.Volumes = append(spec.Volumes, krm.M{"name": keysVolume, "projected": krm.M{"sources": keys}})
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
