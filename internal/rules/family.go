package rules

import (
	"fmt"
	"net/netip"
)

// family refuses IPv6 where pods would speak it: nothing that is generated listens
// on it, and the exceptions that keep users' code in are of IPv4. Who may use a
// load balancer is another matter: it takes calls over IPv6, and passes them on as
// it likes.
func (c *checker) family() {
	for _, ranges := range []struct {
		field, because string
		cidrs          []string
	}{
		{"cluster.apiServer.cidrs", "pods reach the API server over IPv4", c.Env.Cluster.APIServer.CIDRs},
		{"actions.egress.cidrs", "nothing keeps actions from what a cluster or a cloud has at fc00::/7, fe80::/10 and fd00:ec2::254", c.Env.Actions.Egress.CIDRs},
		{"actions.egress.except", "no range of IPv6 may be in actions.egress.cidrs", c.Env.Actions.Egress.Except},
	} {
		for i, cidr := range ranges.cidrs {
			if p, err := netip.ParsePrefix(cidr); err != nil || !p.Addr().Is6() {
				continue
			}
			c.fail("WO516", fmt.Sprintf("%s[%d]", ranges.field, i),
				fmt.Sprintf("%s has %q, a range of IPv6: whiskops makes installations that speak IPv4 alone, and %s", ranges.field, cidr, ranges.because),
				"leave it out; on a cluster of both families IPv4 must be the first")
		}
	}
}
