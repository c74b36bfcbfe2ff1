package rules

import (
	"fmt"
	"strings"
	"time"
)

// certificate looks at where nginx's certificate comes from.
func (c *checker) certificate() {
	tls := c.Env.Edge.TLS
	var kinds []string
	if tls.CertManager != nil {
		kinds = append(kinds, "edge.tls.certManager")
	}
	if tls.Existing != nil {
		kinds = append(kinds, "edge.tls.existing")
	}
	if tls.SelfSigned != nil {
		kinds = append(kinds, "edge.tls.selfSigned")
	}
	if len(kinds) > 1 {
		c.fail("WO251", kinds[1],
			fmt.Sprintf("%s are given together: nginx has one certificate, and nobody could say which", list(kinds)),
			"leave one of them, and leave out the others")
		return
	}
	if tls.SelfSigned != nil {
		c.selfSigned()
	}
	if tls.CertManager != nil {
		c.lifetime("edge.tls.certManager", tls.CertManager.Duration, tls.CertManager.RenewBefore, "nginx never starts")
		c.moreNames()
	}
}

func (c *checker) selfSigned() {
	const field = "edge.tls.selfSigned"
	if !c.development() {
		c.fail("WO252", field,
			fmt.Sprintf("edge.tls.selfSigned is given in profile %q: each nginx pod has another certificate that no client trusts, and users learn to switch the check off", c.Env.Profile),
			"write edge: tls: certManager: issuer: name: with your issuer, or edge: tls: existing: secret: with a Secret of type kubernetes.io/tls")
	}
	if i := c.Env.Edge.Ingress; i != nil && i.Secret == "" {
		c.fail("WO256", c.written("edge.ingress"),
			fmt.Sprintf("edge.ingress has no secret, and edge.tls.selfSigned makes none: the Secret %q does not exist, and the Ingress serves its controller's own certificate", c.CertificateSecret),
			"write edge: ingress: secret: with a Secret of type kubernetes.io/tls, or another kind of edge.tls")
	}
}

// lifetime keeps to what cert-manager's webhook takes. The field is that of a
// Certificate, with its duration and when it is renewed; without says what comes of one
// that is refused.
func (c *checker) lifetime(field, lasting, before, without string) {
	duration, renew := field+".duration", field+".renewBefore"
	switch d, r := lasts(lasting), lasts(before); {
	case d < time.Hour:
		c.fail("WO255", duration,
			fmt.Sprintf("%s is %q, less than an hour: cert-manager refuses the Certificate, and %s", duration, lasting, without),
			"write "+cue(duration, "2160h")+", or leave it out")
	case r >= d:
		c.fail("WO255", c.written(renew, duration),
			fmt.Sprintf("%s is not shorter than %s: cert-manager refuses a Certificate that would be renewed before it begins", c.show(renew, before), c.show(duration, lasting)),
			fmt.Sprintf("write %s, a third, or less", cue(renew, period(d/3))))
	case r < 5*time.Minute:
		c.fail("WO255", renew,
			fmt.Sprintf("%s is %q, less than 5 minutes: cert-manager refuses the Certificate, and %s", renew, before, without),
			"write "+cue(renew, "720h")+", or leave it out")
	}
}

// moreNames tells what the certificate has already from what the host has not.
func (c *checker) moreNames() {
	cm, host := c.Env.Edge.TLS.CertManager, c.Env.Edge.Host
	for i, name := range cm.DNSNames {
		below, under := strings.CutSuffix(name, "."+host)
		field := fmt.Sprintf("edge.tls.certManager.dnsNames[%d]", i)
		switch {
		case name == host:
			c.noEffect(field, fmt.Sprintf("%q is edge.host, which the certificate has anyway", name))
		case under && cm.Wildcard && !strings.Contains(below, "."):
			c.noEffect(field, fmt.Sprintf("%q is one of *.%s, which the certificate has anyway", name, host))
		}
	}
}
