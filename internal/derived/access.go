package derived

import (
	"slices"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// Access is how the clients of Kafka connect: in plain text and without a login
// where both are nil.
type Access struct {
	TLS  *environment.KafkaTLS
	SASL *environment.KafkaSASL
	// Words are those of the mechanism.
	Words catalog.Mechanism
}

// Secured tells whether clients need anything but the brokers' addresses.
func (a Access) Secured() bool { return a.TLS != nil || a.SASL != nil }

// Protocol in Kafka's words.
func (a Access) Protocol() string {
	transport := "PLAINTEXT"
	if a.TLS != nil {
		transport = "SSL"
	}
	if a.SASL != nil {
		return "SASL_" + transport
	}
	return transport
}

// Mechanism of the login in Kafka's words; empty without one.
func (a Access) Mechanism() string {
	if a.SASL == nil {
		return ""
	}
	return a.SASL.Mechanism
}

// Module is what Java's clients call the mechanism, and Exporter what that of
// metrics does.
func (a Access) Module() string   { return a.Words.Module }
func (a Access) Exporter() string { return a.Words.Exporter }

// Username of the login, where the environment says it.
func (a Access) Username() string {
	if a.SASL == nil {
		return ""
	}
	return a.SASL.Username
}

// CA is who signed the brokers' certificates; nil: a public authority.
func (a Access) CA() *environment.Authority {
	if a.TLS == nil {
		return nil
	}
	return a.TLS.CA
}

// Certificate is what clients show; nil: nothing.
func (a Access) Certificate() *environment.ClientCertificate {
	if a.TLS == nil {
		return nil
	}
	return a.TLS.Certificate
}

// Verify tells whether a broker's certificate must be for its host.
func (a Access) Verify() bool { return a.TLS != nil && a.TLS.VerifyHost }

// JVMLogin and JVMTrust tell whether a JVM is told where its login is, and whom to
// trust. They are apart from what says so: its options follow from other fields first.
func (v *Values) JVMLogin() bool { return v.Kafka.Access.SASL != nil }
func (v *Values) JVMTrust() bool { return v.CouchDB.CA != nil }

// Trusted is a key of a Secret with certificates that clients read when they start.
type Trusted struct {
	// Field of the environment that names the Secret.
	Field string
	// Secret and Key: where it is.
	Secret, Key string
	// Private tells that it is a key of the client's own, and no certificate.
	Private bool
	// Made tells that the installation has it made: nobody need be asked for it.
	Made bool
	// Revision is how often it was changed.
	Revision int
}

// Trusted are those of all servers outside, and of the installation's own, those that are its
// own last.
func (v *Values) Trusted() []Trusted {
	var all []Trusted
	authority := func(field string, a *environment.Authority) {
		if a != nil {
			all = append(all, Trusted{Field: field + ".secret", Secret: a.Secret, Key: a.Key, Revision: a.Revision})
		}
	}
	authority("couchdb.external.ca", v.CouchDB.CA)
	if v.Env.Kafka.External != nil {
		authority("kafka.external.tls.ca", v.Kafka.Access.CA())
	}
	if c := v.Kafka.Access.Certificate(); c != nil {
		const field = "kafka.external.tls.certificate.secret"
		all = append(all,
			Trusted{Field: field, Secret: c.Secret, Key: c.Certificate, Revision: c.Revision},
			Trusted{Field: field, Secret: c.Secret, Key: c.Key, Private: true, Revision: c.Revision})
	}
	if e := v.Env.Redis.External; e != nil && e.TLS != nil && v.Env.APIGateway.Enabled {
		authority("redis.external.tls.ca", e.TLS.CA)
	}
	for _, c := range v.Certified() {
		all = append(all, c.keys()...)
	}
	return all
}

// Accesses are the servers that a component connects to and that ask something of
// their clients, each once, in the order of its needs.
func (v *Values) Accesses(component string) []Server {
	var all []Server
	for _, need := range v.Catalog.Components[component].Needs {
		asks := v.Catalog.Components[need.Component].Access
		known := slices.ContainsFunc(all, func(s Server) bool { return s.Component == need.Component })
		if asks != nil && !known && need.Component != component && need.When.Holds(v.Env) {
			all = append(all, Server{need.Component, asks})
		}
	}
	return all
}

// Server is a component, and what it asks of its clients, with templates.
type Server struct {
	Component string
	Access    map[string]any
}
