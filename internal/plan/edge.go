package plan

import (
	"slices"

	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/nginxedge"
	"github.com/whiskops/whiskops/internal/krm"
)

// certificateDir of nginx.
const certificateDir = "/certs"

// edge plans nginx's configuration and what stands in front of it.
func (p *planner) edge(own krm.Owner) (nginxedge.Spec, error) {
	e := p.Env.Edge
	nginx := p.Catalog.Components[own.Component]
	s := nginxedge.Spec{
		Owner: own, Host: e.Host, PublicPort: e.Port, Resolver: p.DNS,
		Ports:          nginxedge.Ports{HTTP: nginx.Port("redirect"), HTTPS: nginx.Port("https"), Internal: nginx.Port("internal")},
		BodySize:       e.BodySize,
		ReadTimeout:    e.ReadTimeout,
		CertificateDir: certificateDir,
		Upstreams:      []nginxedge.Upstream{{Name: "controllers", Host: "controller-http", Port: p.Catalog.Components["controller"].Port("http")}},
		Deny:           p.Catalog.Edge.Deny,
		Service: nginxedge.Service{
			Type: e.Service.Type, NodePort: e.Service.NodePort,
			Annotations: e.Service.Annotations, SourceRanges: e.Service.SourceRanges,
		},
		Internal: "nginx-internal",
	}
	if p.Has("apigateway") {
		s.Upstreams = append(s.Upstreams, nginxedge.Upstream{
			Name: "apigateway", Host: p.FQDN("apigateway"), Port: p.Catalog.Components["apigateway"].Port("managed"), Late: true,
		})
	}
	for _, route := range p.Catalog.Edge.Routes {
		var r nginxedge.Route
		if err := decode(route, &r); err != nil {
			return s, err
		}
		if r.Upstream != "apigateway" || p.Has("apigateway") {
			s.Routes = append(s.Routes, r)
		}
	}
	if i := e.Ingress; i != nil {
		s.Ingress = &nginxedge.Ingress{Class: i.Class, Annotations: i.Annotations, Secret: i.Secret}
		if i.Secret == "" {
			s.Ingress.Secret = p.CertificateSecret
		}
	}
	if g := e.Gateway; g != nil {
		s.Gateway = &nginxedge.Gateway{Name: g.Name, Namespace: g.Namespace, SectionName: g.SectionName}
	}
	return s, nil
}

// certificates plans where nginx's certificate comes from.
func (p *planner) certificates(own krm.Owner) certificates.Spec {
	tls := p.Env.Edge.TLS
	s := certificates.Spec{
		Owner: own, Secret: p.CertificateSecret, MountPath: certificateDir,
		DNSNames: []string{p.Env.Edge.Host, "*." + p.Env.Edge.Host},
	}
	switch {
	case tls.SelfSigned != nil:
		s.Secret = ""
		s.SelfSigned = &certificates.SelfSigned{Image: p.image("nginx")}
	case tls.CertManager != nil:
		c := tls.CertManager
		if !c.Wildcard {
			s.DNSNames = s.DNSNames[:1]
		}
		for _, name := range c.DNSNames {
			if !slices.Contains(s.DNSNames, name) {
				s.DNSNames = append(s.DNSNames, name)
			}
		}
		s.CertManager = &certificates.CertManager{
			IssuerKind: c.Issuer.Kind, IssuerName: c.Issuer.Name, IssuerGroup: c.Issuer.Group,
			Duration: c.Duration, RenewBefore: c.RenewBefore,
		}
	}
	return s
}
