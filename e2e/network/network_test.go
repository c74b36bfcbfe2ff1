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
	var all []*Environment
	for _, name := range names {
		env, err := Load(goldenFolder, name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, env)
	}
	if len(all) == 0 {
		t.Fatal("golden is empty")
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

// Places that a claim is about must be there, or it is about nothing.
func TestPlaces(t *testing.T) {
	for _, env := range environments(t) {
		var components []string
		roles := map[string]int{}
		for _, p := range env.Places {
			if p.Genuine {
				components = append(components, p.Name)
			}
			for _, role := range p.Roles {
				roles[role]++
			}
		}
		slices.Sort(components)
		want := strings.Split("action pod,controller,couchdb,couchdb-init,invoker,kafka,kafka-topics,nginx,smoke-test", ",")
		if env.Name == "ci" {
			want = append(want, "apigateway", "redis")
		}
		if env.Name != "development" { // where records are kept for ever
			want = append(want, "couchdb-cleanup")
		}
		if env.Name == "production" { // which Flux brings
			want = append(want, "configmap-cleanup", "kafka-exporter")
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, components); diff != "" {
			t.Errorf("%s: components (-want +got):\n%s", env.Name, diff)
		}
		maps.DeleteFunc(roles, func(role string, _ int) bool { return slices.Contains(want, role) || role == "action" })
		there := map[string]int{"installed": len(want), "dns": 1, "internet": 12, "private": 9, "link-local": 2}
		if env.Name == "production" { // whose metrics are read
			there["reader"] = 1
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
	got, err := ParseGraph("# none\n\na -> b: 1 2/UDP # why\nc -> d: all\n")
	want := Graph{{"a", "b", []Port{{1, "TCP"}, {2, "UDP"}}}, {From: "c", To: "d"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, line := range []string{"a b: 1", "a -> b", "a -> b:", "-> b: 1", "a -> b: x", "a -> b: 1/XYZ", "a -> b: 70000", "a -> b: all 1"} {
		if g, err := ParseGraph(line); err == nil {
			t.Errorf("%q is read as %v", line, g)
		}
	}
}

// What the environment's Parse refuses.
func TestParse(t *testing.T) {
	files, err := Files(goldenFolder, "ci")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, from, to, want string }{
		{"a misspelt field", "networkpolicy-kafka.yaml", "policyTypes:", "policytypes:", `ci/networkpolicy-kafka.yaml: unknown field "spec.policytypes"`},
		{"the node's network", "deployment-nginx.yaml", "      affinity:", "      hostNetwork: true\n      affinity:", "nginx is on its node's network"},
		{"no namespace of actions", "namespace-openwhisk-actions.yaml", "component: actions", "component: others", "no namespace of action pods"},
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
