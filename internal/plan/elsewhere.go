package plan

import (
	"net"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// elsewhere says in a component's policy which of the servers outside that it calls have
// names without a dot, by which whoever reads the objects alone would look for Services.
func (p *planner) elsewhere(name string) map[string]string {
	var servers, hosts []string
	c := p.Catalog.Components[name]
	for _, need := range c.Needs {
		if to := p.Catalog.Components[need.Component]; to.External == nil || p.Has(need.Component) || !need.When.Holds(p.Env) {
			continue
		}
		if e := p.Endpoint(need.Component); e.Outside {
			servers = append(servers, strings.Split(e.Servers, ",")...)
		}
	}
	for _, outside := range c.Outside {
		if outside.When.Holds(p.Env) {
			servers = append(servers, p.Servers(outside.Servers)...)
		}
	}
	for _, server := range servers {
		if host, _, err := net.SplitHostPort(server); err == nil && !strings.ContainsAny(host, ".:") {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return nil
	}
	slices.Sort(hosts)
	return map[string]string{krm.Elsewhere: strings.Join(slices.Compact(hosts), ",")}
}
