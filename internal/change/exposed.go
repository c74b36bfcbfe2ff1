package change

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// exposed says who reaches what they did not reach, and what reaches whom it did not.
func (c *comparison) exposed(p pair) {
	c.widened(p, openings(p.old), openings(p.new))
}

// opened is the same of an object that is new. A policy that is new closes what
// was open, and a namespace that is new has no pods yet: they are none.
func (c *comparison) opened(p pair) {
	if o := p.new; o.Kind != "NetworkPolicy" && o.Kind != "Namespace" && !value.RunsPods(o.Kind) {
		c.widened(p, nil, openings(o))
	}
}

// widened says each way that is new. Those that differ by what they lead to alone are
// one: a right to ten kinds is one thing to think about.
func (c *comparison) widened(p pair, old, new []opening) {
	var order []opening
	to := map[opening][]string{}
	for _, o := range new {
		way := opening{way: o.way, out: o.out}
		if slices.Contains(old, o) || slices.Contains(to[way], o.to) {
			continue
		}
		if to[way] == nil {
			order = append(order, way)
		}
		to[way] = append(to[way], o.to)
	}
	field := "spec"
	if p.new.Kind == "Namespace" {
		field = levelField
	}
	for _, o := range order {
		c.say(p, Effect{
			Class: Exposed, Field: field, Message: o.way + strings.Join(to[o], ", "), Help: "be sure that this is meant",
			Says: c.saysExposed(p.new), Harmless: o.out,
		})
	}
}

// opening is a way through an object, in words, and to what it leads if there may be
// several; out says that it leads out.
type opening struct {
	way, to string
	out     bool
}

// openings are the ways that an object opens between the installation and those outside.
func openings(o Object) []opening {
	spec := value.Map(o.Value, "spec")
	switch o.Kind {
	case "Service":
		return in(ofService(spec))
	case "Ingress":
		return in(hosts(spec))
	case "HTTPRoute":
		return in(texts("reached as ", spec["hostnames"]))
	case "NetworkPolicy":
		return append(in(ofPolicy(spec, "ingress", "from", "open to ")), out(ofPolicy(spec, "egress", "to", "may call "))...)
	case "Role", "ClusterRole":
		return ofRole(o.Value)
	case "Namespace":
		return ofLevel(o.Value)
	}
	if value.RunsPods(o.Kind) {
		return out(ofSecrets(o))
	}
	return nil
}

func in(ways []string) []opening { return leading(ways, false) }

func out(ways []string) []opening { return leading(ways, true) }

func leading(ways []string, out bool) []opening {
	all := make([]opening, len(ways))
	for i, way := range ways {
		all[i] = opening{way: way, out: out}
	}
	return all
}

func ofService(spec map[string]any) []string {
	kind, _ := spec["type"].(string)
	all := texts("reached at ", spec["externalIPs"])
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
			all = append(all, "port "+show(value.Map(port)["port"])+" is open to "+who+" as a "+kind)
		}
	}
	return all
}

func hosts(spec map[string]any) []string {
	var all []string
	rules, _ := spec["rules"].([]any)
	for _, rule := range rules {
		host, _ := value.Map(rule)["host"].(string)
		if host == "" {
			host = "any host"
		}
		all = append(all, "reached as "+host)
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

// ofPolicy are the peers of a policy's rules that are no named pods: everyone, addresses, whole namespaces.
func ofPolicy(spec map[string]any, direction, peers, word string) []string {
	var all []string
	rules, _ := spec[direction].([]any)
	for _, rule := range rules {
		r := value.Map(rule)
		ports := " at any port"
		if list, _ := r["ports"].([]any); len(list) > 0 {
			ports = " at port " + strings.Join(portsOf(list), ", ")
		}
		list, _ := r[peers].([]any)
		if len(list) == 0 {
			all = append(all, word+"everyone"+ports)
		}
		for _, peer := range list {
			if m := value.Map(peer); m["ipBlock"] != nil || len(value.Map(m, "podSelector")) == 0 && m["namespaceSelector"] != nil {
				all = append(all, word+flow(peer)+ports)
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

func ofRole(o map[string]any) []opening {
	var all []opening
	rules, _ := o["rules"].([]any)
	for _, rule := range rules {
		r := value.Map(rule)
		for _, verb := range texts("", r["verbs"]) {
			for _, resource := range texts("", r["resources"]) {
				all = append(all, opening{way: "has the right to " + verb + " ", to: resource})
			}
		}
	}
	return all
}

// levelLabel has the Pod Security level of a namespace; see
// https://kubernetes.io/docs/concepts/security/pod-security-admission/.
const (
	levelLabel = "pod-security.kubernetes.io/enforce"
	levelField = `metadata.labels["` + levelLabel + `"]`
)

// ofLevel are the levels beyond restricted, whose pods a namespace takes. One without a
// level takes all.
func ofLevel(o map[string]any) []opening {
	all := []opening{{way: "takes pods of the Pod Security level ", to: "baseline"}, {way: "takes pods of the Pod Security level ", to: "privileged"}}
	switch value.Map(o, "metadata", "labels")[levelLabel] {
	case "restricted":
		return nil
	case "baseline":
		return all[:1]
	}
	return all
}

// ofSecrets are the Secrets that pods read.
func ofSecrets(o Object) []string {
	var all []string
	for _, r := range value.References(o.Value) {
		if r.Kind == "Secret" {
			all = append(all, "its pods read Secret "+r.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// contains tells whether a path has one of the words.
func contains(path string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(path, word) })
}
