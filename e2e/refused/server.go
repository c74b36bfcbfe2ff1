// Package refused asks a real API server what whiskops says of an update: that it is
// refused, or is not.
//
// In: pairs of objects, an old and a new state of one. The old one is applied, as Flux
// does it, and the new one by a dry run. Out: where whiskops and the server differ.
package refused

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// fresh is a namespace in which nothing is.
const fresh = "fresh"

// server is an API server that is asked.
type server struct {
	dynamic dynamic.Interface
	mapper  meta.RESTMapper
}

// connect makes the custom resources and what the objects of tests stand on.
func connect(ctx context.Context, config *rest.Config, definitions fs.FS) (*server, error) {
	installer, err := install.New(config)
	if err != nil {
		return nil, err
	}
	if err := installer.Definitions(ctx); err != nil {
		return nil, err
	}
	if err := installer.Define(ctx, definitions); err != nil {
		return nil, err
	}
	quiet := rest.CopyConfig(config)
	quiet.WarningHandler = rest.NoWarnings{}
	s := &server{}
	if s.dynamic, err = dynamic.NewForConfig(quiet); err != nil {
		return nil, err
	}
	d, err := discovery.NewDiscoveryClientForConfig(quiet)
	if err != nil {
		return nil, err
	}
	s.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(d))
	return s, s.namespace(ctx, fresh)
}

// namespace makes one, and the account that a pod needs.
func (s *server) namespace(ctx context.Context, name string) error {
	for _, o := range []map[string]any{
		{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}},
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": "default", "namespace": name}},
	} {
		if err := s.apply(ctx, &objects.Object{Object: o}, false); err != nil {
			return err
		}
	}
	return nil
}

// known tells whether the server has a kind.
func (s *server) known(o *objects.Object) bool {
	_, err := s.mapper.RESTMapping(o.GroupVersionKind().GroupKind(), o.GroupVersionKind().Version)
	return err == nil
}

func (s *server) scoped(o *objects.Object) (cluster bool, err error) {
	m, err := s.mapper.RESTMapping(o.GroupVersionKind().GroupKind(), o.GroupVersionKind().Version)
	if err != nil {
		return false, err
	}
	return m.Scope.Name() == meta.RESTScopeNameRoot, nil
}

// apply applies an object by server-side apply, as the owner of all its fields.
func (s *server) apply(ctx context.Context, o *objects.Object, dry bool) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	client, err := s.client(o)
	if err != nil {
		return err
	}
	force := true
	options := metav1.PatchOptions{FieldManager: "kustomize-controller", Force: &force}
	if dry {
		options.DryRun = []string{metav1.DryRunAll}
	}
	_, err = client.Patch(ctx, o.GetName(), types.ApplyPatchType, data, options)
	return err
}

// creatable tells whether the server takes an object where it has no older one.
func (s *server) creatable(ctx context.Context, o *objects.Object) error {
	if cluster, err := s.scoped(o); err != nil {
		return err
	} else if cluster {
		o = renamed(o, fresh)
	} else {
		o = o.DeepCopy()
		o.SetNamespace(fresh)
	}
	return s.apply(ctx, o, true)
}

// renamed is an object of the cluster under another name. The name of a definition is
// made of its group.
func renamed(o *objects.Object, by string) *objects.Object {
	o = o.DeepCopy()
	if o.GetKind() != "CustomResourceDefinition" {
		o.SetName(o.GetName() + "-" + by)
		return o
	}
	plural, group, _ := strings.Cut(o.GetName(), ".")
	o.SetName(plural + "." + by + "." + group)
	if group, said, _ := unstructured.NestedString(o.Object, "spec", "group"); said {
		_ = unstructured.SetNestedField(o.Object, by+"."+group, "spec", "group") // it is a string already
	}
	return o
}

// live makes of an object what it is in a cluster after a while.
func (s *server) live(ctx context.Context, o *objects.Object) error {
	switch o.GetKind() {
	case "PersistentVolumeClaim":
		return s.bind(ctx, o)
	case "CustomResourceDefinition":
		return s.established(ctx, o)
	}
	return nil
}

// established waits until a definition is.
func (s *server) established(ctx context.Context, o *objects.Object) error {
	client, err := s.client(o)
	if err != nil {
		return err
	}
	for ; ; time.Sleep(50 * time.Millisecond) {
		is, err := client.Get(ctx, o.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		conditions, _, _ := unstructured.NestedSlice(is.Object, "status", "conditions")
		for _, c := range conditions {
			if c, ok := c.(map[string]any); ok && c["type"] == "Established" && c["status"] == "True" {
				return nil
			}
		}
	}
}

// bind makes of a claim one that is bound, which no controller does here.
func (s *server) bind(ctx context.Context, o *objects.Object) error {
	client, err := s.client(o)
	if err != nil {
		return err
	}
	if name, _, _ := unstructured.NestedString(o.Object, "spec", "volumeName"); name == "" {
		if err := merge(ctx, client, o, map[string]any{"spec": map[string]any{"volumeName": "found-for-it"}}); err != nil {
			return err
		}
	}
	status := map[string]any{"phase": "Bound"}
	status["capacity"], _, _ = unstructured.NestedMap(o.Object, "spec", "resources", "requests")
	if class, said, _ := unstructured.NestedString(o.Object, "spec", "volumeAttributesClassName"); said {
		status["currentVolumeAttributesClassName"] = class
	}
	return merge(ctx, client, o, map[string]any{"status": status}, "status")
}

func merge(ctx context.Context, client dynamic.ResourceInterface, o *objects.Object, patch any, subresource ...string) error {
	data, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	_, err = client.Patch(ctx, o.GetName(), types.MergePatchType, data, metav1.PatchOptions{FieldManager: "kube-controller-manager"}, subresource...)
	return err
}

// remove gives back what an object holds: the address of a Service.
func (s *server) remove(ctx context.Context, o *objects.Object) error {
	client, err := s.client(o)
	if err != nil {
		return err
	}
	return client.Delete(ctx, o.GetName(), metav1.DeleteOptions{})
}

// class makes a StorageClass that lets claims grow.
func (s *server) class(ctx context.Context, name string, standard bool) error {
	return s.apply(ctx, &objects.Object{Object: map[string]any{
		"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "test.example.com", "allowVolumeExpansion": true,
		"metadata": map[string]any{"name": name, "annotations": map[string]any{"storageclass.kubernetes.io/is-default-class": fmt.Sprint(standard)}},
	}}, false)
}

func (s *server) client(o *objects.Object) (dynamic.ResourceInterface, error) {
	gvk := o.GroupVersionKind()
	m, err := s.mapper.RESTMapping(schema.GroupKind{Group: gvk.Group, Kind: gvk.Kind}, gvk.Version)
	if err != nil {
		return nil, err
	}
	if m.Scope.Name() == meta.RESTScopeNameRoot {
		return s.dynamic.Resource(m.Resource), nil
	}
	return s.dynamic.Resource(m.Resource).Namespace(o.GetNamespace()), nil
}
