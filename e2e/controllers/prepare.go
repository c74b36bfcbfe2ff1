package controllers

import (
	"context"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/controlplane"
	"github.com/whiskops/whiskops/e2e/wire"
)

// prepare makes a tool's definitions and its namespace.
func prepare(ctx context.Context, b Built, p *controlplane.Plane, tool, namespace string) error {
	installer, err := install.New(p.Config)
	if err != nil {
		return err
	}
	if err := installer.Define(ctx, b.definitions(tool)); err != nil {
		return err
	}
	set, err := kubernetes.NewForConfig(p.Config)
	if err != nil {
		return err
	}
	_, err = set.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
	return err
}

// way opens a wire that ends with ctx, and gives a kubeconfig that leads over it.
func way(ctx context.Context, p *controlplane.Plane, name string) (*wire.Wire, string, error) {
	w, err := wire.New(p.Config)
	if err != nil {
		return nil, "", err
	}
	context.AfterFunc(ctx, func() { _ = w.Close() })
	dir, err := p.Folder("kubeconfigs")
	if err != nil {
		return nil, "", err
	}
	path := filepath.Join(dir, name)
	return w, path, controlplane.WriteKubeconfig(path, w.Config)
}
