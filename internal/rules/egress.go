package rules

import (
	"fmt"
	"net/netip"
)

// metadata is where clouds answer instances about themselves, with credentials
// for whoever asks.
var metadata = netip.AddrFrom4([4]byte{169, 254, 169, 254})

// egress looks at where users' code may connect to.
func (c *checker) egress() {
	const field = "actions.egress.except"
	e := c.Env.Actions.Egress
	reaches := false
	for _, cidr := range e.CIDRs {
		outer, err := netip.ParsePrefix(cidr)
		if err != nil || !outer.Contains(metadata) {
			continue
		}
		kept := false
		for _, except := range e.Except {
			inner, err := netip.ParsePrefix(except)
			kept = kept || err == nil && inner.Contains(metadata) && inner.Bits() > outer.Bits()
		}
		reaches = reaches || !kept
	}
	if reaches && !c.development() {
		c.warn("WO290", c.written(field, "actions.egress.cidrs"),
			fmt.Sprintf("actions may reach %s, the metadata service of clouds: users' code can take the node's credentials there", metadata),
			"write \"169.254.0.0/16\" among actions.egress.except, or leave except out")
	}
	if !c.Env.Source.Written(field) {
		return // the default is for any cidrs
	}
	for i, except := range e.Except {
		c.exception(fmt.Sprintf("%s[%d]", field, i), except, e.CIDRs)
	}
}

// exception counts for the ranges that contain it. One that is as large as a
// range, or larger, would take it away and does nothing.
func (c *checker) exception(field, except string, cidrs []string) {
	inner, err := netip.ParsePrefix(except)
	if err != nil {
		return
	}
	covered := ""
	for _, cidr := range cidrs {
		outer, err := netip.ParsePrefix(cidr)
		switch {
		case err != nil || !outer.Overlaps(inner):
		case outer.Bits() < inner.Bits():
			return
		default:
			covered = cidr
		}
	}
	if covered == "" {
		c.noEffect(field, fmt.Sprintf("%q is in none of actions.egress.cidrs", except))
		return
	}
	c.fail("WO289", field,
		fmt.Sprintf("actions.egress.except %q holds all of %q in actions.egress.cidrs: one says that actions may go there, the other that they may not, and they may", except, covered),
		fmt.Sprintf("leave %q out of cidrs, or %q out of except", covered, except))
}
