package network

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// small is a cluster of four pods and an address, under one policy.
func small(t *testing.T, spec string) *Environment {
	t.Helper()
	env := &Environment{Name: "small", Home: "a", Actions: "b", Namespaces: map[string]map[string]string{}}
	env.namespace("a", map[string]string{"team": "one"})
	env.namespace("b", map[string]string{"team": "two"})
	var p networkingv1.NetworkPolicy
	if err := strictly([]byte("metadata: {name: p, namespace: a}\nspec: "+spec), &p); err != nil {
		t.Fatal(err)
	}
	fill(&p)
	env.Policies = append(env.Policies, p)
	env.Places = []Place{
		{Name: "web", Namespace: "a", Labels: map[string]string{"app": "web"}, IP: netip.MustParseAddr("10.0.0.1"),
			Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "dns", ContainerPort: 53, Protocol: corev1.ProtocolUDP}}},
		{Name: "db", Namespace: "a", Labels: map[string]string{"app": "db", "tier": "data"}, IP: netip.MustParseAddr("10.0.0.2"),
			Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8081}}},
		{Name: "far", Namespace: "b", Labels: map[string]string{"app": "web"}, IP: netip.MustParseAddr("10.0.1.1")},
		{Name: "out", IP: netip.MustParseAddr("192.0.2.1")},
	}
	return env
}

