package network

import (
	_ "embed"
	"errors"
	"strings"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	networkingv1 "k8s.io/api/networking/v1"
)

// Library decides with the matcher of cyclonus, the conformance tester of
// network plugins: what it says is held against real plugins. From it comes the
// policy-assistant of kubernetes-sigs/network-policy-api.
type Library struct {
	policy     *matcher.Policy
	namespaces map[string]map[string]string
}

// NewLibrary gives the library the policies of an environment.
func NewLibrary(env *Environment) Library {
	var all []*networkingv1.NetworkPolicy
	for i := range env.Policies {
		all = append(all, &env.Policies[i])
	}
	return Library{matcher.BuildNetworkPolicies(false, all), env.Namespaces}
}

// Decide answers a question.
func (l Library) Decide(q Question) Verdict {
	answer := l.policy.IsTrafficAllowed(&matcher.Traffic{
		Source: l.peer(q.From), Destination: l.peer(q.To),
		ResolvedPort: q.Port, ResolvedPortName: q.portName(), Protocol: q.Protocol,
	})
	return Verdict{Leaves: answer.Egress.IsAllowed(), Enters: answer.Ingress.IsAllowed()}
}

func (l Library) peer(p Place) *matcher.TrafficPeer {
	peer := &matcher.TrafficPeer{IP: p.IP.String()}
	if p.inCluster() {
		peer.Internal = &matcher.InternalPeer{PodLabels: p.Labels, Namespace: p.Namespace, NamespaceLabels: l.namespaces[p.Namespace]}
	}
	return peer
}

// modules is what this module requires: a test's binary does not know it.
//
//go:embed go.mod
var modules string

// LibraryVersion is the library's name and version, as required.
func LibraryVersion() (string, error) {
	for line := range strings.Lines(modules) {
		fields := strings.Fields(line)
		if len(fields) > 1 && fields[0] == "github.com/mattfenwick/cyclonus" {
			return "cyclonus " + fields[1], nil
		}
	}
	return "", errors.New("go.mod does not require cyclonus")
}
