// Package externalsecrets makes objects of External Secrets, whose operator makes
// Secrets of them: out of a store of the platform's, or of values that it makes
// once.
package externalsecrets

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
)

// Source: the CRDs of External Secrets; external-secrets.io/v1 is served from
// 0.17 on, and no other from 1.0 on.
const (
	version    = "external-secrets.io/v1"
	generators = "generators.external-secrets.io/v1alpha1"
	engine     = "v2"
)

// Process adds an ExternalSecret for each Secret, and what makes its values.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	if spec.Store != nil {
		return krm.Add(rl, read(spec)...)
	}
	return krm.Add(rl, made(spec)...)
}

// read are Secrets that follow the store. One that a key is missing of in the
// store is not made, and says so in its status.
func read(spec Spec) []krm.M {
	var objects []krm.M
	for _, s := range spec.Secrets {
		var data krm.L
		for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
			data = append(data, krm.M{"secretKey": key, "remoteRef": krm.M{"key": s.Remote, "property": key}})
		}
		o := spec.Object(version, "ExternalSecret", s.Name)
		of := krm.M{
			"refreshPolicy":   "Periodic",
			"refreshInterval": spec.RefreshInterval,
			"secretStoreRef":  krm.M{"kind": spec.Store.Kind, "name": spec.Store.Name},
			"target":          krm.M{"name": s.Name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
			"data":            data,
		}
		if s.Open {
			of["dataFrom"] = krm.L{krm.M{"extract": krm.M{"key": s.Remote}}}
		}
		o["spec"] = of
		objects = append(objects, o)
	}
	return objects
}

// made are Secrets whose values the operator makes once. Nothing else has them,
// and CouchDB's volumes keep the users that they are of: so they stay when the
// ExternalSecret goes.
func made(spec Spec) []krm.M {
	lengths, uuid := map[int]bool{}, false
	var objects []krm.M
	for _, s := range spec.Secrets {
		data := krm.M{}
		var from krm.L
		for i, key := range slices.Sorted(maps.Keys(s.Keys)) {
			k := s.Keys[key]
			if k.Fixed != "" {
				data[key] = k.Fixed
				continue
			}
			lengths[k.Length] = true
			random := fmt.Sprintf("random-%d", i)
			from = append(from, generated("Password", password(k.Length), "password", random))
			text := fmt.Sprintf("{{ index . %q }}", random)
			if k.UUID {
				uuid = true
				unique := fmt.Sprintf("uuid-%d", i)
				from = append(from, generated("UUID", uuidName, "uuid", unique))
				text = fmt.Sprintf("{{ index . %q }}:%s", unique, text)
			}
			data[key] = text
		}
		o := spec.Object(version, "ExternalSecret", s.Name)
		o["spec"] = krm.M{
			"refreshPolicy": "CreatedOnce",
			"target": krm.M{
				"name": s.Name, "creationPolicy": "Orphan", "deletionPolicy": "Retain",
				"template": krm.M{"engineVersion": engine, "mergePolicy": "Replace", "type": "Opaque", "data": data},
			},
			"dataFrom": from,
		}
		objects = append(objects, o)
	}
	for _, n := range slices.Sorted(maps.Keys(lengths)) {
		o := spec.Object(generators, "Password", password(n))
		// Without symbols a quarter would be: OpenWhisk's start script does
		// not hand all of them on. No repetition would be less by chance.
		o["spec"] = krm.M{"length": n, "symbols": 0, "noUpper": false, "allowRepeat": true}
		objects = append(objects, o)
	}
	if uuid {
		o := spec.Object(generators, "UUID", uuidName)
		o["spec"] = krm.M{}
		objects = append(objects, o)
	}
	return objects
}

const uuidName = "openwhisk-uuid"

// password is the name of the generator of so many characters.
func password(length int) string { return fmt.Sprintf("openwhisk-password-%d", length) }

// generated is a value that a generator gives under one name, under another one.
func generated(kind, name, gives, as string) krm.M {
	return krm.M{
		"sourceRef": krm.M{"generatorRef": krm.M{"apiVersion": generators, "kind": kind, "name": name}},
		"rewrite":   krm.L{krm.M{"regexp": krm.M{"source": "^" + gives + "$", "target": as}}},
	}
}

// Names of keys, in a Secret and in a store. The length of a key is compared and
// not matched: see krm.Check.
var (
	keyForm    = regexp.MustCompile(`^[-._a-zA-Z0-9]+$`)
	remoteForm = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)
)

// longestKey of a Secret.
const longestKey = 253

// leastLength of what is random.
const leastLength = 32

func check(spec Spec) error {
	var c krm.Check
	c.Owner(spec.Owner)
	if spec.Store != nil {
		c.OneOf("spec.store.kind", spec.Store.Kind, "SecretStore", "ClusterSecretStore")
		c.Name("spec.store.name", spec.Store.Name)
		if spec.RefreshInterval == "" {
			c.Fail("spec.refreshInterval is empty")
		}
	}
	seen := map[string]bool{}
	for i, s := range spec.Secrets {
		field := fmt.Sprintf("spec.secrets[%d]", i)
		c.Name(field+".name", s.Name)
		c.Unique(field+".name", s.Name, seen)
		if spec.Store != nil && !remoteForm.MatchString(s.Remote) {
			c.Fail("%s.remote %q is no key of a store", field, s.Remote)
		}
		if len(s.Keys) == 0 {
			c.Fail("%s.keys is empty", field)
		}
		for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
			checkKey(&c, field, key, s.Keys[key])
		}
	}
	return c.Err()
}

func checkKey(c *krm.Check, field, key string, k Key) {
	switch {
	case len(key) > longestKey || !keyForm.MatchString(key):
		c.Fail("%s.keys has %q, which is no key of a Secret", field, key)
	case (k.Fixed == "") == (k.Length == 0):
		c.Fail("%s.keys.%s has either fixed or length", field, key)
	case k.Length != 0 && k.Length < leastLength:
		c.Fail("%s.keys.%s.length is %d: want %d at least", field, key, k.Length, leastLength)
	case k.UUID && k.Length == 0:
		c.Fail("%s.keys.%s.uuid stands with length alone", field, key)
	}
}
