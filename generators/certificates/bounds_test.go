package certificates

import (
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
)

func sound() Spec {
	return Spec{
		Secret: "tls", MountPath: "/certs", DNSNames: []string{"a.example.com"},
		CertManager: &CertManager{IssuerKind: "Issuer", IssuerName: "ca", IssuerGroup: "cert-manager.io", Duration: "100m", RenewBefore: "5m"},
	}
}

// Each bound of a spec: one below it, at it, and one above. "x" is refused.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		complaint string
		at        int
		want      string
		set       func(s *Spec, n int)
	}{
		{"spec.certManager.duration is", 60, "x--", func(s *Spec, n int) { s.CertManager.Duration = fmt.Sprintf("%dm", n) }},
		{"wanted at least 5m", 300, "x--", func(s *Spec, n int) { s.CertManager.RenewBefore = fmt.Sprintf("%ds", n) }},
		{"wanted less than the duration", 100, "-xx", func(s *Spec, n int) { s.CertManager.RenewBefore = fmt.Sprintf("%dm", n) }},
		{"no host name", 253, "--x", func(s *Spec, n int) { s.DNSNames[0] = strings.Repeat("a", n) }},
		{"spec.dnsNames is empty", 1, "x--", func(s *Spec, n int) { s.DNSNames = []string{"a", "b"}[:n] }},
		{"spec.dnsNames is empty", 1, "---", func(s *Spec, n int) { s.CertManager, s.DNSNames = nil, []string{"a", "b"}[:n] }},
	} {
		for i, want := range tt.want {
			n, s := tt.at+i-1, sound()
			tt.set(&s, n)
			var c krm.Check
			check(&c, s)
			err := c.Err()
			if refused := err != nil && strings.Contains(err.Error(), tt.complaint); refused != (want == 'x') || want == '-' && err != nil {
				t.Errorf("%s %d: %v", tt.complaint, n, err)
			}
		}
	}
}

// A certificate's subject is at most 64 letters long, in either kind.
func TestCommonName(t *testing.T) {
	for letters, want := range map[int]bool{63: true, 64: true, 65: false} {
		s, name := sound(), strings.Repeat("a", letters)
		s.DNSNames = []string{name}
		if _, has := certificate(s, "")["spec"].(krm.M)["commonName"]; has != want {
			t.Errorf("%d letters are a common name of cert-manager's: %v", letters, has)
		}
		s.SelfSigned = &SelfSigned{Image: "i"}
		script := selfSigned(s)["command"].(krm.L)[2].(string)
		if has := strings.Contains(script, "/CN="+name+"'"); has != want {
			t.Errorf("%d letters are a common name of openssl's: %v", letters, has)
		}
	}
}

func TestNamesAndAddresses(t *testing.T) {
	for _, tt := range []struct {
		names               []string
		dnsNames, addresses bool
	}{
		{[]string{"a"}, true, false}, {[]string{"10.0.0.1"}, false, true}, {[]string{"a", "10.0.0.1"}, true, true},
	} {
		s := sound()
		s.DNSNames = tt.names
		spec := certificate(s, "")["spec"].(krm.M)
		_, names := spec["dnsNames"]
		_, addresses := spec["ipAddresses"]
		if names != tt.dnsNames || addresses != tt.addresses {
			t.Errorf("%v: %v", tt.names, spec)
		}
	}
}
