package rules

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
)

// secretNames keeps Secrets of different keys and types apart.
func (c *checker) secretNames() {
	uses := c.holders()
	first, tokens := map[string]use{}, c.Tokens()
	for _, u := range uses {
		if owner := tokens[u.name]; owner != "" {
			c.fail("WO278", u.field,
				fmt.Sprintf("%s is the Secret %q, which is generated with the token of %s's account", u.field, u.name, owner),
				"write another name for "+u.field)
		}
		other, taken := first[u.name]
		if !taken {
			first[u.name] = u
			continue
		}
		at := c.written(u.field, other.field)
		c.fail("WO278", at,
			fmt.Sprintf("%s and %s are both the Secret %q: they hold different keys, or keys of one name for different people", other.field, u.field, u.name),
			fmt.Sprintf("write another name for %s", at))
	}
	for _, t := range c.Trusted() {
		holder, held := first[t.Secret]
		if !held || holder.keys == nil || slices.Contains(holder.keys, t.Key) {
			continue
		}
		c.fail("WO278", t.Field,
			fmt.Sprintf("%s reads the key %q of the Secret %q, which is that of %s and has no such key: pods stay in ContainerCreating", t.Field, t.Key, t.Secret, holder.field),
			"write the Secret that has it for "+t.Field)
	}
}

// use of a Secret by a field that names it. Keys are all that it has, if that is known.
type use struct {
	field, name string
	keys        []string
}

// ofCertificate are the keys of a Secret with one.
var ofCertificate = []string{"tls.crt", "tls.key", "ca.crt"}

// holders are the Secrets in the installation's namespace that hold one thing each, in
// an order in which the later of two is to blame.
func (c *checker) holders() []use {
	s := c.Env.Secrets
	uses := []use{
		{field: "secrets.couchdb", name: s.CouchDB}, {field: "secrets.openwhisk", name: s.OpenWhisk}, {field: "secrets.subjects", name: s.Subjects},
	}
	named := map[string]bool{}
	for _, t := range c.Tenants() {
		if named[t.Secret] || len(t.Keyed()) == 0 {
			continue
		}
		named[t.Secret] = true
		uses = append(uses, use{field: c.written(environment.JoinPath("tenants", t.Subject, "secret"), "secrets.tenants"), name: t.Secret})
	}
	if c.Kafka.Client.SASL != nil {
		uses = append(uses, use{field: "secrets.kafka", name: s.Kafka})
	}
	if c.Env.Redis.Password && c.Env.APIGateway.Enabled {
		uses = append(uses, use{field: "secrets.redis", name: s.Redis})
	}
	c.made(uses)
	if b := c.Env.CouchDB.Backup; b != nil && b.S3 != nil {
		uses = append(uses, use{field: "couchdb.backup.s3.secret", name: b.S3.Secret})
	}
	if sops, flux := s.Source.SOPS, c.Env.GitOps.Flux; sops != nil && flux != nil && flux.Namespace == c.Env.Namespace {
		uses = append(uses, use{field: "secrets.source.sops.secret", name: sops.Secret})
	}
	switch tls := c.Env.Edge.TLS; {
	case tls.Existing != nil:
		uses = append(uses, use{"edge.tls.existing.secret", tls.Existing.Secret, ofCertificate})
	case tls.SelfSigned == nil:
		uses = append(uses, use{"edge.tls", c.CertificateSecret, ofCertificate})
	}
	if i := c.Env.Edge.Ingress; i != nil && i.Secret != "" && (i.Secret != c.CertificateSecret || c.Env.Edge.TLS.SelfSigned != nil) {
		uses = append(uses, use{"edge.ingress.secret", i.Secret, ofCertificate})
	}
	for _, of := range c.Certified() {
		uses = append(uses, use{of.Field + ".secret", of.TLS.Secret, ofCertificate})
	}
	for i, name := range c.Env.ImagePullSecrets {
		uses = append(uses, use{fmt.Sprintf("imagePullSecrets[%d]", i), name, []string{".dockerconfigjson"}})
	}
	return uses
}

// made tells the keys of those that are made of the environment: they have no others.
func (c *checker) made(uses []use) {
	if c.Env.Secrets.Plain == nil && c.Env.Secrets.Source.External == nil {
		return
	}
	for _, s := range c.Secrets() {
		for i := range uses {
			if uses[i].name != s.Name || s.Open || s.Tenants {
				continue
			}
			for key := range s.Values {
				uses[i].keys = append(uses[i].keys, key)
			}
		}
	}
}
