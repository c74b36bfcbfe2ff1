// Package network proves that the generated NetworkPolicies allow what the
// graph of components says, and nothing else.
//
// An environment of golden comes in (Load, Parse), and the graph, which is
// written by hand (ParseGraph). Check puts every question that a packet between
// two places can be: from, to, port, protocol. Two deciders answer it, the
// Evaluator of this package and the Library, which is not ours; they must agree
// with each other, and with the graph. An error goes out that names the pair
// and the policies, or the claims that were proved.
//
// What is decided is what a plugin does that keeps to NetworkPolicies: after a
// Service's address was resolved to a pod's, and without what a node sends to
// its own pods (probes), which no policy stops.
package network

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Question is whether a packet may go.
type Question struct {
	From, To Place
	Port     int
	Protocol corev1.Protocol
}

// Verdict tells what each end says. The packet gets there if both agree.
type Verdict struct{ Leaves, Enters bool }

func (v Verdict) String() string {
	switch {
	case v.Leaves && v.Enters:
		return "yes"
	case v.Leaves:
		return "enters no"
	case v.Enters:
		return "leaves no"
	}
	return "leaves no, enters no"
}

// Decider answers questions from policies.
type Decider interface{ Decide(Question) Verdict }

var protocols = []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}

// Check puts every question to both deciders. The error lists all that differs
// from the graph, by the policies at fault.
func Check(env *Environment, graph Graph, library Decider) (Tally, error) {
	tally := Tally{Public: env.public()}
	report := report{own: Evaluator{env}}
	report.lines = slices.Concat(env.unsound(), graph.unsound(env))
	ports := env.ports(graph)
	for _, pair := range env.pairs() {
		tally.Pairs++
		for _, protocol := range protocols {
			for _, port := range ports {
				q := Question{pair[0], pair[1], port, protocol}
				got := report.own.Decide(q)
				report.note(q, got, library.Decide(q), graph.says(env, q))
				tally.note(env, q, got)
			}
		}
	}
	return tally, report.err()
}
