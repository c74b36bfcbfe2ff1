package render

import (
	"net/netip"
	"testing"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// policy is a NetworkPolicy.
type policy struct {
	kustomize.Object `json:"-"`

	Spec struct {
		PodSelector selector `json:"podSelector"`
		PolicyTypes []string `json:"policyTypes"`
		Ingress     []rule   `json:"ingress"`
		Egress      []rule   `json:"egress"`
	} `json:"spec"`
}

type rule struct {
	From  []peer `json:"from"`
	To    []peer `json:"to"`
	Ports []struct {
		Protocol string `json:"protocol"`
		Port     any    `json:"port"`
		EndPort  int    `json:"endPort"`
	} `json:"ports"`
}

type peer struct {
	PodSelector       *selector `json:"podSelector"`
	NamespaceSelector *selector `json:"namespaceSelector"`
	IPBlock           *struct {
		CIDR   string   `json:"cidr"`
		Except []string `json:"except"`
	} `json:"ipBlock"`
}

// place is where a connection starts or ends: a pod, or an address outside.
type place struct {
	name      string
	namespace string // empty outside the cluster
	labels    map[string]string
	ip        netip.Addr
}

// network decides as a plugin does that keeps to NetworkPolicies.
type network struct {
	t        testing.TB
	policies []policy
}

func (s *sample) network(t testing.TB) network {
	n := network{t: t}
	for _, o := range s.of("NetworkPolicy") {
		p := read[policy](t, o.Value)
		p.Object = o
		n.policies = append(n.policies, p)
	}
	return n
}

// leaves tells whether the policies at the start let the connection out, and
// enters whether those at the end let it in.
func (n network) leaves(from, to place, port int, protocol string) bool {
	return n.allowed("Egress", from, to, port, protocol)
}

func (n network) enters(from, to place, port int, protocol string) bool {
	return n.allowed("Ingress", to, from, port, protocol)
}

// allowed: a pod that a policy of the direction selects may do what one of
// them says; one that none selects may do all.
func (n network) allowed(direction string, pod, other place, port int, protocol string) bool {
	isolated := false
	for _, p := range n.policies {
		if pod.namespace != p.Namespace || !p.Spec.PodSelector.matches(n.t, pod.labels) {
			continue
		}
		for _, typ := range p.Spec.PolicyTypes {
			isolated = isolated || typ == direction
		}
		rules, peers := p.Spec.Ingress, func(r rule) []peer { return r.From }
		if direction == "Egress" {
			rules, peers = p.Spec.Egress, func(r rule) []peer { return r.To }
		}
		for _, r := range rules {
			if onPort(r, port, protocol) && n.oneOf(peers(r), p.Namespace, other) {
				return true
			}
		}
	}
	return !isolated
}

func onPort(r rule, port int, protocol string) bool {
	for _, p := range r.Ports {
		// JSON's numbers; named ports are not used.
		first, numbered := p.Port.(float64)
		if (p.Protocol == protocol || p.Protocol == "" && protocol == "TCP") && numbered && port >= int(first) && port <= max(int(first), p.EndPort) {
			return true
		}
	}
	return len(r.Ports) == 0
}

func (n network) oneOf(peers []peer, namespace string, other place) bool {
	for _, p := range peers {
		switch {
		case p.IPBlock != nil:
			if inBlock(n.t, p.IPBlock.CIDR, p.IPBlock.Except, other.ip) {
				return true
			}
		case other.namespace == "":
		case p.NamespaceSelector == nil && other.namespace != namespace:
		case p.NamespaceSelector != nil && !p.NamespaceSelector.matches(n.t, map[string]string{"kubernetes.io/metadata.name": other.namespace}):
		case p.PodSelector != nil && !p.PodSelector.matches(n.t, other.labels):
		default:
			return true
		}
	}
	return len(peers) == 0
}

func inBlock(t testing.TB, cidr string, except []string, ip netip.Addr) bool {
	block := prefix(t, cidr)
	in := block.Contains(ip)
	for _, e := range except {
		out := prefix(t, e)
		// The API server refuses an exception that is not inside.
		if !block.Contains(out.Addr()) || out.Bits() <= block.Bits() {
			t.Errorf("%s is no part of %s", e, cidr)
		}
		in = in && !out.Contains(ip)
	}
	return in
}

func prefix(t testing.TB, text string) netip.Prefix {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		t.Error(err)
	}
	return p
}
