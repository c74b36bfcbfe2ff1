package controllers

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/whiskops/whiskops/e2e/controlplane"
	"github.com/whiskops/whiskops/e2e/wire"
)

// ArgoCDNamespace is where Argo CD believes to be, and its objects are.
const ArgoCDNamespace = "argocd"

// ArgoCDOptions are choices of whoever runs Argo CD.
type ArgoCDOptions struct {
	// Timeout ends a sync that takes longer; Argo CD's default, 0, is never.
	Timeout time.Duration
	// Sets starts the controller of ApplicationSets too.
	Sets bool
}

// ArgoCD starts the application controller and the repository server. What the
// controller asks of the API server goes over the wire that is given back.
func ArgoCD(ctx context.Context, b Built, p *controlplane.Plane, o ArgoCDOptions) (*wire.Wire, error) {
	if err := prepare(ctx, b, p, "argocd", ArgoCDNamespace); err != nil {
		return nil, err
	}
	if err := settings(ctx, p); err != nil {
		return nil, err
	}
	port, err := controlplane.FreePorts(7)
	if err != nil {
		return nil, err
	}
	redis, repositories := "127.0.0.1:"+port[0], "127.0.0.1:"+port[1]
	temporary, err := p.Folder("temporary")
	if err != nil {
		return nil, err
	}
	counted, kubeconfig, err := way(ctx, p, "argocd-application-controller")
	if err != nil {
		return nil, err
	}
	env := func(kubeconfig string) []string {
		return []string{"KUBECONFIG=" + kubeconfig, "ARGOCD_FAKE_IN_CLUSTER=true", "ARGOCD_GPG_ENABLED=false",
			"ARGOCD_TLS_DATA_PATH=" + temporary, "ARGOCD_SSH_DATA_PATH=" + temporary, "TMPDIR=" + temporary, "HOME=" + temporary,
			"ARGOCD_K8S_CLIENT_QPS=500", "PATH=" + b.program("") + string(os.PathListSeparator) + os.Getenv("PATH")}
	}
	server := func(name, kubeconfig string, args ...string) controlplane.Server {
		return controlplane.Server{Name: name, Path: b.program("gitops-all"), Args: append([]string{name}, args...), Env: env(kubeconfig)}
	}
	all := []controlplane.Server{
		server("redis", p.Kubeconfig, redis),
		server("argocd-repo-server", p.Kubeconfig,
			"--address", "127.0.0.1", "--port", port[1], "--metrics-address", "127.0.0.1", "--metrics-port", port[2],
			"--redis", redis, "--disable-tls", "--client-ca-path", "", "--loglevel", "warn"),
		server("argocd-application-controller", kubeconfig, "--kubeconfig", kubeconfig, "--namespace", ArgoCDNamespace,
			"--metrics-port", port[3], "--redis", redis, "--repo-server", repositories, "--repo-server-plaintext",
			"--sync-timeout", fmt.Sprint(int(o.Timeout.Seconds())), "--loglevel", "info"),
	}
	if o.Sets {
		local := func(i int) string { return "127.0.0.1:" + port[i] }
		all = append(all, server("argocd-applicationset-controller", p.Kubeconfig, "--namespace", ArgoCDNamespace,
			"--metrics-addr", local(4), "--probe-addr", local(5), "--webhook-addr", local(6), "--enable-leader-election=false",
			"--argocd-repo-server", repositories, "--repo-server-plaintext", "--loglevel", "info"))
	}
	for _, s := range all {
		if err := p.Run(s); err != nil {
			return nil, err
		}
	}
	return counted, nil
}

// settings are the objects that an installation of Argo CD brings along.
func settings(ctx context.Context, p *controlplane.Plane) error {
	set, err := kubernetes.NewForConfig(p.Config)
	if err != nil {
		return err
	}
	meta := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Namespace: ArgoCDNamespace, Labels: map[string]string{"app.kubernetes.io/part-of": "argocd"}}
	}
	for _, name := range []string{"argocd-cm", "argocd-rbac-cm"} {
		if _, err := set.CoreV1().ConfigMaps(ArgoCDNamespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: meta(name)}, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	_, err = set.CoreV1().Secrets(ArgoCDNamespace).Create(ctx, &corev1.Secret{
		ObjectMeta: meta("argocd-secret"), StringData: map[string]string{"server.secretkey": "of the test"},
	}, metav1.CreateOptions{})
	return err
}
