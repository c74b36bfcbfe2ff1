package plan

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/krm"
)

// dnsPorts of the cluster's DNS, as its pods may listen on them: OpenShift's
// listen on 5353.
var dnsPorts = []int{53, 5353}

// dns allows what resolves names: the pods of the cluster's DNS, which are known
// by their namespace, and the caches that some platforms have on each node,
// which answer at link-local addresses.
func (p *planner) dns() networkpolicies.Rule {
	r := networkpolicies.Rule{Ports: dnsPorts, UDP: true, Peers: []networkpolicies.Peer{{CIDR: "169.254.0.0/16"}}}
	if peers := address(p.DNS); peers != nil {
		r.Peers = append(r.Peers, peers...)
	} else if labels := strings.Split(p.DNS, "."); len(labels) > 1 {
		r.Peers = append(r.Peers, networkpolicies.Peer{Namespace: labels[1]})
	}
	return r
}

// policy of a component follows from the graph's edges that start or end at it.
func (p *planner) policy(name string, own krm.Owner) (networkpolicies.Spec, error) {
	s := networkpolicies.Spec{Owner: own, Name: name, Egress: []networkpolicies.Rule{p.dns()}}
	c := p.Catalog.Components[name]
	for _, need := range c.Needs {
		rule, ok, err := p.egress(need)
		if err != nil {
			return s, err
		}
		if ok {
			s.Egress = append(s.Egress, rule)
		}
	}
	if c.APIServer && p.callsAPIServer(name) {
		s.Egress = append(s.Egress, p.apiServer())
	}
	if name == "invoker" {
		s.Egress = append(s.Egress, p.invokerEgress()...)
	}
	for _, other := range p.Components() {
		for _, need := range p.Catalog.Components[other].Needs {
			if need.Component != name {
				continue
			}
			ports, err := p.named(name, need.Ports)
			if err != nil {
				return s, err
			}
			s.Ingress = append(s.Ingress, networkpolicies.Rule{Peers: []networkpolicies.Peer{{Component: other}}, Ports: ports})
		}
	}
	for _, need := range p.Catalog.Actions.Needs {
		if need.Component != name {
			continue
		}
		ports, err := p.named(name, need.Ports)
		if err != nil {
			return s, err
		}
		s.Ingress = append(s.Ingress, networkpolicies.Rule{
			Peers: []networkpolicies.Peer{{Pods: p.Catalog.Actions.Labels, Namespace: p.ActionNamespace}}, Ports: ports,
		})
	}
	public := c.Public
	if name == "nginx" && (p.Env.Edge.Ingress != nil || p.Env.Edge.Gateway != nil) {
		// Whoever ends TLS in front of nginx runs in a namespace of its own.
		public = append(slices.Clone(public), "internal")
	}
	if len(public) > 0 {
		ports, err := p.named(name, public)
		if err != nil {
			return s, err
		}
		s.Ingress = append(s.Ingress, networkpolicies.Rule{Ports: ports})
	}
	return s, nil
}

// egress to what a component needs, in the cluster or outside. It is not
// there when nothing of the kind exists.
func (p *planner) egress(need catalog.Need) (networkpolicies.Rule, bool, error) {
	if p.Has(need.Component) {
		ports, err := p.named(need.Component, need.Ports)
		return networkpolicies.Rule{Peers: []networkpolicies.Peer{{Component: need.Component}}, Ports: ports}, true, err
	}
	// A host name outside is no address: any is allowed, on its port.
	switch {
	case need.Component == "kafka":
		return networkpolicies.Rule{Ports: p.Kafka.Ports}, true, nil
	case need.Component == "couchdb":
		return networkpolicies.Rule{Peers: address(p.CouchDB.Host), Ports: []int{p.CouchDB.Port}}, true, nil
	case need.Component == "redis" && p.Env.Redis.External != nil:
		return networkpolicies.Rule{Peers: address(p.Redis.Host), Ports: []int{p.Redis.Port}}, true, nil
	}
	return networkpolicies.Rule{}, false, nil
}

// address is the peer that a host is, if it is one: a policy knows no names.
func address(host string) []networkpolicies.Peer {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	return []networkpolicies.Peer{{CIDR: netip.PrefixFrom(addr, addr.BitLen()).String()}}
}

// callsAPIServer tells whether a component that can ask the Kubernetes API
// does so here.
func (p *planner) callsAPIServer(name string) bool {
	return name != "controller" || p.Env.Controller.Clustering == "kubernetes"
}

func (p *planner) apiServer() networkpolicies.Rule {
	r := networkpolicies.Rule{Ports: p.Env.Cluster.APIServer.Ports}
	for _, cidr := range p.Env.Cluster.APIServer.CIDRs {
		r.Peers = append(r.Peers, networkpolicies.Peer{CIDR: cidr})
	}
	return r
}

// invokerEgress is to action pods, and to the ZooKeeper that numbers invokers.
func (p *planner) invokerEgress() []networkpolicies.Rule {
	rules := []networkpolicies.Rule{{
		Peers: []networkpolicies.Peer{{Pods: p.Catalog.Actions.Labels, Namespace: p.ActionNamespace}},
		Ports: []int{p.Catalog.Actions.Port},
	}}
	if p.ZooKeeper == "" {
		return rules
	}
	var ports []int
	for _, hostPort := range p.Env.Invoker.ZooKeeper {
		if _, port, err := net.SplitHostPort(hostPort); err == nil {
			n, _ := strconv.Atoi(port)
			ports = append(ports, n)
		}
	}
	slices.Sort(ports)
	return append(rules, networkpolicies.Rule{Ports: slices.Compact(ports)})
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
