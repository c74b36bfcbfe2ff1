package guide

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
)

// pool of nodes, with what its nodes must carry.
type pool struct {
	// About has the pool's name, and how many nodes there are, and of what
	// size, if that is known.
	About string
	// Label and Taints as kubectl takes them.
	Label  string
	Taints []string
}

// Nodes are the pools that components run on; none where placement is off.
func (v view) Nodes() []pool {
	if !v.Env.Placement.Enabled {
		return nil
	}
	var all []pool
	for _, name := range v.Pools() {
		p := pool{About: name, Label: v.Env.Placement.NodeLabel + "=" + name}
		if n, ok := v.Env.Cluster.Nodes[name]; ok {
			p.About += fmt.Sprintf(", %s with %s CPUs and %s for %d pods", count(n.Count, "node"), n.CPU, n.Memory, v.NodePods(n))
			if n.Zones > 1 {
				p.About += fmt.Sprintf(", in %d zones", n.Zones)
			}
		}
		for _, t := range v.Taints(name) {
			taint := t.Key
			if t.Value != "" {
				taint += "=" + t.Value
			}
			p.Taints = append(p.Taints, taint+":"+t.Effect)
		}
		all = append(all, p)
	}
	return all
}

// Columns are the labels of nodes that matter, for kubectl get -L.
func (v view) Columns() string {
	return strings.Join([]string{v.Env.Placement.NodeLabel, "topology.kubernetes.io/zone", "kubernetes.io/arch"}, ",")
}

// Permanent says where labels and taints are set to outlive a node.
func (v view) Permanent() string {
	switch v.Env.Cluster.Platform {
	case "eks":
		return "in the node group (`labels` and `taints`)"
	case "gke":
		return "in the node pool (`--node-labels` and `--node-taints`)"
	case "aks":
		return "in the node pool (`--labels` and `--node-taints`)"
	case "openshift":
		return "in the MachineSet (`spec.template.spec.metadata.labels` and `spec.template.spec.taints`)"
	case "k3s":
		return "with the agent's `--node-label` and `--node-taint`"
	case "microk8s", "minikube":
		return "with `kubectl`: a node that is made anew needs them again"
	case "kind":
		return "in kind's configuration (`nodes[].labels`)"
	}
	return "where your nodes are made"
}

// grace period of a component's pods, in seconds; 0 where it has Kubernetes' own.
func (v view) grace(component string) int {
	grace, err := catalog.Expand(v.Catalog.Components[component].Workload["gracePeriod"], v.Values)
	seconds, _ := grace.(int)
	if err != nil {
		return 0 // a fault of the catalogue, which planning the workload reports
	}
	return seconds
}

// Workload as kubectl names a component's.
func (v view) Workload(component string) string {
	return strings.ToLower(v.Kind(component)) + "/" + component
}

// Held tells whether an autoscaler of nodes is told that action pods may go.
func (v view) Held() bool {
	said := v.Env.Actions.Pod.Annotations
	for key, allows := range v.ActionAnnotations() {
		if own, is := said[key]; !is || own == allows {
			return true
		}
	}
	return false
}

// Mutates tells whether the cluster can complete action pods by a policy of its
// own: MutatingAdmissionPolicy is general from Kubernetes 1.36 on (KEP-3962).
func (v view) Mutates() bool {
	const general = 36
	minor, err := strconv.Atoi(strings.TrimPrefix(v.Env.Cluster.Kubernetes, "1."))
	return err == nil && minor >= general
}

// ActionLevel of Pod Security that action pods pass.
func (v view) ActionLevel() string { return derived.ActionPodSecurity }
