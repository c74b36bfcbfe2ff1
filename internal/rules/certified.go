package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// certified looks at the certificates of the installation's own servers.
func (c *checker) certified() {
	all := c.Certified()
	for _, of := range all {
		cm := of.TLS.CertManager
		if cm == nil {
			continue
		}
		field := of.Field + ".certManager"
		c.lifetime(field, cm.Duration, cm.RenewBefore, of.Without)
		if !of.Mutual || c.development() {
			continue
		}
		if edge := c.Env.Edge.TLS.CertManager; edge != nil && edge.Issuer == cm.Issuer {
			c.sharedIssuer(of, "edge.tls.certManager", "nginx too; and a public one signs no name inside a cluster")
		}
		for _, other := range all {
			if with := other.TLS.CertManager; other.Component != of.Component && with != nil && with.Issuer == cm.Issuer {
				c.sharedIssuer(of, other.Field+".certManager", other.Who+" too")
			}
		}
	}
}

// sharedIssuer warns of who also has a certificate that pods take for one of theirs.
func (c *checker) sharedIssuer(of derived.Certified, other, also string) {
	field := of.Field + ".certManager.issuer"
	c.warn("WO592", field,
		fmt.Sprintf("%s is that of %s, %q: %s take who has a certificate of it for one of them, %s", field, other, of.TLS.CertManager.Issuer.Name, of.Who, also),
		"write an issuer of kind CA that signs nothing but this certificate")
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
