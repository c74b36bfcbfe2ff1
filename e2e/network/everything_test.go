package network

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
)

// everything are the files of the two environments that have all that one can have
// together, by the environments' names.
var everything = sync.OnceValues(func() (map[string]map[string]string, error) {
	dir, err := os.MkdirTemp("", "network")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, os.DirFS("../../internal/render/testdata/everything")); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "-C", "../..", "run", "-tags", "kustomize_disable_go_plugin_support", "./cmd/whiskops", "generate", "--no-cache", "-C", dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("whiskops generate: %w\n%s", err, out)
	}
	all := map[string]map[string]string{}
	for _, name := range []string{"own", "outside"} {
		if all[name], err = Files(filepath.Join(dir, "golden"), name); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// files are those of an environment of golden/, or of one that has everything.
func files(t *testing.T, name string) map[string]string {
	t.Helper()
	all, err := everything()
	if err != nil {
		t.Fatal(err)
	}
	if some, ok := all[name]; ok {
		return some
	}
	some, err := Files(goldenFolder, name)
	if err != nil {
		t.Fatal(err)
	}
	return some
}

// parsed is an environment, among what its file speaks of.
func parsed(t *testing.T, name string, files map[string]string) *Environment {
	t.Helper()
	env, err := Parse(name, files)
	if err != nil {
		t.Fatal(err)
	}
	switch name {
	case "own":
		env.speaksOf()
		env.outside([]string{"api", "private"}, "172.20.0.1")
		env.outside([]string{"private"}, "172.20.0.0", "172.20.0.2")
	case "outside":
		env.speaksOf()
	}
	return env
}

// speaksOf adds places at both sides of the borders of what both say: what added
// containers call, the proxies, who collects logs, and who is beside the reader.
func (e *Environment) speaksOf() {
	e.outside([]string{"agents"}, "198.51.100.0", "198.51.100.255")
	e.outside([]string{"internet", "proxy"}, "192.0.2.64", "192.0.2.77", "192.0.2.95")
	e.outside([]string{"internet"}, "198.51.99.255", "198.51.101.0", "192.0.2.63", "192.0.2.96")
	e.namespace("logs", nil)
	e.Places = append(e.Places,
		Place{Name: "collector of logs", Roles: []string{"logs"}, Namespace: "logs", IP: podIP(0, 4)},
		Place{Name: "pod beside the reader", Namespace: "monitoring", Labels: map[string]string{"app": "x"}, IP: podIP(0, 5)})
}

func (e *Environment) outside(roles []string, addresses ...string) {
	for _, a := range addresses {
		e.Places = append(e.Places, Place{Name: "address " + a, Roles: roles, IP: netip.MustParseAddr(a)})
	}
}

// between is the environment with the ends of an edge alone, places by role or name.
func (e *Environment) between(edge Edge) *Environment {
	less := *e
	less.Places = slices.DeleteFunc(slices.Clone(e.Places), func(p Place) bool {
		end := func(of string) bool { return p.is(of) || p.Name == of }
		return !end(edge.From) && !end(edge.To) && p.Name != "stranger"
	})
	less.Policies = slices.DeleteFunc(slices.Clone(e.Policies), func(n networkingv1.NetworkPolicy) bool {
		return !slices.ContainsFunc(less.Places, func(p Place) bool { return p.Genuine && holds(n, p) })
	})
	return &less
}

// A fault in what an example does not have is found between the ends that it is at.
func TestMutationsOfEverything(t *testing.T) {
	for _, tt := range []struct {
		name, env      string
		at             Edge
		file, from, to string
		want           []string
	}{
		{"feeds opened to users' code", "own", Edge{From: "action", To: "alarmprovider"}, "networkpolicy-alarmprovider.yaml", "          openwhisk/namespace: whisk.system\n", "", []string{
			"may enter, and the graph does not have it: action pod -> alarmprovider 8081/TCP (by policy openwhisk/alarmprovider)"}},
		{"management closed", "own", Edge{From: "action", To: "apigateway"}, "networkpolicy-apigateway.yaml", "port: 9000", "port: 9001", []string{
			"may not enter, and the graph needs it: action pod of whisk.system -> apigateway 9000/TCP (policies that hold apigateway:"}},
		{"brokers' own port opened to a client", "own", Edge{From: "user-events", To: "kafka"}, "networkpolicy-kafka.yaml", "      protocol: TCP\n  podSelector", "      protocol: TCP\n    - port: 9094\n  podSelector", []string{
			"may enter, and the graph does not have it: user-events -> kafka 9094/TCP (by policy openwhisk/kafka)"}},
		{"brokers' own port closed", "own", Edge{From: "kafka", To: "kafka-controller"}, "networkpolicy-kafka.yaml", "    - port: 9094\n", "    - port: 9095\n", []string{
			"may not enter, and the graph needs it: kafka -> another kafka 9094/TCP (policies that hold another kafka:"}},
		{"the range of the API server", "own", Edge{From: "load", To: "private"}, "networkpolicy-load.yaml", "172.20.0.1/32", "172.20.0.0/31", []string{
			"may leave, and the graph does not have it: load -> address 172.20.0.0 443/TCP (by policy openwhisk/load)"}},
		{"metrics opened to all beside the reader", "outside", Edge{From: "pod beside the reader", To: "redis-exporter"}, "networkpolicy-redis-exporter.yaml", "      podSelector:\n        matchLabels:\n          app.kubernetes.io/name: prometheus\n", "", []string{
			"may enter, and the graph does not have it: pod beside the reader -> redis-exporter 9121/TCP (by policy whisk/redis-exporter)"}},
		{"a database outside closed", "outside", Edge{From: "couchdb-restore", To: "private"}, "networkpolicy-couchdb-restore.yaml", "port: 6984", "port: 5984", []string{
			"may not leave, and the graph needs it: couchdb-restore ->", "6984/TCP", "(policies that hold couchdb-restore: whisk/couchdb-restore, whisk/default-deny)"}},
		{"collectors shut out", "outside", Edge{From: "logs", To: "nginx"}, "networkpolicy-nginx.yaml", "kubernetes.io/metadata.name: logs", "kubernetes.io/metadata.name: log", []string{
			"may not enter, and the graph needs it: collector of logs -> nginx 9102/TCP (policies that hold nginx:"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := parsed(t, tt.env, changed(t, files(t, tt.env), tt.file, tt.from, tt.to))
			found(t, env.between(tt.at), tt.want)
		})
	}
}
