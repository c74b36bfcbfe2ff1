package plan

import (
	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// certified plans the certificate of a server, if it is made here.
func (p *planner) certified(own krm.Owner) error {
	for _, of := range p.Certified() {
		if of.Component != own.Component || of.TLS.CertManager == nil {
			continue
		}
		c := of.TLS.CertManager
		s := certificates.Spec{
			Selector: serving(own.Component), Labels: own.Made(), Secret: of.TLS.Secret, MountPath: derived.CertificateDir, Peers: of.Mutual,
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
	}
	return nil
}
