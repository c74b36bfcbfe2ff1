package fakenode

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// Pace is how long things take on the nodes. A pod's own grace period and the
// waits of its init containers are not waited for.
type Pace struct {
	Start, Work, Stop time.Duration
}

// Brisk leaves the controllers time to see each state. A pod that stops faster,
// and comes back under the same name before the disruption controller has seen
// it go, counts as evicted for two minutes more.
var Brisk = Pace{Start: 300 * time.Millisecond, Work: 300 * time.Millisecond, Stop: time.Second}

// Runtime runs what is in pods, for nodes that are more than an entry.
type Runtime interface {
	// Start starts the containers of a pod and gives the pod's address. It may be
	// asked again about the same pod. Its error is that of an image that cannot
	// be pulled.
	Start(p *corev1.Pod) (ip string, err error)
	// Stop ends them. It may be asked about a pod that it does not know.
	Stop(p *corev1.Pod)
}

// kubelet of all nodes.
type kubelet struct {
	set   kubernetes.Interface
	pods  corelisters.PodLister
	queue workqueue.TypedRateLimitingInterface[cache.ObjectName]
	pace  Pace
	ip    atomic.Uint32
	// runtime is nil if nothing runs.
	runtime Runtime
}

// Serve runs the pods of all nodes until ctx ends. It comes back when it has
// seen the pods that are there.
func Serve(ctx context.Context, set kubernetes.Interface, pace Pace) error {
	return ServeWith(ctx, set, pace, nil)
}

// ServeWith is Serve with a runtime.
func ServeWith(ctx context.Context, set kubernetes.Interface, pace Pace, runtime Runtime) error {
	factory := informers.NewSharedInformerFactory(set, 0)
	pods := factory.Core().V1().Pods()
	k := &kubelet{set: set, pods: pods.Lister(), pace: pace, runtime: runtime, queue: workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[cache.ObjectName](50*time.Millisecond, time.Second))}
	add := func(o any) {
		if key, err := cache.DeletionHandlingObjectToName(o); err == nil {
			k.queue.Add(key)
		}
	}
	if _, err := pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: add, UpdateFunc: func(_, o any) { add(o) },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), pods.Informer().HasSynced) {
		return fmt.Errorf("watch pods: %w", ctx.Err())
	}
	for range 4 {
		go k.work(ctx)
	}
	go func() {
		<-ctx.Done()
		k.queue.ShutDown()
	}()
	return nil
}

func (k *kubelet) work(ctx context.Context) {
	for {
		key, shutdown := k.queue.Get()
		if shutdown {
			return
		}
		again, err := k.sync(ctx, key)
		switch {
		case err != nil:
			k.queue.AddRateLimited(key)
		case again > 0:
			k.queue.Forget(key)
			k.queue.AddAfter(key, again)
		default:
			k.queue.Forget(key)
		}
		k.queue.Done(key)
	}
}

// sync brings a pod one step on. It gives the time after which to look again, 0
// for when the pod changes.
func (k *kubelet) sync(ctx context.Context, key cache.ObjectName) (time.Duration, error) {
	p, err := k.pods.Pods(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) || err == nil && p.Spec.NodeName == "" {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	finished := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
	switch {
	case p.DeletionTimestamp != nil:
		return k.end(ctx, p, finished)
	case finished:
		return 0, nil
	case p.Status.StartTime == nil:
		p = p.DeepCopy()
		now := metav1.Now()
		p.Status.StartTime = &now
		p.Status.Phase = corev1.PodPending
		return k.pace.Start, k.update(ctx, p)
	case p.Status.Phase == corev1.PodPending:
		return k.begin(ctx, p)
	case p.Spec.RestartPolicy != corev1.RestartPolicyAlways:
		if rest := k.pace.Work - since(p.Status.ContainerStatuses[0].State.Running.StartedAt); rest > 0 {
			return rest, nil
		}
		p = p.DeepCopy()
		terminate(p, corev1.PodSucceeded, 0)
		return 0, k.update(ctx, p)
	}
	return 0, nil
}

// begin starts the containers of a pod if they have what they need.
func (k *kubelet) begin(ctx context.Context, p *corev1.Pod) (time.Duration, error) {
	if rest := k.pace.Start - since(*p.Status.StartTime); rest > 0 {
		return rest, nil
	}
	missing, err := k.missing(ctx, p)
	if err != nil {
		return 0, err
	}
	p = p.DeepCopy()
	ip, reason := "", "CreateContainerConfigError"
	if len(missing) == 0 {
		if ip, err = k.start(p); err != nil {
			missing, reason = append(missing, err), "ErrImagePull"
		}
	}
	if len(missing) > 0 {
		why := errors.Join(missing...).Error()
		if len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].State.Waiting.Message == why {
			return 500 * time.Millisecond, nil
		}
		p.Status.ContainerStatuses = nil
		for _, c := range p.Spec.Containers {
			p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
				Name: c.Name, Image: c.Image,
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{
					Reason: reason, Message: why,
				}},
			})
		}
		return 500 * time.Millisecond, k.update(ctx, p)
	}
	running(p, ip)
	return 0, k.update(ctx, p)
}

