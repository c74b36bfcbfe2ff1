// Package install brings objects to an API server as a strict operator would:
// server-side apply, strict field validation, and no warning passed over. It
// also makes what an environment's README asks for beforehand.
//
// Objects go in; problems come out, each with the object that it is about.
package install

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// Manager is the field manager; the name that kubectl has.
const Manager = "kubectl"

// Installer applies objects.
type Installer struct {
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper

	mutex    sync.Mutex
	warnings []string
}

// New takes the cluster's administrator.
func New(config *rest.Config) (*Installer, error) {
	i := &Installer{}
	c := rest.CopyConfig(config)
	c.WarningHandler = i
	var err error
	if i.dynamic, err = dynamic.NewForConfig(c); err != nil {
		return nil, err
	}
	d, err := discovery.NewDiscoveryClientForConfig(c)
	if err != nil {
		return nil, err
	}
	i.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(d))
	return i, nil
}

// HandleWarningHeader collects what the API server warns of.
func (i *Installer) HandleWarningHeader(code int, _, text string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if code == 299 && text != "" && !slices.Contains(i.warnings, text) {
		i.warnings = append(i.warnings, text)
	}
}

func (i *Installer) taken() []string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	w := i.warnings
	i.warnings = nil
	return w
}

// Result of applying objects.
type Result struct {
	Applied int
	// Largest is the size in bytes of the largest object as it was sent, and
	// LargestName whose it is.
	Largest     int
	LargestName string
	Took        time.Duration
	// Problems are rejections and warnings.
	Problems []string
}

// Apply applies the objects in their tiers' order, one at a time as kubectl
// does, and goes on after a problem.
func (i *Installer) Apply(ctx context.Context, all []*objects.Object) Result {
	return i.apply(ctx, all, nil)
}

// Judge has the API server judge the objects and keep none. Their namespaces
// must be there.
func (i *Installer) Judge(ctx context.Context, all []*objects.Object) Result {
	return i.apply(ctx, all, []string{metav1.DryRunAll})
}

func (i *Installer) apply(ctx context.Context, all []*objects.Object, dry []string) (r Result) {
	sorted, err := objects.InOrder(all)
	if err != nil {
		r.Problems = append(r.Problems, err.Error())
		return r
	}
	return i.each(ctx, sorted, dry)
}

// InTurn applies the objects in the order that they have.
func (i *Installer) InTurn(ctx context.Context, all []*objects.Object) Result {
	return i.each(ctx, all, nil)
}

func (i *Installer) each(ctx context.Context, all []*objects.Object, dry []string) (r Result) {
	begin := time.Now()
	defer func() { r.Took = time.Since(begin) }()
	for _, o := range all {
		size, problems := i.one(ctx, o, dry)
		if len(problems) == 0 {
			r.Applied++
		}
		r.Problems = append(r.Problems, problems...)
		if size > r.Largest {
			r.Largest, r.LargestName = size, objects.Ref(o)
		}
	}
	return r
}

func (i *Installer) one(ctx context.Context, o *objects.Object, dry []string) (int, []string) {
	data, err := json.Marshal(o)
	if err != nil {
		return 0, []string{fmt.Sprintf("%s: %v", objects.Ref(o), err)}
	}
	client, err := i.client(o.GroupVersionKind(), o.GetNamespace())
	if err != nil {
		return len(data), []string{fmt.Sprintf("%s: rejected: %v", objects.Ref(o), err)}
	}
	force := true
	_, err = client.Patch(ctx, o.GetName(), types.ApplyPatchType, data, metav1.PatchOptions{
		FieldManager: Manager, FieldValidation: metav1.FieldValidationStrict, Force: &force, DryRun: dry,
	})
	var problems []string
	if err != nil {
		problems = append(problems, fmt.Sprintf("%s: rejected: %v", objects.Ref(o), err))
	}
	for _, w := range i.taken() {
		problems = append(problems, fmt.Sprintf("%s: warning: %s", objects.Ref(o), w))
	}
	return len(data), problems
}

func (i *Installer) client(gvk schema.GroupVersionKind, namespace string) (dynamic.ResourceInterface, error) {
	m, err := i.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if meta.IsNoMatchError(err) {
		i.mapper.Reset() // a definition may be new
		m, err = i.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	}
	if err != nil {
		return nil, err
	}
	if m.Scope.Name() == meta.RESTScopeNameRoot {
		return i.dynamic.Resource(m.Resource), nil
	}
	return i.dynamic.Resource(m.Resource).Namespace(namespace), nil
}

// Delete deletes the objects, each in the background, and gives problems. What
// is not there is none.
func (i *Installer) Delete(ctx context.Context, all []*objects.Object) []string {
	var problems []string
	background := metav1.DeletePropagationBackground
	for _, o := range all {
		client, err := i.client(o.GroupVersionKind(), o.GetNamespace())
		if err == nil {
			err = client.Delete(ctx, o.GetName(), metav1.DeleteOptions{PropagationPolicy: &background})
		}
		if err != nil && !isGone(err) {
			problems = append(problems, fmt.Sprintf("%s: not deleted: %v", objects.Ref(o), err))
		}
	}
	return problems
}

// Get gives an object as it is; an error if it is not there.
func (i *Installer) Get(ctx context.Context, o *objects.Object) (*objects.Object, error) {
	client, err := i.client(o.GroupVersionKind(), o.GetNamespace())
	if err != nil {
		return nil, err
	}
	return client.Get(ctx, o.GetName(), metav1.GetOptions{})
}

// Merge changes an object by a JSON merge patch, or its status if a subresource
// says so.
func (i *Installer) Merge(ctx context.Context, o *objects.Object, patch any, subresource ...string) error {
	data, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	client, err := i.client(o.GroupVersionKind(), o.GetNamespace())
	if err != nil {
		return err
	}
	_, err = client.Patch(ctx, o.GetName(), types.MergePatchType, data, metav1.PatchOptions{FieldManager: Manager}, subresource...)
	return err
}
