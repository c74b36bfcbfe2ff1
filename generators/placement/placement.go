// Package placement says on which nodes the pods of a component run and how
// they spread: it changes the component's workloads in the list, whatever
// made them. Node selection and tolerations are for every kind; spreading is
// for those with several replicas, a Deployment or StatefulSet.
package placement

import (
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
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

// Process changes the component's workloads.
func Process(rl *krm.ResourceList) error {
	config, err := krm.Decode[Spec](rl, Kind)
	if err != nil {
		return err
	}
	spec := config.Spec
	if err := check(spec); err != nil {
		return err
	}
	workloads := krm.Workloads(rl, spec.Component)
	if len(workloads) == 0 {
		return krm.Fail("the list has no workload of the component %q to place", spec.Component)
	}
	for _, n := range workloads {
		err := krm.Change(n, func(o krm.M) error {
			pod := value.PodSpec(o)
			if pod == nil {
				return krm.Fail("%s %q has no pod template", n.GetKind(), n.GetName())
			}
			place(pod, spec)
			if kind := n.GetKind(); kind == "Deployment" || kind == "StatefulSet" {
				spread(pod, spec)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func place(pod krm.M, s Spec) {
	selector, _ := pod["nodeSelector"].(krm.M)
	if selector == nil {
		selector = krm.M{}
	}
	if s.Pool != "" {
		selector[s.NodeLabel] = s.Pool
	}
	if s.Arch != "" {
		selector[architecture] = s.Arch
	}
	if len(selector) > 0 {
		pod["nodeSelector"] = selector
	}
	for _, t := range s.Tolerations {
		pod["tolerations"] = appended(pod["tolerations"], t)
	}
}

// spread keeps the component's own pods apart. Over nodes it is an affinity
// rule, which says at most one on each; over zones a constraint, which says
// as evenly as it goes.
func spread(pod krm.M, s Spec) {
	if s.Spread != none {
		affinity, _ := pod["affinity"].(krm.M)
		if affinity == nil {
			affinity = krm.M{}
		}
		affinity["podAntiAffinity"] = apart(s)
		pod["affinity"] = affinity
	}
	if s.Zones != none {
		pod["topologySpreadConstraints"] = appended(pod["topologySpreadConstraints"], even(s))
	}
}

func apart(s Spec) krm.M {
	term := krm.M{"topologyKey": hostname, "labelSelector": krm.M{"matchLabels": s.Selector()}}
	if s.Spread == hard {
		return krm.M{"requiredDuringSchedulingIgnoredDuringExecution": krm.L{term}}
	}
	return krm.M{"preferredDuringSchedulingIgnoredDuringExecution": krm.L{
		krm.M{"weight": 100, "podAffinityTerm": term},
	}}
}

// even honours taints: a zone with none but tainted nodes is no place that a
// pod could be missing from, and must not hold up the others.
func even(s Spec) krm.M {
	unsatisfiable := "ScheduleAnyway"
	if s.Zones == hard {
		unsatisfiable = "DoNotSchedule"
	}
	return krm.M{
		"topologyKey":       zone,
		"maxSkew":           1,
		"whenUnsatisfiable": unsatisfiable,
		"labelSelector":     krm.M{"matchLabels": s.Selector()},
		"nodeTaintsPolicy":  "Honor",
	}
}

func appended(list any, e krm.M) krm.L {
	l, _ := list.(krm.L)
	return append(l, e)
}

func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
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
	return c.Err()
}
