package derived

import (
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
)

// JVMLogin and JVMTrust tell whether a JVM is told where its login is, and whom to
// trust. They are apart from what says so: its options follow from other fields first.
func (v *Values) JVMLogin() bool { return v.Kafka.Client.SASL != nil }
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
		authority("kafka.external.tls.ca", v.Kafka.Client.CA())
	}
	if c := v.Kafka.Client.Certificate(); c != nil {
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
