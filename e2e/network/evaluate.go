package network

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Evaluator decides by the documented meaning of NetworkPolicies: a pod that a
// policy of a direction holds may do what one of its policies says, and one
// that none holds may do all.
type Evaluator struct{ env *Environment }

// Decide answers a question.
func (e Evaluator) Decide(q Question) Verdict {
	out, isolatedOut := e.out(q)
	in, isolatedIn := e.in(q)
	return Verdict{Leaves: !isolatedOut || len(out) > 0, Enters: !isolatedIn || len(in) > 0}
}

// out are the policies that let the packet leave, and whether any holds its
// start at all.
func (e Evaluator) out(q Question) (letting []string, isolated bool) {
	return e.side(q, networkingv1.PolicyTypeEgress, q.From, q.To)
}

func (e Evaluator) in(q Question) (letting []string, isolated bool) {
	return e.side(q, networkingv1.PolicyTypeIngress, q.To, q.From)
}

func (e Evaluator) side(q Question, direction networkingv1.PolicyType, pod, other Place) (letting []string, isolated bool) {
	for _, p := range e.env.Policies {
		if !holds(p, pod) || !slices.Contains(p.Spec.PolicyTypes, direction) {
			continue
		}
		isolated = true
		if e.says(p, q, direction, other) {
			letting = append(letting, nameOf(p))
		}
	}
	return letting, isolated
}

func (e Evaluator) says(p networkingv1.NetworkPolicy, q Question, direction networkingv1.PolicyType, other Place) bool {
	if direction == networkingv1.PolicyTypeEgress {
		return slices.ContainsFunc(p.Spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
			return onPort(r.Ports, q) && e.oneOf(r.To, p.Namespace, other)
		})
	}
	return slices.ContainsFunc(p.Spec.Ingress, func(r networkingv1.NetworkPolicyIngressRule) bool {
		return onPort(r.Ports, q) && e.oneOf(r.From, p.Namespace, other)
	})
}

// holds tells whether a policy applies to a place.
func holds(p networkingv1.NetworkPolicy, at Place) bool {
	return at.inCluster() && at.Namespace == p.Namespace && selects(p.Spec.PodSelector, at.Labels)
}

// onPort: no ports are all ports. A name is that of a port of the pod where the
// packet ends, in both directions.
func onPort(ports []networkingv1.NetworkPolicyPort, q Question) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		switch {
		case p.Protocol == nil && q.Protocol != corev1.ProtocolTCP, p.Protocol != nil && *p.Protocol != q.Protocol:
			return false
		case p.Port == nil:
			return true
		case p.Port.Type == intstr.String:
			return q.portName() == p.Port.StrVal
		case p.EndPort != nil:
			return q.Port >= int(p.Port.IntVal) && q.Port <= int(*p.EndPort)
		default:
			return q.Port == int(p.Port.IntVal)
		}
	})
}

// portName is what the pod where the packet ends calls the port, or empty.
func (q Question) portName() string {
	for _, c := range q.To.Ports {
		protocol := c.Protocol
		if protocol == "" {
			protocol = corev1.ProtocolTCP
		}
		if int(c.ContainerPort) == q.Port && protocol == q.Protocol {
			return c.Name
		}
	}
	return ""
}

// oneOf: no peers are all peers.
func (e Evaluator) oneOf(peers []networkingv1.NetworkPolicyPeer, namespace string, other Place) bool {
	return len(peers) == 0 || slices.ContainsFunc(peers, func(p networkingv1.NetworkPolicyPeer) bool {
		if p.IPBlock != nil {
			return inBlock(*p.IPBlock, other.IP)
		}
		if !other.inCluster() {
			return false
		}
		if p.NamespaceSelector == nil && other.Namespace != namespace {
			return false
		}
		if p.NamespaceSelector != nil && !selects(*p.NamespaceSelector, e.env.Namespaces[other.Namespace]) {
			return false
		}
		return p.PodSelector == nil || selects(*p.PodSelector, other.Labels)
	})
}

func inBlock(block networkingv1.IPBlock, ip netip.Addr) bool {
	within := func(cidr string) bool {
		p, err := netip.ParsePrefix(cidr)
		return err == nil && p.Contains(ip)
	}
	return within(block.CIDR) && !slices.ContainsFunc(block.Except, within)
}

// selects: all requirements hold. An empty selector selects all. NotIn holds
// where the key is missing.
func selects(s metav1.LabelSelector, labels map[string]string) bool {
	for key, value := range s.MatchLabels {
		if got, ok := labels[key]; !ok || got != value {
			return false
		}
	}
	for _, r := range s.MatchExpressions {
		value, ok := labels[r.Key]
		in := ok && slices.Contains(r.Values, value)
		holds := map[metav1.LabelSelectorOperator]bool{
			metav1.LabelSelectorOpIn: in, metav1.LabelSelectorOpNotIn: !in,
			metav1.LabelSelectorOpExists: ok, metav1.LabelSelectorOpDoesNotExist: !ok,
		}
		if !holds[r.Operator] {
			return false
		}
	}
	return true
}

func nameOf(p networkingv1.NetworkPolicy) string { return p.Namespace + "/" + p.Name }

// holding says which policies hold a place.
func (e Evaluator) holding(at Place) string {
	var names []string
	for _, p := range e.env.Policies {
		if holds(p, at) {
			names = append(names, nameOf(p))
		}
	}
	if len(names) == 0 {
		return "no policy holds " + at.Name
	}
	return "policies that hold " + at.Name + ": " + strings.Join(names, ", ")
}

func (e Evaluator) lettingOut(q Question) string {
	letting, isolated := e.out(q)
	return because(q.From, letting, isolated)
}

func (e Evaluator) lettingIn(q Question) string {
	letting, isolated := e.in(q)
	return because(q.To, letting, isolated)
}

func because(at Place, letting []string, isolated bool) string {
	if !isolated {
		return "no policy of this direction holds " + at.Name
	}
	return "by policy " + strings.Join(letting, ", ")
}
