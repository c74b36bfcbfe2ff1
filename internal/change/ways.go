package change

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// way through an object, between the installation and those outside.
type way struct {
	// who, and at which port, they get through. Both are empty for a way that is
	// only there or not: a host name, a right, a Secret.
	who, port string
	// says it in words; of a way of a policy it is what stands before the port, and of
	// one that leads to several things what stands before to.
	says, to string
	// out: it leads out. Right: it is no way of a network, and whoever loses it
	// has no use for it any more.
	out, right bool
	// ported: the port is told behind what it says.
	ported bool
}

const (
	everyone = "everyone"
	anyPort  = "any port"
)

// holds tells whether who gets through another way gets through this one too.
func (w way) holds(other way) bool {
	if w.who == "" || other.who == "" {
		return w.says == other.says && w.to == other.to
	}
	return w.out == other.out && among(other.who, w.who) && (w.port == other.port || w.port == anyPort)
}

// among tells whether a peer is in another: everyone, a range of addresses, or
// the same.
func among(who, other string) bool {
	if other == everyone || other == who {
		return true
	}
	wide, err := netip.ParsePrefix(other)
	narrow, errToo := netip.ParsePrefix(who)
	return err == nil && errToo == nil && wide.Bits() <= narrow.Bits() && wide.Contains(narrow.Addr())
}

// lacking are the ways of a list that none of another holds.
func lacking(ways, in []way) []way {
	return slices.DeleteFunc(slices.Clone(ways), func(w way) bool {
		return slices.ContainsFunc(in, func(o way) bool { return o.holds(w) })
	})
}

// sentences about ways, those of one peer at several ports in one, and those that
// differ by what they lead to alone: a right to ten kinds is one thing to think about.
func sentences(ways []way) []way {
	var all []way
	for _, w := range ways {
		i := slices.IndexFunc(all, func(o way) bool {
			return w.ported && o.ported && o.who == w.who && o.out == w.out || w.to != "" && o.to != "" && strings.HasPrefix(o.says, w.says)
		})
		switch {
		case i >= 0:
			all[i].says += ", " + w.port + w.to
			continue
		case w.to != "":
			w.says += w.to
		case w.ported && w.port == anyPort:
			w.says += " at any port"
		case w.ported:
			w.says += " at port " + w.port
		}
		all = append(all, w)
	}
	return all
}

// waysOf an object.
func waysOf(o Object) []way {
	spec := value.Map(o.Value, "spec")
	switch o.Kind {
	case "Service":
		return ofService(spec)
	case "Ingress":
		return ofIngress(spec)
	case "HTTPRoute":
		return ofRoute(spec, o.Namespace)
	case "NetworkPolicy":
		return append(ofPolicy(spec, "ingress", "from", "open to ", false), ofPolicy(spec, "egress", "to", "may call ", true)...)
	case "Role", "ClusterRole":
		return ofRole(o.Value)
	case "RoleBinding", "ClusterRoleBinding":
		return ofBinding(o.Value)
	case "Namespace":
		return ofLevel(o.Value)
	}
	if value.RunsPods(o.Kind) {
		return ofSecrets(o)
	}
	return nil
}

func ofService(spec map[string]any) []way {
	kind, _ := spec["type"].(string)
	var all []way
	for _, address := range texts(spec["externalIPs"]) {
		all = append(all, way{says: "reached at " + address})
	}
	if kind != "LoadBalancer" && kind != "NodePort" {
		return all
	}
	from := []string{everyone}
	if ranges := texts(spec["loadBalancerSourceRanges"]); len(ranges) > 0 && kind == "LoadBalancer" {
		from = ranges
	}
	as := " as a " + kind
	ports, _ := spec["ports"].([]any)
	for _, p := range ports {
		port := show(value.Map(p)["port"])
		at := as
		if n := show(value.Map(p)["nodePort"]); kind == "NodePort" && n != "" {
			at += " at port " + n + " of each node"
		}
		for _, who := range from {
			all = append(all, way{who: who, port: port + at, says: "port " + port + " is open to " + who + at})
		}
	}
	return all
}

// ofIngress are its hosts, each by the class of who serves it: another one has
// another address.
func ofIngress(spec map[string]any) []way {
	through := ""
	if class, _ := spec["ingressClassName"].(string); class != "" {
		through = " through IngressClass " + class
	}
	var all []way
	rules, _ := spec["rules"].([]any)
	for _, rule := range rules {
		host, _ := value.Map(rule)["host"].(string)
		if host == "" {
			host = "any host"
		}
		all = append(all, way{says: "reached as " + host + through})
	}
	return all
}

