package network

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const goldenFolder = "../../golden"

func graph(t *testing.T) Graph {
	t.Helper()
	g, err := ReadGraph("testdata/graph.txt")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func environments(t *testing.T) []*Environment {
	t.Helper()
	names, err := Names(goldenFolder)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("golden is empty")
	}
	var all []*Environment
	for _, name := range append(names, "own", "outside") {
		all = append(all, parsed(t, name, files(t, name)))
	}
	return all
}

func TestPolicies(t *testing.T) {
	for _, env := range environments(t) {
		t.Run(env.Name, func(t *testing.T) {
			t.Parallel()
			if err := Prove(env, graph(t), os.Getenv("E2E_REPORT"), func(line string) { t.Log(line) }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// An edge whose ends are nowhere is misspelt, and opens nothing that is checked.
func TestEveryEdgeIsUsed(t *testing.T) {
	all := environments(t)
	for _, e := range graph(t) {
		if !slices.ContainsFunc(all, e.present) {
			t.Errorf("%s -> %s is in no environment", e.From, e.To)
		}
	}
}

// components of each environment, and its action pods, by name.
var components = map[string]string{
	"development": "action pod,action pod of whisk.system,controller,couchdb,couchdb-init,invoker,kafka,kafka-topics,nginx,smoke-test",
	"ci": "action pod,action pod of whisk.system,apigateway,controller,couchdb,couchdb-cleanup,couchdb-init,invoker,kafka," +
		"kafka-topics,nginx,redis,smoke-test",
	"production": "action pod,action pod of whisk.system,configmap-cleanup,controller,couchdb,couchdb-cleanup,couchdb-init," +
		"invoker,kafka,kafka-exporter,kafka-topics,nginx,smoke-test",
	"own": "action pod,action pod of whisk.system,alarmprovider,apigateway,configmap-cleanup,controller,couchdb,couchdb-backup," +
		"couchdb-cleanup,couchdb-cluster,couchdb-init,couchdb-restore,invoker,kafka,kafka-controller,kafka-exporter," +
		"kafka-topics,kafkaprovider,load,nginx,package-installer,pre-pull,redis,redis-exporter,smoke-test,tenants-sync,user-events",
	"outside": "action pod,action pod of whisk.system,alarmprovider,apigateway,controller,couchdb-backup,couchdb-cleanup," +
		"couchdb-restore,invoker,kafka-exporter,kafkaprovider,load,nginx,package-installer,pre-pull,redis-exporter,tenants-sync",
}

// Places that a claim is about must be there, or it is about nothing.
func TestPlaces(t *testing.T) {
	for _, env := range environments(t) {
		var genuine []string
		roles := map[string]int{}
		for _, p := range env.Places {
			if p.Genuine {
				genuine = append(genuine, p.Name)
			}
			for _, role := range p.Roles {
				roles[role]++
			}
		}
		slices.Sort(genuine)
		want := strings.Split(components[env.Name], ",")
		if diff := cmp.Diff(want, genuine); diff != "" {
			t.Errorf("%s: components (-want +got):\n%s", env.Name, diff)
		}
		maps.DeleteFunc(roles, func(role string, _ int) bool { return slices.Contains(want, role) })
		there := map[string]int{
			"installed": len(want), "action": 2, "user-action": 1, "system-action": 1,
			"dns": 1, "internet": 12, "private": 9, "link-local": 2,
		}
		if env.Read != (env.Name != "ci" && env.Name != "development") || env.Fronted != (env.Name == "outside") {
			t.Errorf("%s: its metrics are read: %v, and another ends TLS: %v", env.Name, env.Read, env.Fronted)
		}
		if env.Read {
			there["reader"] = 1
		}
		if env.Name == "own" || env.Name == "outside" {
			there["agents"], there["proxy"], there["logs"], there["internet"] = 2, 3, 1, 12+7
		}
		if env.Name == "own" {
			there["api"], there["private"] = 1, 9+3
		}
		if diff := cmp.Diff(there, roles); diff != "" {
			t.Errorf("%s: roles (-want +got):\n%s", env.Name, diff)
		}
		ips := map[string]string{}
		for _, p := range env.Places {
			if other, taken := ips[p.IP.String()]; taken {
				t.Errorf("%s: %s and %s have one address", env.Name, other, p.Name)
			}
			ips[p.IP.String()] = p.Name
		}
	}
}

func TestParseGraph(t *testing.T) {
	got, err := ParseGraph("# none\n\na -> b: 1 2/UDP # why\nc -> d: all\n[x y] # these\ne -> f: all\n")
	want := Graph{{From: "a", To: "b", Ports: []Port{{1, "TCP"}, {2, "UDP"}}}, {From: "c", To: "d"}, {From: "e", To: "f", In: []string{"x", "y"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, line := range []string{"a b: 1", "a -> b", "a -> b:", "-> b: 1", "a -> b: x", "a -> b: 1/XYZ", "a -> b: 70000", "a -> b: all 1", "[]", "[x", "x]"} {
		if g, err := ParseGraph(line); err == nil {
			t.Errorf("%q is read as %v", line, g)
		}
	}
}

// What the environment's Parse refuses.
func TestParse(t *testing.T) {
	files := files(t, "ci")
	for _, tt := range []struct{ name, file, from, to, want string }{
		{"a misspelt field", "networkpolicy-kafka.yaml", "policyTypes:", "policytypes:", `ci/networkpolicy-kafka.yaml: unknown field "spec.policytypes"`},
		{"the node's network", "deployment-nginx.yaml", "      affinity:", "      hostNetwork: true\n      affinity:", "nginx is on its node's network"},
		{"no namespace of actions", "configmap-invoker-env", "CONFIG_whisk_kubernetes_actionNamespace", "CONFIG_whisk_kubernetes_namespace", "no namespace of action pods"},
		{"no template of action pods", "configmap-action-pod.yaml", "name: action-pod-", "name: pod-", "no template of action pods"},
		{"a component elsewhere", "statefulset-redis.yaml", "namespace: openwhisk", "namespace: redis", `redis is in namespace "redis", not in "openwhisk"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("ci", changed(t, files, tt.file, tt.from, tt.to))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// changed replaces the last occurrence of from in the file whose name begins so.
func changed(t *testing.T, files map[string]string, file, from, to string) map[string]string {
	t.Helper()
	all := maps.Clone(files)
	for name, text := range files {
		if !strings.HasPrefix(name, file) {
			continue
		}
		at := strings.LastIndex(text, from)
		if at < 0 {
			t.Fatalf("%s has no %q", name, from)
		}
		all[name] = text[:at] + to + text[at+len(from):]
		return all
	}
	t.Fatalf("there is no %s", file)
	return nil
}