// The meaning of NetworkPolicies, a field a case. Source: the comments of
// k8s.io/api/networking/v1. Each question is "from to port/protocol", with what
// becomes of it: "yes", or the ends that stop it.
func TestEvaluator(t *testing.T) {
	for _, tt := range []struct {
		name, spec string
		want       map[string]string
	}{
		{"no rules close both ways", `{podSelector: {}, policyTypes: [Ingress, Egress]}`, map[string]string{
			"web db 80/TCP": "leaves no, enters no", "far web 80/TCP": "enters no", "web out 80/UDP": "leaves no", "far out 80/TCP": "yes"}},
		{"types follow from rules", `{podSelector: {}, egress: [{}]}`, map[string]string{"web db 80/TCP": "enters no", "web out 80/TCP": "yes"}},
		{"ingress alone leaves the other way open", `{podSelector: {matchLabels: {app: web}}}`, map[string]string{"web db 80/TCP": "yes", "db web 80/TCP": "enters no"}},
		{"another namespace is not held", `{podSelector: {matchLabels: {app: web}}}`, map[string]string{"db far 80/TCP": "yes"}},
		{"an empty rule opens all", `{podSelector: {}, ingress: [{}]}`, map[string]string{"out web 1/SCTP": "yes"}},
		{"pods of the own namespace", `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`, map[string]string{
			"web db 80/TCP": "yes", "far db 80/TCP": "enters no", "out db 80/TCP": "enters no"}},
		{"all pods of the own namespace", `{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}`, map[string]string{
			"web db 80/TCP": "yes", "far db 80/TCP": "enters no"}},
		{"namespaces", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: two}}}]}]}`, map[string]string{
			"web db 80/TCP": "enters no", "far db 80/TCP": "yes"}},
		{"namespace by its name", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}]}]}`, map[string]string{
			"web db 80/TCP": "enters no", "far db 80/TCP": "yes"}},
		{"all namespaces, not outside", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}`, map[string]string{
			"web db 80/TCP": "yes", "far db 80/TCP": "yes", "out db 80/TCP": "enters no"}},
		{"both selectors of one peer", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: two}}, podSelector: {matchLabels: {app: db}}}]}]}`, map[string]string{
			"far web 80/TCP": "enters no", "db web 80/TCP": "enters no"}},
		{"either of two peers", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: two}}}, {podSelector: {matchLabels: {app: db}}}]}]}`, map[string]string{
			"far web 80/TCP": "yes", "db web 80/TCP": "yes"}},
		{"expressions", `{podSelector: {matchExpressions: [{key: app, operator: In, values: [db, x]}]}, ingress: [{from: [{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]}`, map[string]string{
			"web db 80/TCP": "yes", "out db 80/TCP": "enters no", "out web 80/TCP": "yes"}},
		{"expression that a key is there", `{podSelector: {matchExpressions: [{key: tier, operator: Exists}, {key: app, operator: NotIn, values: [web]}]}}`, map[string]string{
			"web db 80/TCP": "enters no", "db web 80/TCP": "yes"}},
		{"block", `{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 192.0.0.0/8, except: [192.0.2.0/24]}}]}, {to: [{ipBlock: {cidr: 10.0.1.0/24}}]}]}`, map[string]string{
			"web out 80/TCP": "leaves no", "web far 80/TCP": "yes"}},
		{"numbers", `{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 53, protocol: UDP}]}]}`, map[string]string{
			"out db 80/TCP": "yes", "out db 80/UDP": "enters no", "out db 53/UDP": "yes", "out db 53/TCP": "enters no", "out db 81/TCP": "enters no"}},
		{"range", `{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 82}]}]}`, map[string]string{
			"out db 79/TCP": "enters no", "out db 80/TCP": "yes", "out db 82/TCP": "yes", "out db 83/TCP": "enters no", "out db 81/UDP": "enters no"}},
		{"protocol alone", `{podSelector: {}, ingress: [{ports: [{protocol: UDP}]}]}`, map[string]string{
			"out db 1/UDP": "yes", "out db 1/TCP": "enters no"}},
		{"name, in", `{podSelector: {}, ingress: [{ports: [{port: http}, {port: dns, protocol: UDP}]}]}`, map[string]string{
			"out web 8080/TCP": "yes", "out web 8081/TCP": "enters no", "out db 8081/TCP": "yes", "out web 53/UDP": "yes", "out web 53/TCP": "enters no"}},
		{"name, out", `{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}`, map[string]string{
			"web db 8081/TCP": "yes", "web db 8080/TCP": "leaves no", "web out 8081/TCP": "leaves no"}},
		{"ports and peers of one rule", `{podSelector: {}, ingress: [{ports: [{port: 80}], from: [{podSelector: {}}]}, {ports: [{port: 81}]}]}`, map[string]string{
			"web db 80/TCP": "yes", "out db 80/TCP": "enters no", "out db 81/TCP": "yes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := small(t, tt.spec)
			for text, want := range tt.want {
				q := question(t, env, text)
				for name, decider := range map[string]Decider{"evaluator": Evaluator{env}, "library": NewLibrary(env)} {
					if got := decider.Decide(q).String(); got != want {
						t.Errorf("%s: the %s says %q, want %q", text, name, got, want)
					}
				}
			}
		})
	}
}

// A second policy can only open more.
func TestUnion(t *testing.T) {
	env := small(t, `{podSelector: {}, policyTypes: [Ingress, Egress]}`)
	env.Policies = append(env.Policies, small(t, `{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}`).Policies...)
	for text, want := range map[string]string{"out web 80/TCP": "yes", "out db 80/TCP": "enters no", "web out 80/TCP": "leaves no"} {
		if got := (Evaluator{env}).Decide(question(t, env, text)).String(); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// The library takes NotIn to need the key, which Kubernetes does not.
func TestNotInWithoutTheKey(t *testing.T) {
	env := small(t, `{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [data]}]}}`)
	if got := (Evaluator{env}).Decide(question(t, env, "db web 80/TCP")).String(); got != "enters no" {
		t.Errorf("%q", got)
	}
}

func question(t *testing.T, env *Environment, text string) Question {
	t.Helper()
	var from, to, protocol string
	var port int
	if _, err := fmt.Sscanf(text, "%s %s %d/%s", &from, &to, &port, &protocol); err != nil {
		t.Fatal(err)
	}
	q := Question{Port: port, Protocol: corev1.Protocol(protocol)}
	for _, p := range env.Places {
		if p.Name == from {
			q.From = p
		}
		if p.Name == to {
			q.To = p
		}
	}
	if q.From.Name == "" || q.To.Name == "" {
		t.Fatalf("no such places: %s", text)
	}
	return q
}

// Both deciders agree on policies that no one would write.
func TestRandomPolicies(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	open, asked := 0, 0
	for range 2000 {
		env := small(t, `{podSelector: {}}`)
		env.Policies = nil
		for i := range 1 + r.IntN(3) {
			env.Policies = append(env.Policies, randomPolicy(r, fmt.Sprint("p", i)))
		}
		library := NewLibrary(env)
		for range 20 {
			q := Question{env.Places[r.IntN(4)], env.Places[r.IntN(4)], []int{53, 80, 81, 8080, 8081}[r.IntN(5)], protocols[r.IntN(2)]}
			got, want := (Evaluator{env}).Decide(q), library.Decide(q)
			if got != want {
				t.Fatalf("seed %d: %s -> %s %d/%s: %+v, the library says %+v: %+v", seed, q.From.Name, q.To.Name, q.Port, q.Protocol, got, want, env.Policies)
			}
			asked++
			if got.Leaves && got.Enters {
				open++
			}
		}
	}
	if open < asked/10 || open > asked*9/10 {
		t.Errorf("%d of %d questions are open: the test is looking at nothing", open, asked)
	}
}

func randomPolicy(r *rand.Rand, name string) networkingv1.NetworkPolicy {
	p := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: []string{"a", "b"}[r.IntN(2)]}}
	p.Spec.PodSelector = randomSelector(r)
	for _, typ := range []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress} {
		if r.IntN(3) > 0 {
			p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, typ)
		}
	}
	for range r.IntN(3) {
		p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{Ports: randomPorts(r), From: randomPeers(r)})
	}
	for range r.IntN(3) {
		p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{Ports: randomPorts(r), To: randomPeers(r)})
	}
	fill(&p)
	return p
}

func randomSelector(r *rand.Rand) metav1.LabelSelector {
	key, value := []string{"app", "tier", "team"}[r.IntN(3)], []string{"web", "db", "data", "one"}[r.IntN(4)]
	switch r.IntN(5) {
	case 0:
		return metav1.LabelSelector{}
	case 1:
		return metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: metav1.LabelSelectorOpExists}}}
	case 2:
		return metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: metav1.LabelSelectorOpDoesNotExist}}}
	case 3:
		return metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: key, Operator: metav1.LabelSelectorOpIn, Values: []string{value, "x"}}}}
	}
	return metav1.LabelSelector{MatchLabels: map[string]string{key: value}}
}

func randomPorts(r *rand.Rand) []networkingv1.NetworkPolicyPort {
	var all []networkingv1.NetworkPolicyPort
	for range r.IntN(3) {
		p := networkingv1.NetworkPolicyPort{Protocol: &protocols[r.IntN(2)]}
		switch r.IntN(4) {
		case 0:
			name := intstr.FromString([]string{"http", "dns"}[r.IntN(2)])
			p.Port = &name
		case 1:
			from, to := intstr.FromInt32(53), int32(53+r.IntN(40))
			p.Port, p.EndPort = &from, &to
		case 2:
			number := intstr.FromInt32([]int32{53, 80, 8080}[r.IntN(3)])
			p.Port = &number
		}
		all = append(all, p)
	}
	return all
}

func randomPeers(r *rand.Rand) []networkingv1.NetworkPolicyPeer {
	var all []networkingv1.NetworkPolicyPeer
	for range r.IntN(3) {
		pods, namespaces := randomSelector(r), randomSelector(r)
		switch r.IntN(4) {
		case 0:
			all = append(all, networkingv1.NetworkPolicyPeer{PodSelector: &pods})
		case 1:
			all = append(all, networkingv1.NetworkPolicyPeer{NamespaceSelector: &namespaces})
		case 2:
			all = append(all, networkingv1.NetworkPolicyPeer{PodSelector: &pods, NamespaceSelector: &namespaces})
		case 3:
			block := &networkingv1.IPBlock{CIDR: []string{"0.0.0.0/0", "10.0.0.0/8", "192.0.2.0/24"}[r.IntN(3)]}
			if r.IntN(2) == 0 && block.CIDR != "192.0.2.0/24" {
				block.Except = []string{"10.0.0.0/24"}
			}
			all = append(all, networkingv1.NetworkPolicyPeer{IPBlock: block})
		}
	}
	return all
}
