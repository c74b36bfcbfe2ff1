package rules

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// A wildcard stands for one label below the host, and only where it is asked for.
func TestMoreNames(t *testing.T) {
	for _, tt := range []struct {
		name     string
		wildcard bool
		idle     bool
	}{
		{"f.example.com", false, true}, {"f.example.com", true, true},
		{"a.f.example.com", true, true}, {"a.f.example.com", false, false},
		{"a.b.f.example.com", true, false}, {"intranet", true, false}, {"g.example.com", true, false}, {"af.example.com", true, false},
	} {
		e := environment.Base()
		e.Source, e.Edge.Host = anywhere{}, "f.example.com"
		e.Edge.TLS.CertManager = &environment.CertManager{DNSNames: []string{tt.name}, Wildcard: tt.wildcard}
		c := checker{Values: valuesOf(t, []environment.Environment{e})[0]}
		c.moreNames()
		if idle := len(c.found) == 1 && c.found[0].Path == "edge.tls.certManager.dnsNames[0]"; idle != tt.idle || len(c.found) > 1 {
			t.Errorf("%+v: found %v", tt, c.found)
		}
	}
}
