package derived

import (
	"cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// NodePods is how many pods a node of the pool takes, the system's among them.
func (v *Values) NodePods(pool environment.NodePool) int {
	return cmp.Or(pool.Pods, v.Catalog.Pods[v.Env.Cluster.Platform], v.Catalog.Pods["generic"])
}

// OwnPods is how many pods of the installation a node of the pool takes.
func (v *Values) OwnPods(pool environment.NodePool) int {
	return max(0, v.NodePods(pool)-pool.SystemPods)
}

// FreeMemory is what a node with one invoker has for actions, in bytes. It is
// negative where there is none.
func (v *Values) FreeMemory(pool environment.NodePool) int64 {
	return Bytes(pool.Memory) - Bytes(v.Env.Invoker.Reserve) - Bytes(v.Env.Invoker.Resources.Limits.Memory) - v.SidecarLimit(v.Catalog.Actions.By)
}

// FreePods is how many action pods a node with one invoker takes, beside what has
// a pod on each node of invokers.
func (v *Values) FreePods(pool environment.NodePool) int64 {
	return int64(v.OwnPods(pool) - 1 - len(v.where(v.besideInvokers)))
}

// besideInvokers tells whether a component has a pod on each of the invokers' nodes.
func (v *Values) besideInvokers(c catalog.Component) bool {
	return c.Pool == v.Catalog.Components[v.Catalog.Actions.By].Pool && c.Workload["kind"] == DaemonSet && v.runs(c)
}

// leastMiB is the memory of the smallest action. An invoker counts memory alone:
// what it may give away is as many pods as fit only if all were of this size.
func (v *Values) leastMiB() int64 { return max(1, Bytes(v.Env.Limits.Memory.Min)/quantity.MiB) }

// MostActions is how many action pods one invoker starts at most, with so many
// MiB to give.
func (v *Values) MostActions(mib int64) int64 { return mib / v.leastMiB() }
