// Package life does to a cluster what its operators do: it drains nodes through
// the Eviction API, as kubectl does, and watches that a quorum is kept.
package life

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
)

// Cordon keeps new pods off a node, or lets them on again.
func Cordon(ctx context.Context, set kubernetes.Interface, node string, off bool) error {
	patch := fmt.Sprintf(`{"spec":{"unschedulable":%t}}`, off)
	_, err := set.CoreV1().Nodes().Patch(ctx, node, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

// Drain cordons a node and evicts all pods that no DaemonSet keeps there, again
// and again where a disruption budget forbids it, until they are gone or ctx
// ends. The error then names the pods that are left and what held them. It gives
// the number of pods evicted.
func Drain(ctx context.Context, set kubernetes.Interface, node string) (int, error) {
	if err := Cordon(ctx, set, node, true); err != nil {
		return 0, err
	}
	pods, err := set.CoreV1().Pods("").List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + node})
	if err != nil {
		return 0, err
	}
	var wait sync.WaitGroup
	var mutex sync.Mutex
	var stuck []string
	evicted := 0
	for _, p := range pods.Items {
		if owner := metav1.GetControllerOf(&p); owner != nil && owner.Kind == "DaemonSet" {
			continue
		}
		evicted++
		wait.Go(func() {
			if err := evict(ctx, set, &p); err != nil {
				mutex.Lock()
				defer mutex.Unlock()
				stuck = append(stuck, fmt.Sprintf("pod %s: %v", p.Name, err))
			}
		})
	}
	wait.Wait()
	if len(stuck) > 0 {
		slices.Sort(stuck)
		return evicted, fmt.Errorf("node %s is not drained: %s", node, strings.Join(stuck, "; "))
	}
	return evicted, nil
}

func evict(ctx context.Context, set kubernetes.Interface, p *corev1.Pod) error {
	pods := set.CoreV1().Pods(p.Namespace)
	last := fmt.Errorf("was not evicted")
	asked := false
	for {
		if !asked {
			err := pods.EvictV1(ctx, &policyv1.Eviction{
				ObjectMeta:    metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Name},
				DeleteOptions: &metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(p.UID))},
			})
			switch {
			case err == nil:
				asked, last = true, fmt.Errorf("was evicted and does not go")
			case apierrors.IsNotFound(err) || apierrors.IsConflict(err):
				return nil
			case ctx.Err() == nil && apierrors.IsTooManyRequests(err):
				last = err
			case ctx.Err() == nil:
				return err
			}
		} else if now, err := pods.Get(ctx, p.Name, metav1.GetOptions{}); apierrors.IsNotFound(err) || err == nil && now.UID != p.UID {
			return nil
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Quorum watches how many pods of a component are ready.
type Quorum struct {
	component string
	pods      cache.Indexer

	mutex sync.Mutex
	least int
	when  string
}

// Watch watches the pods of a component until ctx ends.
func Watch(ctx context.Context, set kubernetes.Interface, namespace, component string) (*Quorum, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(set, 0, informers.WithNamespace(namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = claims.NameLabel + "=" + component }))
	informer := factory.Core().V1().Pods().Informer()
	q := &Quorum{component: component, pods: informer.GetIndexer(), least: int(^uint(0) >> 1)}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil, fmt.Errorf("watch %s: %w", component, ctx.Err())
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { q.count() }, UpdateFunc: func(_, _ any) { q.count() }, DeleteFunc: func(any) { q.count() },
	})
	return q, err
}

func (q *Quorum) count() {
	ready := 0
	var states []string
	for _, o := range q.pods.List() {
		p := o.(*corev1.Pod)
		if claims.Ready(p) {
			ready++
		} else {
			states = append(states, p.Name)
		}
	}
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if ready < q.least {
		slices.Sort(states)
		q.least, q.when = ready, strings.Join(states, ", ")
	}
}

// Kept tells if there were ever fewer than so many ready pods.
func (q *Quorum) Kept(want int) []string {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.least >= want {
		return nil
	}
	return []string{fmt.Sprintf("%s had only %d ready pods, %d are needed; not ready: %s", q.component, q.least, want, q.when)}
}
