// Package placement says on which nodes pods run and how they spread: it changes the
// workloads that its selector means, whatever made them. Node selection and tolerations
// are for every kind; spreading is for those with replicas, of which one is as good as
// another. What a workload says of its place by itself stays.
package placement

import (
	"cmp"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// The topologies that pods spread over, as labels of nodes.
const (
	hostname = "kubernetes.io/hostname"
	zone     = "topology.kubernetes.io/zone"
)

// architecture of a node, as the kubelet labels it.
const architecture = "kubernetes.io/arch"

// How pods spread: hard pods wait rather than share, soft ones would rather
// not share.
const (
	hard = "hard"
	soft = "soft"
	none = "none"
)

// process changes the selected workloads.
func process(r *krm.Run, s Spec) error {
	s.Spread, s.Zones = cmp.Or(s.Spread, none), cmp.Or(s.Zones, none)
	check(&r.Check, s)
	for _, w := range r.Workloads("spec.selector", s.Selector) {
		pod := place(s)
		if w.Replicated() && s.Spread+s.Zones != none+none {
			own := w.PodSelector()
			if own == nil {
				r.FailAt(w.Node, "spec.selector", "has neither a selector nor labels by which its pods could keep apart")
				continue
			}
			spread(pod, s, own)
		}
		if err := r.Merge(w.Node, w.Fragment(pod)); err != nil {
			return err
		}
		r.Tell(w.Node, "%s", said(s, w.Replicated()))
	}
	return nil
}

// said tells what was done.
func said(s Spec, replicated bool) string {
	var words []string
	if s.Pool != "" {
		words = append(words, "on nodes of the pool "+s.Pool)
	}
	if s.Arch != "" {
		words = append(words, "on nodes of "+s.Arch)
	}
	if replicated && s.Spread != none {
		words = append(words, "spread over nodes, "+s.Spread)
	}
	if replicated && s.Zones != none {
		words = append(words, "spread over zones, "+s.Zones)
	}
	return cmp.Or(strings.Join(words, "; "), "placed anywhere")
}

func place(s Spec) krm.M {
	pod, selector := krm.M{}, krm.M{}
	if s.Pool != "" {
		selector[s.NodeLabel] = s.Pool
	}
	if s.Arch != "" {
		selector[architecture] = s.Arch
	}
	if len(selector) > 0 {
		pod["nodeSelector"] = selector
	}
	var tolerations krm.L
	for _, t := range s.Tolerations {
		tolerations = append(tolerations, t)
	}
	if len(tolerations) > 0 {
		pod["tolerations"] = tolerations
	}
	return pod
}

// spread keeps the workload's own pods apart. Over nodes it is an affinity
// rule, which says at most one on each; over zones a constraint, which says
// as evenly as it goes.
func spread(pod krm.M, s Spec, own krm.M) {
	if s.Spread != none {
		pod["affinity"] = krm.M{"podAntiAffinity": apart(s, own)}
	}
	if s.Zones != none {
		pod["topologySpreadConstraints"] = krm.L{even(s, own)}
	}
}

func apart(s Spec, own krm.M) krm.M {
	term := krm.M{"topologyKey": hostname, "labelSelector": own}
	if s.Spread == hard {
		return krm.M{"requiredDuringSchedulingIgnoredDuringExecution": krm.L{term}}
	}
	return krm.M{"preferredDuringSchedulingIgnoredDuringExecution": krm.L{
		krm.M{"weight": 100, "podAffinityTerm": term},
	}}
}

// even honours taints: a zone with none but tainted nodes is no place that a
// pod could be missing from, and must not hold up the others.
func even(s Spec, own krm.M) krm.M {
	unsatisfiable := "ScheduleAnyway"
	if s.Zones == hard {
		unsatisfiable = "DoNotSchedule"
	}
	return krm.M{
		"topologyKey":       zone,
		"maxSkew":           1,
		"whenUnsatisfiable": unsatisfiable,
		"labelSelector":     own,
		"nodeTaintsPolicy":  "Honor",
	}
}

func check(c *krm.Check, s Spec) {
	c.OneOf("spec.spread", s.Spread, hard, soft, none)
	c.OneOf("spec.zones", s.Zones, hard, soft, none)
	if s.Pool != "" && s.NodeLabel == "" {
		c.Fail("spec.nodeLabel is missing: the pool %q has to be the value of a label", s.Pool)
	}
	for i, t := range s.Tolerations {
		if len(t) == 0 {
			c.Fail("spec.tolerations[%d] is empty", i)
		}
	}
}
