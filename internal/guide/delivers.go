package guide

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/delivery"
)

const (
	fluxKind = "kustomizations.kustomize.toolkit.fluxcd.io"
	argoKind = "applications.argoproj.io"
)

// Delivered is the command that shows what the tool that delivers says; empty where
// a person applies.
func (v view) Delivered() string {
	switch g := v.Env.GitOps; {
	case g.Flux != nil:
		return fmt.Sprintf("kubectl -n %s get %s", g.Flux.Namespace, v.synced())
	case g.ArgoCD != nil:
		return fmt.Sprintf("kubectl -n %s get %s %s -o custom-columns='name:.metadata.name,sync:.status.sync.status,health:.status.health.status,says:.status.operationState.message'",
			g.ArgoCD.Namespace, argoKind, delivery.Name(v.Env.Name))
	}
	return ""
}

// Reads says where the tool that delivers takes the tree from.
func (v view) Reads() string {
	switch g := v.Env.GitOps; {
	case g.Flux != nil && g.Flux.Git != nil:
		return fmt.Sprintf("Flux must run on the cluster, and reads what is pushed to branch `%s` of %s.", g.Flux.Git.Branch, g.Flux.Git.URL)
	case g.Flux != nil && g.Flux.OCI != nil:
		return fmt.Sprintf("Flux must run on the cluster, and reads what `whiskops push` brings to %s.", g.Flux.OCI.URL)
	case g.ArgoCD != nil:
		return fmt.Sprintf("Argo CD must run on the cluster, and reads what is pushed to `%s` of %s.", g.ArgoCD.Git.Revision, g.ArgoCD.Git.URL)
	}
	return ""
}

// synced are the objects of Flux, as kubectl takes them.
func (v view) synced() string {
	all := fluxKind
	for _, name := range v.Kustomizations() {
		all += " " + name
	}
	return all
}

// Reapply has what was taken away made again.
func (v view) Reapply() string {
	switch g := v.Env.GitOps; {
	case g.Flux != nil:
		return fmt.Sprintf(`kubectl -n %s annotate %s reconcile.fluxcd.io/requestedAt="$(date +%%s)" --overwrite`, g.Flux.Namespace, v.synced())
	case g.ArgoCD != nil:
		return fmt.Sprintf("kubectl -n %s annotate %s %s argocd.argoproj.io/refresh=normal --overwrite", g.ArgoCD.Namespace, argoKind, delivery.Name(v.Env.Name))
	}
	return fmt.Sprintf("kustomize build overlays/%s | kubectl apply --server-side -f -", v.Env.Name)
}

// Restart has a component's pods made anew, as many at a time as in an update. Flux
// takes over what anybody changed whose name begins with "kubectl", as that of
// "rollout restart" does, and takes it back: all pods would roll a second time.
// Source: kustomize-controller v1.9.6, and matchFieldManager of fluxcd/pkg/ssa.
func (v view) Restart(component string) string {
	restart := fmt.Sprintf("kubectl -n %s rollout restart %s", v.Env.Namespace, v.Workload(component))
	if v.Env.GitOps.Flux != nil {
		restart += " --field-manager=flux-client-side-apply"
	}
	return restart
}

// pause is how a tool is kept from undoing what a person changes, and let go on.
type pause struct {
	Tool          string
	Stop, Resume  []string
	Restores, Say string
}

// Pause of what delivers; nil where nothing undoes a change.
func (v view) Pause() *pause {
	switch g := v.Env.GitOps; {
	case g.Flux != nil:
		patch := fmt.Sprintf(`kubectl -n %s patch %s --type=merge -p '{"spec":{"suspend":`, g.Flux.Namespace, v.synced())
		return &pause{
			Tool: "Flux", Restores: "within " + g.Flux.Interval, Say: "`flux suspend kustomization` and `flux resume kustomization` do the same",
			Stop: []string{patch + `true}}'`}, Resume: []string{patch + `false}}'`},
		}
	case g.ArgoCD != nil:
		application := fmt.Sprintf(`kubectl -n %s patch %s %s --type=merge -p '{"spec":{"syncPolicy":{"automated":{"enabled":`, g.ArgoCD.Namespace, argoKind, delivery.Name(v.Env.Name))
		p := &pause{Tool: "Argo CD", Restores: "at once", Stop: []string{application + `false}}}}'`}, Resume: []string{application + `true}}}}'`}}
		if set := g.ArgoCD.ApplicationSet; set != "" {
			// The set would write its Applications anew.
			of := fmt.Sprintf(`kubectl -n %s patch applicationsets.argoproj.io %s --type=merge -p '{"spec":{"syncPolicy":{"applicationsSync":"create-`, g.ArgoCD.Namespace, set)
			p.Stop, p.Resume = append([]string{of + `only"}}}'`}, p.Stop...), append(p.Resume, of+`update"}}}'`)
		}
		return p
	}
	return nil
}
