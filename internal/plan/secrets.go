package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/internal/field"
)

// plainSecrets are Secrets whose values stand in the environment.
func (p *planner) plainSecrets() []foundation.Secret {
	if p.Env.Secrets.Plain == nil {
		return nil
	}
	var all []foundation.Secret
	for _, name := range slices.Sorted(maps.Keys(p.Catalog.Secrets)) {
		secret := p.Catalog.Secrets[name]
		data := map[string]string{}
		if secret.All != "" {
			data = field.Of(p.Env, secret.All).Interface().(map[string]string)
		}
		for key, path := range secret.Keys {
			data[key] = field.Of(p.Env, path).String()
		}
		all = append(all, foundation.Secret{Name: field.Of(p.Env, secret.Name).String(), Data: data})
	}
	return all
}

// secretVersions are what changes with each Secret: its revision, and a hash of
// its values where they stand in the environment. Those of other Secrets are
// not known, and no hash of them goes into the tree, where it would tell whether
// a guess is right. A Secret of which nothing is known has no version.
func (p *planner) secretVersions() map[string]string {
	parts := map[string][]string{}
	for _, secret := range p.plainSecrets() {
		text, err := json.Marshal(secret.Data)
		if err != nil {
			panic(err) // a map of strings encodes
		}
		sum := sha256.Sum256(text)
		parts[secret.Name] = append(parts[secret.Name], hex.EncodeToString(sum[:4]))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Catalog.Secrets)) {
		secret := p.Catalog.Secrets[key]
		name := field.Of(p.Env, secret.Name).String()
		if n := field.Of(p.Env, secret.Revision).Int(); n > 0 {
			parts[name] = append(parts[name], strconv.FormatInt(n, 10))
		}
	}
	versions := map[string]string{}
	for name, all := range parts {
		versions[name] = strings.Join(all, "-")
	}
	return versions
}
