package claims

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Placed tells which pods of a component are on nodes of another pool.
func (s *State) Placed(component, label, pool string) []string {
	var all []string
	pods := s.Of(component)
	if len(pods) == 0 {
		return []string{component + " has no pods"}
	}
	for _, p := range pods {
		if p.Spec.NodeName == "" {
			continue
		}
		if n := s.node(p.Spec.NodeName); n == nil || n.Labels[label] != pool {
			all = append(all, fmt.Sprintf("pod %s is on node %q, not on one of %s", p.Name, p.Spec.NodeName, pool))
		}
	}
	return all
}

// Alone tells which nodes of a pool do not have exactly one pod of the
// component, or have another pod beside it.
func (s *State) Alone(component, label, pool string) []string {
	var all []string
	for _, n := range s.Nodes {
		if n.Labels[label] != pool {
			continue
		}
		var mine int
		for _, p := range s.Pods {
			if p.Spec.NodeName != n.Name || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
				continue
			}
			if p.Labels[NameLabel] == component {
				mine++
			} else {
				all = append(all, fmt.Sprintf("node %s: pod %s is beside the %s", n.Name, p.Name, component))
			}
		}
		if mine != 1 {
			all = append(all, fmt.Sprintf("node %s has %d pods of %s, not 1", n.Name, mine, component))
		}
	}
	return all
}

// Apart tells which pods of a component share a node.
func (s *State) Apart(component string) []string {
	on := map[string][]string{}
	for _, p := range s.Of(component) {
		if p.Spec.NodeName != "" {
			on[p.Spec.NodeName] = append(on[p.Spec.NodeName], p.Name)
		}
	}
	var all []string
	for node, pods := range on {
		if len(pods) > 1 {
			all = append(all, fmt.Sprintf("pods %s of %s share node %s", strings.Join(pods, " and "), component, node))
		}
	}
	slices.Sort(all)
	return all
}

// Spread tells if the pods of a component are in fewer zones than they could be.
func (s *State) Spread(component string, zones int) []string {
	in := map[string]int{}
	pods := s.Of(component)
	for _, p := range pods {
		if n := s.node(p.Spec.NodeName); n != nil {
			in[n.Labels[corev1.LabelTopologyZone]]++
		}
	}
	least, most := len(pods), 0
	for _, n := range in {
		least, most = min(least, n), max(most, n)
	}
	if len(in) < min(zones, len(pods)) || most-least > 1 {
		return []string{fmt.Sprintf("%s: %d pods are over zones as %v", component, len(pods), in)}
	}
	return nil
}

// Unplaced gives the pods that the scheduler could not place, and its reasons.
func (s *State) Unplaced() map[string]string {
	all := map[string]string{}
	for _, p := range s.Pods {
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && p.DeletionTimestamp == nil {
				all[p.Name] = c.Message
			}
		}
	}
	return all
}

// Undecided tells whether the scheduler has not yet looked at a pod.
func (s *State) Undecided() bool {
	for _, p := range s.Pods {
		decided := p.Spec.NodeName != ""
		for _, c := range p.Status.Conditions {
			decided = decided || c.Type == corev1.PodScheduled
		}
		if !decided {
			return true
		}
	}
	return false
}
