package controllers

import (
	"context"
	"fmt"
	"time"

	"github.com/whiskops/whiskops/e2e/controlplane"
	"github.com/whiskops/whiskops/e2e/wire"
)

// FluxNamespace is where Flux's controllers believe to be, and their objects are.
const FluxNamespace = "flux-system"

// FluxOptions are choices of whoever runs the controllers.
type FluxOptions struct {
	// Requeue is the time after which one that waits for another looks again;
	// the default of the controllers is 30 s.
	Requeue time.Duration
	// Cancel opens the gate CancelHealthCheckOnNewRevision, which is closed
	// by default.
	Cancel bool
}

// Flux starts the controllers. What kustomize-controller asks of the API server
// goes over the wire that is given back.
func Flux(ctx context.Context, b Built, p *controlplane.Plane, o FluxOptions) (*wire.Wire, error) {
	if err := prepare(ctx, b, p, "flux", FluxNamespace); err != nil {
		return nil, err
	}
	port, err := controlplane.FreePorts(3)
	if err != nil {
		return nil, err
	}
	local := func(i int) string { return "127.0.0.1:" + port[i] }
	storage, err := p.Folder("sources")
	if err != nil {
		return nil, err
	}
	temporary, err := p.Folder("temporary")
	if err != nil {
		return nil, err
	}
	counted, kubeconfig, err := way(ctx, p, "kustomize-controller")
	if err != nil {
		return nil, err
	}
	env := func(kubeconfig string) []string {
		return []string{"KUBECONFIG=" + kubeconfig, "RUNTIME_NAMESPACE=" + FluxNamespace, "TMPDIR=" + temporary}
	}
	common := func(health string) []string {
		return []string{"--metrics-addr=0", "--health-addr=" + health, "--log-level=info", "--watch-all-namespaces=true",
			"--kube-api-qps=500", "--kube-api-burst=1000"}
	}
	all := []controlplane.Server{{
		Name: "source-controller", Path: b.program("source-controller"), Env: env(p.Kubeconfig),
		Args: append(common(local(0)), "--storage-path="+storage, "--storage-addr="+local(1), "--storage-adv-addr="+local(1)),
	}, {
		Name: "kustomize-controller", Path: b.program("kustomize-controller"), Env: env(kubeconfig),
		Args: append(common(local(2)), fmt.Sprintf("--requeue-dependency=%s", o.Requeue),
			fmt.Sprintf("--feature-gates=CancelHealthCheckOnNewRevision=%t", o.Cancel)),
	}}
	for _, s := range all {
		if err := p.Run(s); err != nil {
			return nil, err
		}
	}
	return counted, nil
}
