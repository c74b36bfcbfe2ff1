package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/generators/networkpolicies"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// The cluster's DNS is allowed as what a plugin sees: the pods behind the Service,
// and the address where that is all that is known.
func TestDNSPeers(t *testing.T) {
	cache := networkpolicies.Peer{CIDR: "169.254.0.0/16"}
	for _, c := range []struct {
		platform, dns string
		want          []networkpolicies.Peer
	}{
		{"generic", "", []networkpolicies.Peer{cache, {Namespace: "kube-system"}}},
		{"openshift", "", []networkpolicies.Peer{cache, {Namespace: "openshift-dns"}}},
		{"generic", "coredns.dns.svc.cluster.local", []networkpolicies.Peer{cache, {Namespace: "dns"}}},
		{"generic", "10.96.0.10", []networkpolicies.Peer{cache, {CIDR: "10.96.0.10/32"}, {Namespace: "kube-system"}}},
		{"openshift", "172.30.0.10", []networkpolicies.Peer{cache, {CIDR: "172.30.0.10/32"}, {Namespace: "openshift-dns"}}},
		{"generic", "dns", []networkpolicies.Peer{cache}},
	} {
		env := environment.Base()
		env.Cluster.Platform, env.Cluster.DNS = c.platform, c.dns
		v, err := derived.New(&env)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, (&planner{Values: v}).dns().Peers); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", c.platform, c.dns, diff)
		}
	}
}

// The API server's ports are the platform's, but for those that are written.
func TestAPIPorts(t *testing.T) {
	for name, c := range map[string]struct {
		cluster string
		want    []int
	}{
		"most":             {`platform: "eks"`, []int{443, 6443}},
		"a platform's":     {`platform: "microk8s"`, []int{16443}},
		"another's":        {`platform: "minikube"`, []int{8443}},
		"what is written":  {`{platform: "microk8s", apiServer: ports: [6443]}`, []int{6443}},
		"none is all":      {`{platform: "minikube", apiServer: ports: []}`, nil},
		"the same, stated": {`{platform: "microk8s", apiServer: ports: [443, 6443]}`, []int{443, 6443}},
	} {
		envs, findings, err := environment.LoadBytes("environments", map[string][]byte{
			"e.cue": []byte("package environments\ne: {cluster: " + c.cluster + "\nedge: host: \"a.example.com\"}\n"),
		})
		if err != nil || len(findings) > 0 {
			t.Fatal(err, findings)
		}
		v, err := derived.New(&envs[0])
		if err != nil {
			t.Fatal(err)
		}
		got := (&planner{Values: v}).apiServer().Ports
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Action pods go to nodes that their images were built for, where that is known and
// pods are placed at all.
func TestActionArchitecture(t *testing.T) {
	const selector = "nodeSelector:\n    kubernetes.io/arch: amd64\n"
	for name, c := range map[string]struct {
		change func(*environment.Environment)
		want   bool
	}{
		"OpenWhisk's own": {func(*environment.Environment) {}, true},
		"a mirror":        {func(e *environment.Environment) { e.Mirror = "registry.example.com" }, true},
		"built anew":      {func(e *environment.Environment) { e.Runtimes.Registry = "registry.example.com" }, false},
		"not placed":      {func(e *environment.Environment) { e.Placement.Enabled = false }, false},
	} {
		env := environment.Base()
		c.change(&env)
		v, err := derived.New(&env)
		if err != nil {
			t.Fatal(err)
		}
		text, err := (&planner{Values: v}).actionPod()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(text, selector); got != c.want {
			t.Errorf("%s: a selector %v, want %v:\n%s", name, got, c.want, text)
		}
	}
}
