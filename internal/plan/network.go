package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/krm"
)

// dnsPorts of the cluster's DNS, as its pods may listen on them: OpenShift's
// listen on 5353.
var dnsPorts = []int{53, 5353}

// dns allows what resolves names: the pods of the cluster's DNS, which are known
// by their namespace, and the caches that some platforms have on each node,
// which answer at link-local addresses. An address is there beside the pods: most
// network plugins look at a packet after the Service's address became a pod's, and
// a cache that took that address itself answers before.
func (p *planner) dns() networkpolicies.Rule {
	r := networkpolicies.Rule{Ports: dnsPorts, UDP: true, Peers: []networkpolicies.Peer{{CIDR: "169.254.0.0/16"}}}
	r.Peers = append(r.Peers, address(p.DNS)...)
	if _, namespace := p.DNSService(); namespace != "" {
		r.Peers = append(r.Peers, networkpolicies.Peer{Namespace: namespace})
	}
	return r
}

// policy of a component follows from the graph's edges that start or end at it.
func (p *planner) policy(name string, own krm.Owner) (networkpolicies.Spec, error) {
	s := networkpolicies.Spec{Labels: own.Made(), Name: name, Pods: own.Pods(), Annotations: p.elsewhere(name)}
	var err error
	if s.Egress, err = p.egress(name); err != nil {
		return s, err
	}
	if s.Ingress, err = p.ingress(name); err != nil {
		return s, err
	}
	ingress, egress := p.added(name)
	s.Ingress, s.Egress = append(s.Ingress, ingress...), append(s.Egress, egress...)
	return s, nil
}

// egress of a component: to the cluster's DNS, and along the edges that start at
// it.
func (p *planner) egress(name string) ([]networkpolicies.Rule, error) {
	c := p.Catalog.Components[name]
	rules := []networkpolicies.Rule{p.dns()}
	for _, need := range c.Needs {
		if !need.When.Holds(p.Env) {
			continue
		}
		rule, ok, err := p.needed(need)
		if err != nil {
			return nil, err
		}
		if ok {
			rules = append(rules, rule)
		}
	}
	if p.CallsAPI(name) {
		rules = append(rules, p.apiServer())
	}
	if name == p.Catalog.Actions.By {
		rules = append(rules, networkpolicies.Rule{
			Peers: []networkpolicies.Peer{{Pods: p.Catalog.Actions.Labels, Namespace: p.ActionNamespace}},
			Ports: []int{p.Catalog.Actions.Port},
		})
	}
	for _, outside := range c.Outside {
		if servers := p.Servers(outside.Servers); len(servers) > 0 && outside.When.Holds(p.Env) {
			rules = append(rules, networkpolicies.Rule{Ports: derived.Ports(servers)})
		}
	}
	return rules, nil
}

// ingress of a component: from those that need it, from action pods that do, and
// from the world on its public ports.
func (p *planner) ingress(name string) ([]networkpolicies.Rule, error) {
	var rules []networkpolicies.Rule
	from := func(peer networkpolicies.Peer, needs []catalog.Need) error {
		for _, need := range needs {
			if need.Component != name || !need.When.Holds(p.Env) {
				continue
			}
			ports, err := p.named(name, need.Ports)
			if err != nil {
				return err
			}
			rules = append(rules, networkpolicies.Rule{Peers: []networkpolicies.Peer{peer}, Ports: ports})
		}
		return nil
	}
	for _, other := range p.Components() {
		if err := from(networkpolicies.Peer{Component: other}, p.Catalog.Components[other].Needs); err != nil {
			return nil, err
		}
	}
	of := p.Catalog.Actions
	if err := from(networkpolicies.Peer{Pods: of.Labels, Namespace: p.ActionNamespace}, of.Needs); err != nil {
		return nil, err
	}
	if err := from(networkpolicies.Peer{Pods: of.System.Labels, Namespace: p.ActionNamespace}, of.System.Needs); err != nil {
		return nil, err
	}
	if m := p.Env.Metrics; m != nil && p.Catalog.Components[name].Metrics != nil {
		ports, err := p.named(name, []string{p.Catalog.Components[name].Metrics.Port})
		if err != nil {
			return nil, err
		}
		scraper := networkpolicies.Peer{Pods: m.Pods, Namespace: m.Namespace}
		rules = append(rules, networkpolicies.Rule{Peers: []networkpolicies.Peer{scraper}, Ports: ports})
	}
	var public []string
	for _, port := range p.Catalog.Components[name].Public {
		if port.When.Holds(p.Env) && !slices.Contains(public, port.Port) {
			public = append(public, port.Port)
		}
	}
	if len(public) == 0 {
		return rules, nil
	}
	ports, err := p.named(name, public)
	return append(rules, networkpolicies.Rule{Ports: ports}), err
}

// needed allows what a component needs, in the cluster or outside. It is not
// there when nothing of the kind exists.
func (p *planner) needed(need catalog.Need) (networkpolicies.Rule, bool, error) {
	if p.Has(need.Component) {
		ports, err := p.named(need.Component, need.Ports)
		return networkpolicies.Rule{Peers: []networkpolicies.Peer{{Component: need.Component}}, Ports: ports}, true, err
	}
	if p.Catalog.Components[need.Component].External == nil {
		return networkpolicies.Rule{}, false, nil
	}
	// A host name outside is no address: any is allowed, on its port.
	to := p.Endpoint(need.Component)
	return networkpolicies.Rule{Peers: address(to.Host), Ports: to.Ports}, to.Outside, nil
}

// address is the peer that a host is, if it is one: a policy knows no names.
func address(host string) []networkpolicies.Peer {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	return []networkpolicies.Peer{{CIDR: netip.PrefixFrom(addr, addr.BitLen()).String()}}
}

func (p *planner) apiServer() networkpolicies.Rule {
	r := networkpolicies.Rule{Ports: p.APIPorts()}
	for _, cidr := range p.Env.Cluster.APIServer.CIDRs {
		r.Peers = append(r.Peers, networkpolicies.Peer{CIDR: cidr})
	}
	return r
}

// named ports of a component, as numbers.
func (p *planner) named(component string, names []string) ([]int, error) {
	var all []int
	for _, n := range names {
		port := p.Catalog.Components[component].Port(n)
		if port == 0 {
			return nil, fmt.Errorf("catalogue: component %s has no port %q", component, n)
		}
		all = append(all, port)
	}
	return all, nil
}

// within keeps the ranges that lie in cidr: a policy takes no others as
// exceptions.
func within(ranges []string, cidr string) []string {
	outer, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil
	}
	var all []string
	for _, r := range ranges {
		inner, err := netip.ParsePrefix(r)
		if err == nil && inner.Bits() > outer.Bits() && outer.Contains(inner.Addr()) {
			all = append(all, r)
		}
	}
	return all
}
