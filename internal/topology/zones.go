package topology

import "github.com/whiskops/whiskops/internal/derived"

// Spread of a component's pods over the zones of its pool.
type Spread struct {
	Component, Pool string
	// Rule is "hard", "soft" or "none", as the schema's placement rules say.
	Rule string
	// Pods there are in each zone if they are spread evenly, the fullest first: which
	// of the zones that is, the scheduler decides. Nil where nothing spreads them.
	Pods []int
	// All pods of it.
	All int
	// Quorum says that so many of its pods must stay for the others to decide anything;
	// 0: they do not vote.
	Quorum int
}

// Lost is how many pods the loss of the fullest zone takes: all of them, where nothing
// keeps them apart.
func (s Spread) Lost() int {
	if len(s.Pods) == 0 {
		return s.All
	}
	return s.Pods[0]
}

// Stops tells that the loss of one zone may take the quorum.
func (s Spread) Stops() bool { return s.Quorum > 0 && s.All-s.Lost() < s.Quorum }

// zones are those of the components whose pods stay, where it is known how many there
// are.
func zones(v *derived.Values) []Spread {
	var all []Spread
	for _, name := range v.Components() {
		rule := v.Placement(name)
		pool, ok := v.Env.Cluster.Nodes[rule.Pool]
		if !ok || v.Passes(name) {
			continue
		}
		s := Spread{Component: name, Pool: rule.Pool, Rule: rule.Zones, All: v.Replicas(name)}
		if v.Voter(name) != nil {
			s.Quorum = s.All/2 + 1
		}
		// A pod on each node is as far apart as the nodes are.
		if rule.Zones != "none" || v.Kind(name) == derived.DaemonSet {
			s.Pods = evenly(s.All, max(1, pool.Zones))
		}
		all = append(all, s)
	}
	return all
}

// evenly shares n out to so many parts, the larger ones first.
func evenly(n, parts int) []int {
	all := make([]int, parts)
	for i := range all {
		all[i] = n / parts
		if i < n%parts {
			all[i]++
		}
	}
	return all
}
