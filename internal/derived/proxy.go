package derived

import (
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/generators/networkpolicies"
)

// local is what no proxy is for wherever a program runs: the pod itself, and the
// clouds' metadata, from which a pod has its node's or its own rights.
var local = []string{"localhost", "127.0.0.1", "::1", "169.254.169.254"}

// ProxyVariables are those of what calls servers outside, by name, in capitals and
// in small letters: programs differ in which they read. Without a proxy there are
// none.
func (v *Values) ProxyVariables() map[string]string {
	p := v.Env.Proxy
	if p.HTTP == "" && p.HTTPS == "" {
		return nil
	}
	all := map[string]string{}
	for name, value := range map[string]string{"HTTP_PROXY": p.HTTP, "HTTPS_PROXY": p.HTTPS, "NO_PROXY": strings.Join(v.NoProxy(), ",")} {
		if value != "" {
			all[name], all[strings.ToLower(name)] = value, value
		}
	}
	return all
}

// NoProxy is what is reached directly: the pod, all names of the cluster, the API's
// addresses, the servers outside that the installation was given, and what the
// environment says.
func (v *Values) NoProxy() []string {
	all := append(slices.Clone(local), ".svc", "."+v.Env.Cluster.Domain)
	all = append(all, v.Env.Cluster.APIServer.CIDRs...)
	for _, component := range slices.Sorted(maps.Keys(v.Catalog.Components)) {
		if v.Catalog.Components[component].External == nil {
			continue
		}
		if to := v.Endpoint(component); to.Outside {
			all = append(all, hosts(to)...)
		}
	}
	var unique []string
	for _, s := range append(all, v.Env.Proxy.NoProxy...) {
		if !slices.Contains(unique, s) {
			unique = append(unique, s)
		}
	}
	return unique
}

// hosts of the servers of an endpoint.
func hosts(e Endpoint) []string {
	if e.Host != "" {
		return []string{e.Host}
	}
	var all []string
	for _, server := range strings.Split(e.Servers, ",") {
		host, _, _ := strings.Cut(server, ":")
		all = append(all, host)
	}
	return all
}

// ProxyRules let pods through to the proxies: to the ranges that are written, or to
// a proxy that is an address. A policy knows no names.
func (v *Values) ProxyRules() []networkpolicies.Rule {
	p := v.Env.Proxy
	var rules []networkpolicies.Rule
	for _, proxy := range []string{p.HTTP, p.HTTPS} {
		u, err := url.Parse(proxy)
		if proxy == "" || err != nil {
			continue
		}
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			continue
		}
		r := networkpolicies.Rule{Ports: []int{port}}
		for _, cidr := range v.ProxyRanges(u.Hostname()) {
			r.Peers = append(r.Peers, networkpolicies.Peer{CIDR: cidr})
		}
		same := func(o networkpolicies.Rule) bool {
			return slices.Equal(o.Ports, r.Ports) && slices.EqualFunc(o.Peers, r.Peers, func(a, b networkpolicies.Peer) bool { return a.CIDR == b.CIDR })
		}
		if len(r.Peers) > 0 && !slices.ContainsFunc(rules, same) {
			rules = append(rules, r)
		}
	}
	return rules
}

// ProxyRanges are the address ranges that a proxy is in; none where nothing tells.
func (v *Values) ProxyRanges(host string) []string {
	if len(v.Env.Proxy.CIDRs) > 0 {
		return v.Env.Proxy.CIDRs
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	return []string{netip.PrefixFrom(addr, addr.BitLen()).String()}
}
