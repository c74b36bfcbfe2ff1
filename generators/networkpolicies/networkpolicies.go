// Package networkpolicies makes the one NetworkPolicy of a set of pods from
// rules in short form. Both directions are always closed, but for what the
// rules allow.
package networkpolicies

import (
	"github.com/whiskops/whiskops/internal/krm"
)

// namespaceName is the label that Kubernetes itself puts on every namespace.
const namespaceName = "kubernetes.io/metadata.name"

// Process adds the policy to the list.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	return krm.Add(rl, policy(spec))
}

// policy leaves out a direction without rules: that denies it.
func policy(s Spec) krm.M {
	o := s.Object("networking.k8s.io/v1", "NetworkPolicy", s.Name)
	spec := krm.M{"podSelector": selected(s), "policyTypes": krm.L{"Ingress", "Egress"}}
	if len(s.Ingress) > 0 {
		spec["ingress"] = rules(s.Ingress, "from")
	}
	if len(s.Egress) > 0 {
		spec["egress"] = rules(s.Egress, "to")
	}
	o["spec"] = spec
	return krm.Annotate(o, krm.Judged(s.Judged))
}

func selected(s Spec) krm.M {
	switch {
	case s.AllPods:
		return krm.M{}
	case len(s.Pods) > 0:
		return krm.M{"matchLabels": s.Pods}
	default:
		return krm.M{"matchLabels": s.Selector()}
	}
}

// rules whose peers stand in the field that says the direction.
func rules(rs []Rule, direction string) krm.L {
	var all krm.L
	for _, r := range rs {
		rule := krm.M{}
		var peers krm.L
		for _, p := range r.Peers {
			peers = append(peers, peer(p))
		}
		if len(peers) > 0 {
			rule[direction] = peers
		}
		if ports := ports(r); len(ports) > 0 {
			rule["ports"] = ports
		}
		all = append(all, rule)
	}
	return all
}

func ports(r Rule) krm.L {
	var all krm.L
	for _, p := range r.Ports {
		if r.UDP {
			all = append(all, krm.M{"port": p, "protocol": "UDP"})
		}
		all = append(all, krm.M{"port": p, "protocol": "TCP"})
	}
	return all
}

func peer(p Peer) krm.M {
	if p.CIDR != "" {
		block := krm.M{"cidr": p.CIDR}
		if len(p.Except) > 0 {
			block["except"] = p.Except
		}
		return krm.M{"ipBlock": block}
	}
	made := krm.M{}
	if p.Component != "" {
		made["podSelector"] = krm.M{"matchLabels": krm.Owner{Component: p.Component}.Selector()}
	}
	if len(p.Pods) > 0 {
		made["podSelector"] = krm.M{"matchLabels": p.Pods}
	}
	if p.Namespace != "" {
		made["namespaceSelector"] = krm.M{"matchLabels": krm.M{namespaceName: p.Namespace}}
	}
	return made
}
