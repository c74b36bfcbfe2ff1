package controllers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controlplane"
)

// Kustomize builds a folder, and gives the objects in their order.
func (b Built) Kustomize(ctx context.Context, dir string) ([]*objects.Object, error) {
	out, err := tool(ctx, b.program("kustomize"), "build", dir)
	if err != nil {
		return nil, err
	}
	var all []*objects.Object
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(out), 1<<16)
	for {
		o := &objects.Object{}
		if err := decoder.Decode(&o.Object); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("what kustomize built of %s: %w", dir, err)
		}
		if len(o.Object) > 0 {
			all = append(all, o)
		}
	}
}

// Registry starts a registry beside the control plane, and gives its host.
func (b Built) Registry(p *controlplane.Plane) (string, error) {
	port, err := controlplane.FreePorts(1)
	if err != nil {
		return "", err
	}
	host := "127.0.0.1:" + port[0]
	return host, p.Run(controlplane.Server{Name: "registry", Path: b.program("gitops-all"), Args: []string{"registry", host}})
}

func tool(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return string(out), nil
}
