package networkpolicies

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

func check(c *krm.Check, s Spec) {
	var which []string
	for _, w := range []struct {
		name  string
		given bool
	}{{"selector", s.Selector != nil}, {"allPods", s.AllPods}, {"pods", len(s.Pods) > 0}} {
		if w.given {
			which = append(which, w.name)
		}
	}
	if len(which) != 1 {
		c.Fail("spec has %s, wanted one of selector, pods and allPods", cmp.Or(strings.Join(which, " and "), "nothing that says which pods are meant"))
	}
	switch {
	case s.Selector == nil:
		c.Name("spec.name", s.Name)
	case s.Name != "":
		c.Fail("spec.name is %q, but the policies of selected objects are named after them", s.Name)
	}
	if s.Namespace != "" {
		c.Label("spec.namespace", s.Namespace)
	}
	for _, d := range []struct {
		name  string
		rules []Rule
	}{{"ingress", s.Ingress}, {"egress", s.Egress}} {
		for i, r := range d.rules {
			checkRule(c, fmt.Sprintf("spec.%s[%d]", d.name, i), r)
		}
	}
}

func checkRule(c *krm.Check, field string, r Rule) {
	if r.UDP && len(r.Ports) == 0 {
		c.Fail("%s.udp has no ports: a rule without ports allows every protocol already", field)
	}
	for i, p := range r.Peers {
		checkPeer(c, fmt.Sprintf("%s.peers[%d]", field, i), p)
	}
}

// checkPeer refuses a peer that says nothing: it would be a rule for every
// pod of the namespace, which nobody meant.
func checkPeer(c *krm.Check, field string, p Peer) {
	pods := p.Component != "" || len(p.Pods) > 0 || p.Namespace != ""
	if pods == (p.CIDR != "") {
		c.Fail("%s wants either pods (component, pods, namespace) or a cidr", field)
	}
	if p.Component != "" && len(p.Pods) > 0 {
		c.Fail("%s has component and pods, wanted one of them", field)
	}
	if p.CIDR == "" {
		if len(p.Except) > 0 {
			c.Fail("%s.except has no cidr to be an exception of", field)
		}
		return
	}
	block, ok := prefix(c, field+".cidr", p.CIDR)
	for i, e := range p.Except {
		at := fmt.Sprintf("%s.except[%d]", field, i)
		inner, fine := prefix(c, at, e)
		if ok && fine && !(block.Bits() < inner.Bits() && block.Contains(inner.Addr())) {
			c.Fail("%s %q is not within %q", at, e, p.CIDR)
		}
	}
}

// prefix wants the form that Kubernetes keeps: no bits set after the mask.
func prefix(c *krm.Check, field, value string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(value)
	if err != nil || p != p.Masked() {
		c.Fail("%s %q is no address range such as 10.0.0.0/8", field, value)
		return p, false
	}
	return p, true
}