// start gives the pod's address.
func (k *kubelet) start(p *corev1.Pod) (string, error) {
	if k.runtime != nil {
		return k.runtime.Start(p)
	}
	n := k.ip.Add(1)
	return fmt.Sprintf("10.244.%d.%d", n/250, n%250+1), nil
}

// running puts down that the init containers are done and the others ready.
func running(p *corev1.Pod, ip string) {
	now := metav1.Now()
	yes := true
	p.Status.Phase = corev1.PodRunning
	p.Status.PodIP = ip
	p.Status.PodIPs = []corev1.PodIP{{IP: p.Status.PodIP}}
	p.Status.InitContainerStatuses, p.Status.ContainerStatuses = nil, nil
	for _, c := range p.Spec.InitContainers {
		p.Status.InitContainerStatuses = append(p.Status.InitContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, Ready: true, Started: &yes,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: now, FinishedAt: now}},
		})
	}
	for _, c := range p.Spec.Containers {
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, Ready: true, Started: &yes,
			ContainerID: fmt.Sprintf("containerd://%s-%s", p.UID, c.Name),
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		})
	}
	for _, t := range []corev1.PodConditionType{corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady} {
		condition(p, t, corev1.ConditionTrue, "")
	}
}

// end stops the containers of a pod that is to go, and lets it go.
func (k *kubelet) end(ctx context.Context, p *corev1.Pod, finished bool) (time.Duration, error) {
	// The time stamp is when the pod should be gone at last.
	asked := p.DeletionTimestamp.Add(-time.Duration(*p.DeletionGracePeriodSeconds) * time.Second)
	if rest := k.pace.Stop - time.Since(asked); rest > 0 && !finished {
		return rest, nil
	}
	if k.runtime != nil {
		k.runtime.Stop(p)
	}
	if !finished {
		// A Job counts its pod only if its end is written down.
		p = p.DeepCopy()
		terminate(p, corev1.PodFailed, 143)
		if err := k.update(ctx, p); err != nil {
			return 0, err
		}
	}
	now := int64(0)
	err := k.set.CoreV1().Pods(p.Namespace).Delete(ctx, p.Name, metav1.DeleteOptions{
		GracePeriodSeconds: &now, Preconditions: metav1.NewUIDPreconditions(string(p.UID)),
	})
	if apierrors.IsNotFound(err) || apierrors.IsConflict(err) {
		return 0, nil
	}
	return 0, err
}

func terminate(p *corev1.Pod, phase corev1.PodPhase, code int32) {
	now := metav1.Now()
	p.Status.Phase = phase
	for i := range p.Status.ContainerStatuses {
		s := &p.Status.ContainerStatuses[i]
		s.Ready = false
		s.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: code, Reason: "Ended", StartedAt: now, FinishedAt: now,
		}}
	}
	condition(p, corev1.ContainersReady, corev1.ConditionFalse, "Ended")
	condition(p, corev1.PodReady, corev1.ConditionFalse, "Ended")
}

func condition(p *corev1.Pod, t corev1.PodConditionType, status corev1.ConditionStatus, reason string) {
	c := corev1.PodCondition{Type: t, Status: status, Reason: reason, LastTransitionTime: metav1.Now()}
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == t {
			p.Status.Conditions[i] = c
			return
		}
	}
	p.Status.Conditions = append(p.Status.Conditions, c)
}

func (k *kubelet) update(ctx context.Context, p *corev1.Pod) error {
	_, err := k.set.CoreV1().Pods(p.Namespace).UpdateStatus(ctx, p, metav1.UpdateOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// since rounds down to the API's seconds, so that it is never too little.
func since(t metav1.Time) time.Duration { return time.Since(t.Time) }
