package guide

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// addition is one line of the table of what the environment says beside its fields.
type addition struct {
	// To is a component, or action pods.
	To, What string
	// Names of what was added; values may be anybody's business, and stand in the
	// environment.
	Names string
}

// Added is what was added by hand, component by component.
func (v view) Added() []addition {
	var all []addition
	for _, component := range sorted(v.Env.Additions) {
		if !v.Has(component) {
			continue
		}
		add := func(what string, names ...string) { all = append(all, addition{component, what, cell(names)}) }
		addedTo(v.Env.Additions[component], add)
	}
	more := v.Env.Actions.Pod
	actions := func(what string, names ...string) {
		all = append(all, addition{"pods of actions", what, cell(names)})
	}
	actions("variables", sorted(more.Env)...)
	common(pod{more.Annotations, more.Labels, more.PriorityClassName, more.NodeSelector, more.Tolerations, more.HostAliases, more.DNSConfig}, actions)
	if more.SecurityContext != nil {
		actions("security context", "securityContext")
	}
	p := v.Env.Proxy
	var proxies []string
	for _, url := range []string{p.HTTP, p.HTTPS} {
		if url != "" && !slices.Contains(proxies, url) {
			proxies = append(proxies, url)
		}
	}
	all = append(all, addition{"pods of actions, added containers", "proxy", cell(proxies)})
	actions("ways out to the proxy", p.CIDRs...)
	return slices.DeleteFunc(all, func(a addition) bool { return a.Names == "" })
}

// cell sets names as code, in one cell.
func cell(names []string) string { return strings.Join(code(names), ", ") }

func addedTo(a environment.Additions, add func(what string, names ...string)) {
	add("configuration keys", sorted(a.Config)...)
	add("JVM options", a.JVMOptions...)
	add("variables", sorted(a.Env)...)
	if a.RuntimeClassName != "" {
		add("RuntimeClass", a.RuntimeClassName)
	}
	common(pod{a.Annotations, a.Labels, a.PriorityClassName, a.NodeSelector, a.Tolerations, a.HostAliases, a.DNSConfig}, add)
	var mounts []string
	for _, m := range a.VolumeMounts {
		mounts = append(mounts, m.Name+" at "+m.MountPath)
	}
	add("volumes", mounts...)
	add("sidecars", images(a.Sidecars)...)
	add("init containers", images(a.InitContainers)...)
	var out, in []string
	for _, r := range a.Egress {
		out = append(out, fmt.Sprintf("%s %s", r.CIDR, ports(r.Ports)))
	}
	for _, r := range a.Ingress {
		in = append(in, fmt.Sprintf("%s %s", r.Namespace, ports(r.Ports)))
	}
	add("ways out", out...)
	add("ways in", in...)
	add("annotations of the service account", sorted(a.ServiceAccount.Annotations)...)
}

// pod is what components and action pods may both have.
type pod struct {
	annotations, labels map[string]string
	class               string
	nodes               map[string]string
	tolerations         []environment.Toleration
	aliases             []environment.HostAlias
	dns                 *environment.DNSConfig
}

func common(p pod, add func(what string, names ...string)) {
	add("annotations", sorted(p.annotations)...)
	add("labels", sorted(p.labels)...)
	if p.class != "" {
		add("PriorityClass", p.class)
	}
	var selected, tolerated, names []string
	for _, key := range sorted(p.nodes) {
		selected = append(selected, key+"="+p.nodes[key])
	}
	add("labels of nodes", selected...)
	for _, t := range p.tolerations {
		taint := cmp.Or(t.Key, "any taint")
		if t.Value != "" {
			taint += "=" + t.Value
		}
		if t.Effect != "" {
			taint += ":" + t.Effect
		}
		tolerated = append(tolerated, taint)
	}
	add("tolerations", tolerated...)
	for _, a := range p.aliases {
		names = append(names, a.Hostnames...)
	}
	add("host names", names...)
	if dns := p.dns; dns != nil {
		add("DNS", slices.Concat(dns.Nameservers, dns.Searches)...)
	}
}

func images(containers map[string]environment.Sidecar) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(containers)) {
		all = append(all, name+" ("+containers[name].Image+")")
	}
	return all
}

func ports(numbers []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ","), "[]")
}
