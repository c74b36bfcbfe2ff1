package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/delivery"
)

// longestLabel is the most letters of a label's value: Flux and Argo CD label
// what they apply with the name of what applies it.
const longestLabel = 63

// gitops looks at how the installation is delivered.
func (c *checker) gitops() {
	flux, argocd := c.Env.GitOps.Flux, c.Env.GitOps.ArgoCD
	if flux == nil && argocd == nil {
		return
	}
	if flux != nil && argocd != nil {
		c.fail("WO504", "gitops.argocd", "gitops.flux is written too: each of the two tools undoes what the other does",
			"leave out gitops.flux or gitops.argocd")
		return
	}
	path := "gitops.argocd"
	if flux != nil {
		path = "gitops.flux"
		switch {
		case flux.Git == nil && flux.OCI == nil:
			c.fail("WO505", path, "gitops.flux names no source: Flux has nothing to read",
				"write gitops: flux: git: url: with the repository that holds base/ and overlays/, or gitops: flux: oci: url:")
		case flux.Git != nil && flux.OCI != nil:
			c.fail("WO505", path+".oci", "gitops.flux.git is written too: one installation follows one source",
				"leave out gitops.flux.git or gitops.flux.oci")
		}
	}
	c.deliveredName(path)
	c.addressless(path)
}

// deliveredName wants the names of what applies the installation to be labels.
func (c *checker) deliveredName(path string) {
	longest := delivery.LongestName(&c.Values.Env.GitOps, c.Env.Name)
	if over := len(longest) - longestLabel; over > 0 {
		c.fail("WO507", path, fmt.Sprintf("the environment's name is too long for it: %s would have %d letters, and a label's value has at most %d", longest, len(longest), longestLabel),
			fmt.Sprintf("give the environment a name of at most %d letters", len(c.Env.Name)-over))
	}
}

// sharedCluster looks at environments that one Argo CD brings to one cluster, as
// far as that is known: by one ApplicationSet, to one server. taken has the
// namespaces of those before, and afterwards those of this one.
func (c *checker) sharedCluster(order int, taken map[string]claim) {
	a := c.Env.GitOps.ArgoCD
	if a == nil || a.ApplicationSet == "" {
		return
	}
	at := strings.Join([]string{a.Namespace, a.ApplicationSet, a.Server, ""}, " ")
	for _, namespace := range []string{c.Env.Namespace, c.Values.ActionNamespace} {
		other, ok := taken[at+namespace]
		if ok && other.order != order {
			c.fail("WO508", "gitops.argocd.applicationSet",
				fmt.Sprintf("%q and %q are both brought to %s, and have the namespace %q there: Argo CD refuses each what the other has", other.name, c.Env.Name, a.Server, namespace),
				"write gitops: argocd: server: with the address of another cluster, or another namespace")
			return
		}
		taken[at+namespace] = claim{order: order, name: c.Env.Name}
	}
}

// addressless warns of a load balancer that nobody makes: what waits for all to be
// healthy waits for ever.
func (c *checker) addressless(path string) {
	e := c.Env.Edge.Service
	if e.Type != "LoadBalancer" || !slices.Contains(c.Catalog.Delivery.Addressless, c.Env.Cluster.Platform) {
		return
	}
	c.warn("WO506", "edge.service.type",
		fmt.Sprintf("edge.service.type is %q, and platform %q gives it no address unless something is added: with %s the installation is never reported as ready", e.Type, c.Env.Cluster.Platform, path),
		`write edge: service: type: "NodePort", or run what gives addresses (cloud-provider-kind, MetalLB)`)
}
