package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/derived"
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
