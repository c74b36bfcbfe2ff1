package derived

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
)

// Certified is a component that has a certificate.
type Certified struct {
	Component string
	catalog.Certificate
	// TLS is what the environment says of it.
	TLS *environment.ServerTLS
}

// Certified are the servers of the installation's own that have a certificate, in the
// order of their names.
func (v *Values) Certified() []Certified {
	var all []Certified
	for _, name := range slices.Sorted(maps.Keys(v.Catalog.Components)) {
		of := v.Catalog.Components[name].Certificate
		if of == nil || !v.Has(name) {
			continue
		}
		if tls := field.Of(v.Env, of.Field).Interface().(*environment.ServerTLS); tls != nil {
			all = append(all, Certified{name, *of, tls})
		}
	}
	return all
}

// keys of its Secret: clients trust its authority, and the server reads all three, and
// rolls for them.
func (c Certified) keys() []Trusted {
	of := Trusted{Field: c.Field + ".secret", Secret: c.TLS.Secret, Revision: c.TLS.Revision, Made: c.TLS.CertManager != nil}
	authority, certificate, key := of, of, of
	authority.Key, certificate.Key, key.Key, key.Private = "ca.crt", "tls.crt", "tls.key", true
	return []Trusted{authority, certificate, key}
}

// TrustedSecrets are those with certificates that somebody has put there, as a pattern
// of Prometheus between quotes; empty: there are none.
func (v *Values) TrustedSecrets() string {
	var names []string
	for _, t := range v.Trusted() {
		if !t.Made && !t.Private {
			names = append(names, strings.ReplaceAll(t.Secret, ".", "[.]"))
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "|")
}

// CertifiedByManager tells whether cert-manager makes one of the servers' certificates.
func (v *Values) CertifiedByManager() bool {
	return slices.ContainsFunc(v.Certified(), func(c Certified) bool { return c.TLS.CertManager != nil })
}

// soon is when a certificate that ends is a person's to look at.
const soon = 14 * 24 * time.Hour

// Overdue is how long before its end a certificate should have been renewed for so long
// that somebody is to look, in PromQL's seconds: two weeks, or half of what it is renewed
// before where that is less.
func (v *Values) Overdue(renewBefore string) string {
	before, err := time.ParseDuration(renewBefore)
	if err != nil || before/2 >= soon {
		return "14 * 86400"
	}
	return strconv.Itoa(int(before.Seconds() / 2))
}

// authority is who signed the certificate of a server of the installation's own.
func authority(of *environment.ServerTLS) *environment.Authority {
	return &environment.Authority{Secret: of.Secret, Key: "ca.crt", Revision: of.Revision}
}

// redis says how its clients connect.
func (v *Values) redis() {
	switch r := v.Env.Redis; {
	case r.External != nil:
		v.Redis.TLS = r.External.TLS
	case r.TLS != nil:
		v.Redis.TLS = &environment.RedisTLS{CA: authority(r.TLS)}
	}
}
