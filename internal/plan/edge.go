package plan

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/generators/certificates"
	"github.com/whiskops/whiskops/generators/nginxedge"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// edge plans nginx's configuration and what stands in front of it.
func (p *planner) edge(own krm.Owner) (nginxedge.Spec, error) {
	e, fixed := p.Env.Edge, p.Catalog.Edge
	port := func(role string) int { return p.Catalog.Components[own.Component].Port(fixed.Ports[role]) }
	s := nginxedge.Spec{
		Owner: own, Host: e.Host, PublicPort: e.Port, Resolver: p.DNS,
		Ports:          nginxedge.Ports{HTTP: port("http"), HTTPS: port("https"), Internal: port("internal")},
		Uploads:        e.Uploads,
		Times:          nginxedge.Times{Lookup: p.Catalog.Drain.Lookup, KeepAlive: p.Catalog.Drain.KeepAlive, Leave: p.EdgeLeave},
		CertificateDir: derived.CertificateDir,
		Deny:           fixed.Deny,
		Service: nginxedge.Service{
			Type: e.Service.Type, NodePort: e.Service.NodePort, SourceRanges: e.Service.SourceRanges,
		},
		Internal: fixed.Internal,
	}
	if p.Env.Metrics != nil {
		s.Meter = &nginxedge.Meter{Address: fixed.Meter.Address, Format: fixed.Meter.Format}
	}
	if err := p.edgeLimits(&s); err != nil {
		return s, err
	}
	there := map[string]bool{}
	for _, u := range fixed.Upstreams {
		if there[u.Name] = p.Has(u.Component); !there[u.Name] {
			continue
		}
		to := p.Endpoint(u.Component)
		s.Upstreams = append(s.Upstreams, nginxedge.Upstream{Name: u.Name, Host: to.FQDN, Port: to.Port})
	}
	for _, route := range fixed.Routes {
		var r nginxedge.Route
		if err := decode(route, &r); err != nil {
			return s, err
		}
		if there[r.Upstream] {
			s.Routes = append(s.Routes, r)
		}
	}
	if i := e.Ingress; i != nil {
		annotations, err := p.Annotations(catalog.OnIngress)
		if err != nil {
			return s, err
		}
		s.Ingress = &nginxedge.Ingress{Class: i.Class, Annotations: annotations, Secret: i.Secret}
		if i.Secret == "" {
			s.Ingress.Secret = p.CertificateSecret
		}
	}
	if g := e.Gateway; g != nil {
		s.Gateway = &nginxedge.Gateway{Name: g.Name, Namespace: g.Namespace, SectionName: g.SectionName}
	}
	return s, nil
}

// edgeLimits are how much nginx takes and how long it waits, and what its load
// balancer must be told for that.
func (p *planner) edgeLimits(s *nginxedge.Spec) error {
	var err error
	if s.BodySize, err = p.Limit("request.edge"); err != nil {
		return err
	}
	wait, err := p.Limit("call.edge")
	if err != nil {
		return err
	}
	s.ReadTimeout = fmt.Sprintf("%ds", wait)
	s.Service.Annotations, err = p.Annotations(catalog.OnService)
	return err
}

// serving are the workloads of a component that listen: a Job does not.
func serving(component string) *krm.Selector {
	s := selected(component)
	s.Kind = "Deployment|StatefulSet|DaemonSet"
	return s
}

// certificates plans where nginx's certificate comes from.
func (p *planner) certificates(own krm.Owner) certificates.Spec {
	tls := p.Env.Edge.TLS
	s := certificates.Spec{
		Selector: serving(own.Component), Labels: own.Made(), Secret: p.CertificateSecret, MountPath: derived.CertificateDir,
		DNSNames: []string{p.Env.Edge.Host, "*." + p.Env.Edge.Host},
	}
	switch {
	case tls.SelfSigned != nil:
		s.Secret = ""
		s.SelfSigned = &certificates.SelfSigned{Image: p.Image(p.Catalog.Components[own.Component].Image)}
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
