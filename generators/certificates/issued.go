package certificates

import "github.com/whiskops/whiskops/internal/krm"

// longestCommonName is X.509's bound (ub-common-name). The names that count
// are the others; some issuers want this one as well.
const longestCommonName = 64

// certificate asks cert-manager to fill the Secret, and has its name. Its
// private key is a new one at each renewal.
func certificate(s Spec, namespace string) krm.M {
	o := krm.New("cert-manager.io/v1", "Certificate", namespace, s.Secret, s.Labels)
	spec := krm.M{
		"secretName":  s.Secret,
		"issuerRef":   krm.M{"group": s.CertManager.IssuerGroup, "kind": s.CertManager.IssuerKind, "name": s.CertManager.IssuerName},
		"duration":    s.CertManager.Duration,
		"renewBefore": s.CertManager.RenewBefore,
		"privateKey":  krm.M{"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
		"usages":      krm.L{"digital signature", "server auth"},
	}
	if s.Peers {
		spec["usages"] = krm.L{"digital signature", "server auth", "client auth"}
		spec["privateKey"].(krm.M)["encoding"] = "PKCS8"
	}
	if first := s.DNSNames[0]; len(first) <= longestCommonName && !isAddress(first) {
		spec["commonName"] = first
	}
	var names, addresses krm.L
	for _, name := range s.DNSNames {
		if isAddress(name) {
			addresses = append(addresses, name)
		} else {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		spec["dnsNames"] = names
	}
	if len(addresses) > 0 {
		spec["ipAddresses"] = addresses
	}
	o["spec"] = spec
	return o
}
