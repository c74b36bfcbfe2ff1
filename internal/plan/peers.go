package plan

import (
	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// peers plans the certificate by which pods know each other, if it is made here.
func (p *planner) peers(of *catalog.Peers, own krm.Owner) error {
	tls := p.Env.Kafka.TLS
	if of == nil || tls == nil || tls.CertManager == nil {
		return nil
	}
	c := tls.CertManager
	s := certificates.Spec{
		Selector: serving(own.Component), Labels: own.Made(), Secret: tls.Secret, MountPath: derived.CertificateDir, Peers: true,
		CertManager: &certificates.CertManager{
			IssuerKind: c.Issuer.Kind, IssuerName: c.Issuer.Name, IssuerGroup: c.Issuer.Group,
			Duration: c.Duration, RenewBefore: c.RenewBefore,
		},
	}
	for _, text := range of.Names {
		name, err := catalog.Text(text, &p.Values)
		if err != nil {
			return err
		}
		if name != "" {
			s.DNSNames = append(s.DNSNames, name)
		}
	}
	p.add(Function{certificates.Kind, own.Component, s})
	return nil
}
