package certificates

import (
	"fmt"
	"net/netip"
	"regexp"
	"time"

	"github.com/whiskops/whiskops/internal/krm"
)

// dnsName as a certificate holds it; it stands in a shell script as well.
var dnsName = regexp.MustCompile(`^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

func check(c *krm.Check, s Spec) {
	c.Path("spec.mountPath", s.MountPath)
	checkNames(c, s)
	switch {
	case s.SelfSigned != nil && s.CertManager != nil:
		c.Fail("spec has both certManager and selfSigned")
	case s.SelfSigned != nil:
		c.Given("spec.selfSigned.image", s.SelfSigned.Image)
		if s.Secret != "" {
			c.Fail("spec.secret is %q, but a self-signed certificate stays in the pod", s.Secret)
		}
	default:
		c.Name("spec.secret", s.Secret)
	}
	if s.CertManager != nil {
		checkCertManager(c, *s.CertManager)
	}
}

func checkNames(c *krm.Check, s Spec) {
	// An existing certificate has its names already.
	if len(s.DNSNames) == 0 && (s.CertManager != nil || s.SelfSigned != nil) {
		c.Fail("spec.dnsNames is empty")
	}
	seen := map[string]bool{}
	for i, name := range s.DNSNames {
		field := fmt.Sprintf("spec.dnsNames[%d]", i)
		if c.Given(field, name) && !isAddress(name) && (len(name) > 253 || !dnsName.MatchString(name)) {
			c.Fail("%s %q is no host name in lower case", field, name)
		}
		c.Unique(field, name, seen)
	}
}

func checkCertManager(c *krm.Check, m CertManager) {
	c.Given("spec.certManager.issuerKind", m.IssuerKind)
	c.Name("spec.certManager.issuerName", m.IssuerName)
	c.Name("spec.certManager.issuerGroup", m.IssuerGroup)
	duration, ok := lasting(c, "spec.certManager.duration", m.Duration)
	before, ok2 := lasting(c, "spec.certManager.renewBefore", m.RenewBefore)
	// cert-manager's own bounds.
	if ok && duration < time.Hour {
		c.Fail("spec.certManager.duration is %s, wanted at least 1h", m.Duration)
	}
	if ok2 && before < 5*time.Minute {
		c.Fail("spec.certManager.renewBefore is %s, wanted at least 5m", m.RenewBefore)
	}
	if ok && ok2 && before >= duration {
		c.Fail("spec.certManager.renewBefore is %s, wanted less than the duration of %s", m.RenewBefore, m.Duration)
	}
}

func lasting(c *krm.Check, field, value string) (time.Duration, bool) {
	if !c.Given(field, value) {
		return 0, false
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		c.Fail("%s %q is no duration, as 2160h is", field, value)
	}
	return d, err == nil
}

// isAddress says whether a name goes into the certificate as an IP address. A
// zone ("fe80::1%eth0") can hold any character, and has no place there.
func isAddress(name string) bool {
	a, err := netip.ParseAddr(name)
	return err == nil && a.Zone() == ""
}
