package preflight

import (
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// issuers of the certificates that cert-manager makes: nginx's, without a key, and
// those of servers.
func issuers(v *derived.Values) []Item {
	var all []Item
	add := func(key, field, without string, i environment.Issuer) {
		item := Item{key: key, Name: i.Name, Kind: i.Kind, Type: strings.ToLower(i.Kind) + "." + i.Group, For: without, Field: field + ".issuer"}
		if i.Kind == "Issuer" {
			item.Namespace = v.Env.Namespace
		}
		all = append(all, item)
	}
	if c := v.Env.Edge.TLS.CertManager; c != nil {
		add("", "edge.tls.certManager", "nginx waits for it", c.Issuer)
	}
	for _, c := range v.Certified() {
		if c.TLS.CertManager != nil {
			add(c.Component, c.Field+".certManager", c.Without, c.TLS.CertManager.Issuer)
		}
	}
	return all
}

// CertManager is the first field that asks for cert-manager; empty: none does.
func (s scope) CertManager() string {
	for _, i := range issuers(s.Values) {
		return strings.TrimSuffix(i.Field, ".issuer")
	}
	return ""
}
