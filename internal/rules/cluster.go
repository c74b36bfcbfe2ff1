package rules

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/internal/delivery"
)

// inCluster is the address at which an Argo CD finds the cluster that it runs on:
// the only one that is the same for two clusters.
const inCluster = "https://kubernetes.default.svc"

// cluster is one that several environments are on.
type cluster struct {
	// first is the name that its first environment gives it.
	first string
	all   []*checker
	// taken has who has a place on it, by the place.
	taken map[string]claim
	// said is what the first environment said of it that said anything, by the
	// field and the nodes that it is about.
	said map[string]statement
}

// clusters are those of more than one environment, in the order of their first
// ones. Two environments are on one cluster if they say so by its name, or if one
// Argo CD brings both to one address.
func clusters(all []*checker) []*cluster {
	// above leads from an environment to an earlier one on its cluster.
	above := make([]int, len(all))
	top := func(i int) int {
		for above[i] != i {
			above[i] = above[above[i]]
			i = above[i]
		}
		return i
	}
	met := map[string]int{}
	for i, c := range all {
		above[i] = i
		for _, mark := range c.marks() {
			before, ok := met[mark]
			if !ok {
				met[mark] = i
				continue
			}
			a, b := top(before), top(i)
			above[max(a, b)] = min(a, b)
		}
	}
	groups := make([]*cluster, len(all))
	for i, c := range all {
		at := top(i)
		if groups[at] == nil {
			groups[at] = &cluster{first: c.Cluster, taken: map[string]claim{}, said: map[string]statement{}}
		}
		groups[at].all = append(groups[at].all, c)
	}
	return slices.DeleteFunc(groups, func(g *cluster) bool { return g == nil || len(g.all) < 2 })
}

// marks of the cluster that an environment is on: who has one of them is on it too.
func (c *checker) marks() []string {
	all := []string{"name " + c.Cluster}
	a := c.Env.GitOps.ArgoCD
	switch {
	case a == nil:
	case a.Server != inCluster:
		all = append(all, "server "+a.Server)
	case a.ApplicationSet != "":
		all = append(all, fmt.Sprintf("set %s %s", a.Namespace, a.ApplicationSet))
	}
	return all
}

// judge compares what the environments have on the cluster. Each is reported with
// the first that it collides with.
func (g *cluster) judge() {
	for i, c := range g.all {
		g.described(c)
		g.namespaces(i, c)
		g.hosts(i, c)
		g.nodePort(i, c)
		g.kustomizations(i, c)
		c.sharedVolumes(i, g.taken, stored.local)
	}
	g.pools()
}

// take notes who has a place. It returns an earlier environment that has it, if
// there is one.
func (g *cluster) take(order int, c *checker, place, field string) (claim, bool) {
	other, ok := g.taken[place]
	if !ok {
		g.taken[place] = claim{order, c.Env.Name, field}
	}
	return other, ok && other.order != order
}

// both says that two environments are on one cluster.
func (g *cluster) both(other string, c *checker) string {
	return fmt.Sprintf("%q and %q are on one cluster (%s)", other, c.Env.Name, g.first)
}

// apart is how two environments come to be on two clusters.
func (c *checker) apart() string {
	if a := c.Env.GitOps.ArgoCD; a != nil && len(c.marks()) > 1 {
		return "write gitops: argocd: server: with the address of another cluster"
	}
	return "write another cluster: name: if it is another cluster"
}

// whereabouts are the fields that bring an environment to its cluster.
func (c *checker) whereabouts(fields ...string) string {
	return c.written(append(fields, "cluster.name", "gitops.argocd.applicationSet", "gitops.argocd.server")...)
}

// namespaces are those of the installations and of their actions. What is in them
// has the same names in each environment.
func (g *cluster) namespaces(order int, c *checker) {
	const own, actions = "namespace", "actions.namespace"
	for _, n := range []struct{ name, field string }{{c.Env.Namespace, own}, {c.ActionNamespace, actions}} {
		other, ok := g.take(order, c, "namespace "+n.name, n.field)
		if !ok {
			continue
		}
		var what string
		switch {
		case other.field == own && n.field == own:
			what = fmt.Sprintf("have the namespace %q: each takes the objects of the other", n.name)
		case other.field == actions && n.field == actions:
			what = fmt.Sprintf("run actions in %q: the one that is applied last takes the rights of the other's invokers away", n.name)
		default:
			what = fmt.Sprintf("have the namespace %q, one for its actions: they need looser security than the other installation, and its policies cut them off", n.name)
		}
		c.fail("WO508", c.whereabouts(n.field, own),
			g.both(other.name, c)+", and both "+what, "write another "+n.field+", or "+c.apart())
		return
	}
}

// hosts are what users call. An Ingress controller or a Gateway serves a host once.
func (g *cluster) hosts(order int, c *checker) {
	e := c.Env.Edge
	fronts := map[string]string{}
	if e.Ingress != nil {
		fronts["edge.ingress"] = "Ingress of class " + e.Ingress.Class
	}
	if e.Gateway != nil {
		namespace := e.Gateway.Namespace
		if namespace == "" {
			namespace = c.Env.Namespace
		}
		fronts["edge.gateway"] = fmt.Sprintf("Gateway %s/%s", namespace, e.Gateway.Name)
	}
	found := false
	for _, field := range []string{"edge.ingress", "edge.gateway"} {
		front, ok := fronts[field]
		if !ok {
			continue
		}
		other, ok := g.take(order, c, front+" "+e.Host, field)
		if ok && !found {
			found = true
			c.fail("WO510", c.whereabouts("edge.host", field),
				fmt.Sprintf("%s, and both want the host %q of one %s: calls of one are answered by the other", g.both(other.name, c), e.Host, front),
				"write another edge.host, or "+c.apart())
		}
	}
	other, ok := g.take(order, c, fmt.Sprintf("host %s:%d", e.Host, e.Port), "edge.host")
	if ok && !found {
		c.warn("WO510", c.whereabouts("edge.host"),
			fmt.Sprintf("%s, and both say that users call %s: a name leads to one of them", g.both(other.name, c), c.PublicURL),
			"write another edge.host or edge.port, or "+c.apart())
	}
}

// nodePort is open on each node, for one Service of the cluster.
func (g *cluster) nodePort(order int, c *checker) {
	const field = "edge.service.nodePort"
	port := c.Env.Edge.Service.NodePort
	if port == 0 {
		return
	}
	if other, ok := g.take(order, c, fmt.Sprint("node port ", port), field); ok {
		c.fail("WO511", c.whereabouts(field),
			fmt.Sprintf("%s, and both have the node port %d: the API server refuses the second Service", g.both(other.name, c), port),
			"write another edge.service.nodePort, or leave it out to be given one, or "+c.apart())
	}
}

// kustomizations of Flux are named after their environments, and some after a part
// of one: "a-test" may be the test of "a", and all of "a-test".
func (g *cluster) kustomizations(order int, c *checker) {
	f := c.Env.GitOps.Flux
	if f == nil {
		return
	}
	for _, name := range delivery.Kustomizations(c.Values) {
		if other, ok := g.take(order, c, fmt.Sprintf("kustomization %s/%s", f.Namespace, name), "gitops.flux"); ok {
			c.fail("WO512", "gitops.flux",
				fmt.Sprintf("%s, and Flux's Kustomization of both in %s is called %q: each prunes what the other brings", g.both(other.name, c), f.Namespace, name),
				"give one of the environments another name, or write another gitops.flux.namespace, or "+c.apart())
			return
		}
	}
}
