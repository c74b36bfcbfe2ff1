package change

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// exposed says who reaches what they did not reach.
func (c *comparison) exposed(p pair) {
	c.widened(p, openings(p.old), openings(p.new))
}

// opened is the same of an object that is new. A policy that is new closes what
// was open: it is none.
func (c *comparison) opened(p pair) {
	if o := p.new; o.Kind != "NetworkPolicy" && !value.RunsPods(o.Kind) {
		c.widened(p, nil, openings(o))
	}
}

func (c *comparison) widened(p pair, old, new []string) {
	for _, way := range new {
		if !slices.Contains(old, way) {
			c.say(p, Effect{
				Class: Exposed, Field: "spec", New: way, Message: "lets in whom it did not: " + way,
				Help: "be sure that this is meant", Says: []string{"edge"},
			})
		}
	}
}

// openings are the ways that an object opens to those outside the installation, in words.
func openings(o Object) []string {
	spec := value.Map(o.Value, "spec")
	switch o.Kind {
	case "Service":
		return ofService(spec)
	case "Ingress":
		return hosts(spec, "rules", "host")
	case "HTTPRoute":
		return texts("host ", spec["hostnames"])
	case "NetworkPolicy":
		return ofPolicy(spec)
	case "Role", "ClusterRole":
		return ofRole(o.Value)
	}
	if value.RunsPods(o.Kind) {
		return ofSecrets(o)
	}
	return nil
}

func ofService(spec map[string]any) []string {
	kind, _ := spec["type"].(string)
	all := texts("external address ", spec["externalIPs"])
	if kind != "LoadBalancer" && kind != "NodePort" {
		return all
	}
	from := []string{"everyone"}
	if ranges := texts("", spec["loadBalancerSourceRanges"]); len(ranges) > 0 && kind == "LoadBalancer" {
		from = ranges
	}
	ports, _ := spec["ports"].([]any)
	for _, port := range ports {
		for _, who := range from {
			all = append(all, kind+" port "+show(value.Map(port)["port"])+" from "+who)
		}
	}
	return all
}

func hosts(spec map[string]any, list, field string) []string {
	var all []string
	rules, _ := spec[list].([]any)
	for _, rule := range rules {
		host, _ := value.Map(rule)[field].(string)
		if host == "" {
			host = "any"
		}
		all = append(all, "host "+host)
	}
	return all
}

func texts(before string, v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, e := range list {
		all = append(all, before+show(e))
	}
	return all
}

// ofPolicy are the peers of a policy that are not pods of one namespace.
func ofPolicy(spec map[string]any) []string {
	var all []string
	for _, way := range []struct{ field, peers, word string }{{"ingress", "from", "from "}, {"egress", "to", "to "}} {
		rules, _ := spec[way.field].([]any)
		for _, rule := range rules {
			r := value.Map(rule)
			ports := "any port"
			if list, _ := r["ports"].([]any); len(list) > 0 {
				ports = "port " + strings.Join(portsOf(list), ", ")
			}
			peers, _ := r[way.peers].([]any)
			if len(peers) == 0 {
				all = append(all, way.word+"everyone at "+ports)
			}
			for _, peer := range peers {
				if m := value.Map(peer); m["ipBlock"] != nil || m["namespaceSelector"] != nil {
					all = append(all, way.word+flow(peer)+" at "+ports)
				}
			}
		}
	}
	return all
}

func portsOf(list []any) []string {
	var all []string
	for _, p := range list {
		all = append(all, show(value.Map(p)["port"]))
	}
	return all
}

func ofRole(o map[string]any) []string {
	var all []string
	rules, _ := o["rules"].([]any)
	for _, rule := range rules {
		r := value.Map(rule)
		for _, verb := range texts("", r["verbs"]) {
			for _, resource := range texts("", r["resources"]) {
				all = append(all, "the right to "+verb+" "+resource)
			}
		}
	}
	return all
}

// ofSecrets are the Secrets that pods read.
func ofSecrets(o Object) []string {
	var all []string
	for _, r := range value.References(o.Value) {
		if r.Kind == "Secret" {
			all = append(all, "the pods read Secret "+r.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// contains tells whether a path has one of the words.
func contains(path string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(path, word) })
}
