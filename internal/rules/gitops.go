package rules

import (
	"fmt"
	"slices"

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
