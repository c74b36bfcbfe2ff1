package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/externalsecrets"
	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/krm"
)

// plainSecrets are Secrets whose values stand in the environment.
func (p *planner) plainSecrets() []foundation.Secret {
	if p.Env.Secrets.Plain == nil {
		return nil
	}
	var all []foundation.Secret
	for _, name := range slices.Sorted(maps.Keys(p.Catalog.Secrets)) {
		secret := p.Catalog.Secrets[name]
		if !secret.Expected(p.Env) {
			continue
		}
		data := map[string]string{}
		if secret.All != "" {
			data = field.Of(p.Env, secret.All).Interface().(map[string]string)
		}
		for key, path := range secret.Keys {
			// One that may be left out is there where somebody needs it.
			if text := field.Of(p.Env, path).String(); text != "" && p.Wants(secret.Values[key]) {
				data[key] = text
			}
		}
		if len(data) > 0 { // else somebody else makes it, as Strimzi its users'
			all = append(all, foundation.Secret{Name: field.Of(p.Env, secret.Name).String(), Data: data})
		}
	}
	return append(all, p.plainTenants()...)
}

// secretVersions are what changes with each key of a Secret: its value, hashed,
// where that stands in the environment, and the number of its changes. Values of
// other Secrets are not known, and no hash of them goes into the tree, where it
// would tell whether a guess is right.
func (p *planner) secretVersions() map[string]map[string]string {
	versions := map[string]map[string]string{}
	add := func(secret, key, part string) {
		if versions[secret] == nil {
			versions[secret] = map[string]string{}
		}
		versions[secret][key] += part
	}
	for _, secret := range p.plainSecrets() {
		for key, text := range secret.Data {
			sum := sha256.Sum256([]byte(text))
			add(secret.Name, key, hex.EncodeToString(sum[:]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Catalog.Secrets)) {
		secret := p.Catalog.Secrets[key]
		name := field.Of(p.Env, secret.Name).String()
		revision := func(key, path string) {
			if n := field.Of(p.Env, path).Int(); n > 0 {
				add(name, key, fmt.Sprint(" ", n))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(secret.Keys)) {
			revision(key, cmp.Or(secret.Apart[key], secret.Revision))
		}
		if secret.All != "" { // its keys are not known
			revision("", secret.Revision)
		}
	}
	for _, t := range p.Trusted() {
		if t.Revision > 0 {
			add(t.Secret, t.Key, fmt.Sprint(" ", t.Revision))
		}
	}
	return versions
}

// externalSecrets are those that an operator makes in the cluster.
func (p *planner) externalSecrets(own krm.Owner) {
	external := p.Env.Secrets.Source.External
	if external == nil {
		return
	}
	spec := externalsecrets.Spec{Owner: own}
	if !external.Generate {
		spec.Store = &externalsecrets.Store{Kind: external.Store.Kind, Name: external.Store.Name}
		spec.RefreshInterval = external.RefreshInterval
	}
	for _, s := range p.Secrets() {
		made := externalsecrets.Secret{Name: s.Name, Keys: map[string]externalsecrets.Key{}}
		if spec.Store != nil {
			made.Remote, made.Open = external.Prefix+s.Name, s.Open
		}
		for key, v := range s.Values {
			made.Keys[key] = externalsecrets.Key{Fixed: v.Fixed, Length: v.Length, UUID: v.Subject}
		}
		spec.Secrets = append(spec.Secrets, made)
	}
	p.add(Function{externalsecrets.Kind, own.Component, spec})
}
