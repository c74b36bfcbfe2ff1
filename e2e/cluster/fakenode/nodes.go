// Package fakenode is the nodes of a cluster without machines: their objects, a
// kubelet for all of them that takes every pod through its life, and the storage
// provisioner that a StorageClass names.
//
// It is strict where a real kubelet is: a pod whose Secret, ConfigMap, key or
// named port is not there does not start, and says what is missing. It runs no
// process but through a Runtime: that is the business of the real servers' tests.
package fakenode

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Pool of nodes, as an environment's README describes it.
type Pool struct {
	// Name is the prefix of the nodes' names.
	Name  string
	Count int
	// Pods that a node takes; 0 is the kubelet's own 110.
	Pods int
	// CPU and Memory that a node has for pods.
	CPU, Memory string
	// Zones the nodes are dealt to in turn; 0 is one.
	Zones int
	// Labels beside those that every node has.
	Labels map[string]string
	Taints []corev1.Taint
}

// RoleLabel is the label that tells a node's pool.
const RoleLabel = "openwhisk-role"

// Role is a pool whose nodes have the label of its name.
func Role(name string, count int, cpu, memory string, zones int) Pool {
	return Pool{Name: name, Count: count, CPU: cpu, Memory: memory, Zones: zones,
		Labels: map[string]string{RoleLabel: name}}
}

// Tainted is the pool with the taint of its name, which keeps others off.
func (p Pool) Tainted() Pool {
	p.Taints = append(p.Taints, corev1.Taint{Key: RoleLabel, Value: p.Name, Effect: corev1.TaintEffectNoSchedule})
	return p
}

// Taking is the pool with nodes that take so many pods.
func (p Pool) Taking(pods int) Pool {
	p.Pods = pods
	return p
}

// Nodes of the pool.
func (p Pool) Nodes() []*corev1.Node {
	var all []*corev1.Node
	for i := range p.Count {
		name := fmt.Sprintf("%s-%d", p.Name, i)
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname:           name,
			corev1.LabelOSStable:           "linux",
			corev1.LabelArchStable:         "amd64",
			corev1.LabelTopologyRegion:     "region",
			corev1.LabelTopologyZone:       fmt.Sprintf("zone-%c", 'a'+i%max(p.Zones, 1)),
			corev1.LabelInstanceTypeStable: "fake",
		}}}
		for k, v := range p.Labels {
			n.Labels[k] = v
		}
		n.Spec.Taints = append(n.Spec.Taints, p.Taints...)
		n.Status.Capacity = corev1.ResourceList{
			corev1.ResourceCPU:              resource.MustParse(p.CPU),
			corev1.ResourceMemory:           resource.MustParse(p.Memory),
			corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
			corev1.ResourcePods:             *resource.NewQuantity(int64(cmp.Or(p.Pods, 110)), resource.DecimalSI),
		}
		n.Status.Allocatable = n.Status.Capacity
		all = append(all, n)
	}
	return all
}

// Join makes a node and has it ready.
func Join(ctx context.Context, set kubernetes.Interface, n *corev1.Node) error {
	if _, err := set.CoreV1().Nodes().Create(ctx, n, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("node %s: %w", n.Name, err)
	}
	now := metav1.Now()
	status := corev1.NodeStatus{
		Capacity: n.Status.Capacity, Allocatable: n.Status.Allocatable,
		Addresses: n.Status.Addresses, DaemonEndpoints: n.Status.DaemonEndpoints,
	}
	status.Conditions = []corev1.NodeCondition{{
		Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady",
		LastHeartbeatTime: now, LastTransitionTime: now,
	}}
	for _, healthy := range []corev1.NodeConditionType{
		corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure,
	} {
		status.Conditions = append(status.Conditions, corev1.NodeCondition{
			Type: healthy, Status: corev1.ConditionFalse, Reason: "Fake", LastHeartbeatTime: now, LastTransitionTime: now,
		})
	}
	// A patch: controllers write to a new node at the same time.
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	if _, err := set.CoreV1().Nodes().PatchStatus(ctx, n.Name, patch); err != nil {
		return fmt.Errorf("status of node %s: %w", n.Name, err)
	}
	return nil
}
