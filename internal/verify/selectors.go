package verify

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// selectors holds the selectors of Services, PodDisruptionBudgets, NetworkPolicies
// and monitors of pods against the pods of the set.
func (j *judge) selectors() {
	for _, o := range j.Objects {
		spec := value.Map(o.Value, "spec")
		switch o.Kind {
		case "Service":
			if s := selectorOf(spec["selector"]); !s.empty() && spec["type"] != "ExternalName" {
				j.selects(o, []string{"spec", "selector"}, s, "no request to it reaches anything")
				j.targets(o, s)
			}
		case "PodDisruptionBudget":
			j.selects(o, []string{"spec", "selector"}, selectorOf(spec["selector"]), "it holds no drain of a node back")
		case "NetworkPolicy":
			j.policy(o, spec)
		case "PodMonitor", "PodMonitoring":
			j.monitor(o, spec)
		case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
			j.own(o, spec)
		}
	}
}

// selects holds one selector against the pods of its object's namespace.
func (j *judge) selects(o kustomize.Object, path []string, s selector, so string) {
	if s.empty() || j.selectsAny(o.Namespace, s) {
		return
	}
	j.fail(fault{
		code: codeSelector, of: o, path: path, word: j.strange(o.Namespace, s), also: s.values(), warning: !generated(o),
		message: fmt.Sprintf("%s selects no pod of namespace %s: %s; %s", path[len(path)-1], o.Namespace, s, so),
		help:    j.helpSelect(o.Namespace, s),
	})
}

// strange is the label of a selector that no pod of a namespace has.
func (j *judge) strange(namespace string, s selector) string {
	for _, k := range value.Keys(s.labels) {
		if !j.selectsAny(namespace, selector{labels: map[string]any{k: s.labels[k]}}) {
			return k
		}
	}
	return ""
}

func (j *judge) helpSelect(namespace string, s selector) string {
	k := j.strange(namespace, s)
	if k == "" {
		return "write labels that one pod has together"
	}
	var values []string
	for _, p := range j.pods {
		if v, ok := p.labels[k].(string); ok && p.of.Namespace == namespace {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	if values = slices.Compact(values); len(values) > 0 {
		return fmt.Sprintf("%s is %s there", k, names(values))
	}
	return fmt.Sprintf("no pod there has the label %s: leave it out of the selector (labels: with includeSelectors: true writes it into every one)", k)
}

// targets are the named ports that a Service sends to.
func (j *judge) targets(o kustomize.Object, s selector) {
	pods := j.selected(o.Namespace, s)
	if len(pods) == 0 {
		return
	}
	there := portNames(pods)
	for i, port := range list(value.Map(o.Value, "spec")["ports"]) {
		if name, ok := port["targetPort"].(string); ok && !slices.Contains(there, name) {
			j.fail(fault{
				code: codeHost, of: o, path: []string{"spec", "ports", strconv.Itoa(i), "targetPort"}, word: name,
				message: fmt.Sprintf("targetPort is %q, and no container of the pods that it selects has a port of that name", name),
				help:    "name the port in the container's ports, or write its number",
			})
		}
	}
}

// portNames are those of the containers of pods.
func portNames(pods []*pod) []string {
	var there []string
	for _, p := range pods {
		for _, c := range p.containers {
			for _, port := range list(c.is["ports"]) {
				there = append(there, text(port["name"]))
			}
		}
	}
	return there
}

// monitor holds the pods and ports that somebody reads metrics of against those that
// there are. One that looks into other namespaces is not judged.
func (j *judge) monitor(o kustomize.Object, spec map[string]any) {
	s := selectorOf(spec["selector"])
	if spec["namespaceSelector"] != nil || s.empty() {
		return
	}
	j.selects(o, []string{"spec", "selector"}, s, "nothing of it is measured")
	pods := j.selected(o.Namespace, s)
	for _, field := range []string{"podMetricsEndpoints", "endpoints"} {
		for i, endpoint := range list(spec[field]) {
			name, ok := endpoint["port"].(string)
			if !ok || len(pods) == 0 || slices.Contains(portNames(pods), name) {
				continue
			}
			j.fail(fault{
				code: codeHost, of: o, path: []string{"spec", field, strconv.Itoa(i), "port"}, word: name, warning: !generated(o),
				message: fmt.Sprintf("port is %q, and no container of the pods that it selects has a port of that name: nothing of it is measured", name),
				help:    "name the port in the container's ports",
			})
		}
	}
}

// own holds a workload's selector against its own pods, which an API server does.
func (j *judge) own(o kustomize.Object, spec map[string]any) {
	s := selectorOf(spec["selector"])
	p := podOf(o)
	if p == nil || s.empty() || s.selects(p.labels) {
		return
	}
	j.fail(fault{
		code: codeSelector, of: o, path: []string{"spec", "selector"},
		message: fmt.Sprintf("its selector does not select its own pods: %s; an API server refuses it", s),
		help:    "give template.metadata.labels the labels of selector.matchLabels; a selector cannot be changed later",
	})
}

// policy holds a NetworkPolicy and its peers against the pods of the set. Peers in
// namespaces that are not of the set are others'.
func (j *judge) policy(o kustomize.Object, spec map[string]any) {
	j.selects(o, []string{"spec", "podSelector"}, selectorOf(spec["podSelector"]), "it protects nothing")
	for _, way := range []struct{ rules, peers string }{{"ingress", "from"}, {"egress", "to"}} {
		for i, rule := range list(spec[way.rules]) {
			for k, peer := range list(rule[way.peers]) {
				j.peer(o, []string{"spec", way.rules, strconv.Itoa(i), way.peers, strconv.Itoa(k), "podSelector"}, peer)
			}
		}
	}
}

func (j *judge) peer(o kustomize.Object, path []string, peer map[string]any) {
	s := selectorOf(peer["podSelector"])
	if peer["podSelector"] == nil || s.empty() {
		return
	}
	among := []string{o.Namespace}
	if peer["namespaceSelector"] != nil {
		among = j.namespacesOf(selectorOf(peer["namespaceSelector"]))
	}
	if len(among) == 0 || slices.ContainsFunc(among, func(n string) bool { return j.selectsAny(n, s) }) {
		return
	}
	j.fail(fault{
		code: codeSelector, of: o, path: path, word: j.strange(among[0], s), also: s.values(), warning: !generated(o),
		message: fmt.Sprintf("a peer of %s selects no pod of namespace %s: %s; nobody may pass by it", path[1], names(among), s),
		help:    j.helpSelect(among[0], s),
	})
}

// namespacesOf a selector, of those that the set has objects in. Kubernetes gives
// each a label with its name.
func (j *judge) namespacesOf(s selector) []string {
	var all []string
	for _, n := range j.namespaces {
		labels := map[string]any{"kubernetes.io/metadata.name": n}
		for k, v := range value.Map(j.by[id{"Namespace", "", n}].Value, "metadata", "labels") {
			labels[k] = v
		}
		if s.selects(labels) {
			all = append(all, n)
		}
	}
	return all
}