// ofRoute are its hosts, each by the Gateway that it is attached to.
func ofRoute(spec map[string]any, namespace string) []way {
	var all []way
	parents, _ := spec["parentRefs"].([]any)
	for _, host := range texts(spec["hostnames"]) {
		for _, parent := range parents {
			p := value.Map(parent)
			in, _ := p["namespace"].(string)
			if in == "" {
				in = namespace
			}
			all = append(all, way{says: "reached as " + host + " through Gateway " + in + "/" + show(p["name"])})
		}
	}
	return all
}

func texts(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, e := range list {
		all = append(all, show(e))
	}
	return all
}

// ofPolicy are the peers of a policy's rules that are no named pods: everyone, addresses, whole
// namespaces, port by port.
func ofPolicy(spec map[string]any, direction, peers, word string, out bool) []way {
	var all []way
	rules, _ := spec[direction].([]any)
	for _, rule := range rules {
		r := value.Map(rule)
		for _, who := range wide(r[peers]) {
			for _, port := range portsOf(r["ports"]) {
				all = append(all, way{who: who, port: port, says: word + who, out: out, ported: true})
			}
		}
	}
	return all
}

// wide peers of a rule; one without peers is for everyone.
func wide(peers any) []string {
	list, _ := peers.([]any)
	if len(list) == 0 {
		return []string{everyone}
	}
	var all []string
	for _, peer := range list {
		m := value.Map(peer)
		block := value.Map(m, "ipBlock")
		switch cidr, _ := block["cidr"].(string); {
		case cidr != "" && block["except"] == nil:
			all = append(all, cidr)
		case m["ipBlock"] != nil, len(value.Map(m, "podSelector")) == 0 && m["namespaceSelector"] != nil:
			all = append(all, flow(peer))
		}
	}
	return all
}

func portsOf(ports any) []string {
	list, _ := ports.([]any)
	if len(list) == 0 {
		return []string{anyPort}
	}
	var all []string
	for _, p := range list {
		port := show(value.Map(p)["port"])
		if last := show(value.Map(p)["endPort"]); last != "" {
			port += " to " + last
		}
		if protocol, _ := value.Map(p)["protocol"].(string); protocol != "" && protocol != "TCP" {
			port = strings.TrimSpace(port + " " + protocol)
		}
		if port == "" {
			return []string{anyPort}
		}
		all = append(all, port)
	}
	return all
}

func ofRole(o map[string]any) []way {
	var all []way
	rules, _ := o["rules"].([]any)
	for _, rule := range rules {
		r := value.Map(rule)
		for _, verb := range texts(r["verbs"]) {
			for _, resource := range texts(r["resources"]) {
				all = append(all, way{says: "has the right to " + verb + " ", to: resource, right: true})
			}
		}
	}
	return all
}

// ofBinding are those who get a ClusterRole. A Role has its rights itself.
func ofBinding(o map[string]any) []way {
	role := value.Map(o, "roleRef")
	if role["kind"] != "ClusterRole" {
		return nil
	}
	var all []way
	subjects, _ := o["subjects"].([]any)
	for _, s := range subjects {
		who := value.Map(s)
		name := show(who["name"])
		if in := show(who["namespace"]); in != "" {
			name = in + "/" + name
		}
		all = append(all, way{says: "gives ClusterRole " + show(role["name"]) + " to " + show(who["kind"]) + " " + name, right: true})
	}
	return all
}

// ofSecrets are the Secrets that pods read.
func ofSecrets(o Object) []way {
	var names []string
	for _, r := range value.References(o.Value) {
		if r.Kind == "Secret" {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	var all []way
	for _, name := range slices.Compact(names) {
		all = append(all, way{says: "its pods read Secret " + name, out: true, right: true})
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
func ofLevel(o map[string]any) []way {
	const takes = "takes pods of the Pod Security level "
	all := []way{{says: takes, to: "baseline", right: true}, {says: takes, to: "privileged", right: true}}
	switch value.Map(o, "metadata", "labels")[levelLabel] {
	case "restricted":
		return nil
	case "baseline":
		return all[:1]
	}
	return all
}
