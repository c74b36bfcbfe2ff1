// Package networkpolicies makes the one NetworkPolicy of a set of pods from
// rules in short form. Both directions are always closed, but for what the
// rules allow.
package networkpolicies

import (
	"cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

// namespaceName is the label that Kubernetes itself puts on every namespace.
const namespaceName = "kubernetes.io/metadata.name"

// process makes the policies.
func process(r *krm.Run, s Spec) error {
	check(&r.Check, s)
	if s.Selector != nil {
		for _, w := range r.Workloads("spec.selector", s.Selector) {
			own := w.PodSelector()
			if own == nil {
				r.FailAt(w.Node, "spec.selector", "has neither a selector nor labels by which a policy could mean its pods")
				continue
			}
			r.Make(policy(s, w.Name, cmp.Or(s.Namespace, w.Namespace), own))
		}
		return nil
	}
	if !s.AllPods && r.Count(func(labels krm.M) bool { return has(labels, s.Pods) }) == 0 {
		r.Missing("spec.pods", s.Required, "the list has no pods with the labels of the policy %s", s.Name)
	}
	r.Make(policy(s, s.Name, s.Namespace, selected(s)))
	return nil
}

// has tells whether labels are among others.
func has(labels krm.M, wanted map[string]string) bool {
	for key, v := range wanted {
		if labels[key] != v {
			return false
		}
	}
	return true
}

// policy leaves out a direction without rules: that denies it.
func policy(s Spec, name, namespace string, pods krm.M) krm.M {
	o := krm.New("networking.k8s.io/v1", "NetworkPolicy", namespace, name, s.Labels)
	spec := krm.M{"podSelector": pods, "policyTypes": krm.L{"Ingress", "Egress"}}
	if len(s.Ingress) > 0 {
		spec["ingress"] = rules(s.Ingress, "from")
	}
	if len(s.Egress) > 0 {
		spec["egress"] = rules(s.Egress, "to")
	}
	o["spec"] = spec
	return krm.Annotate(o, s.Annotations)
}

func selected(s Spec) krm.M {
	if s.AllPods {
		return krm.M{}
	}
	return krm.M{"matchLabels": s.Pods}
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
