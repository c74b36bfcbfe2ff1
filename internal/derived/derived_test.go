package derived

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

// of derives the values of the defaults after a change.
func of(t *testing.T, change func(*environment.Environment)) Values {
	t.Helper()
	env := environment.Base()
	if change != nil {
		change(&env)
	}
	v, err := New(&env)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNames(t *testing.T) {
	type names struct {
		ActionNamespace, DNS, APIHost, PublicURL, CertificateSecret, RedisHost, RedisFQDN string
	}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   names
	}{
		{"defaults", nil, names{
			"openwhisk-actions", "kube-dns.kube-system.svc.cluster.local", "nginx-internal.openwhisk.svc.cluster.local",
			"https://openwhisk.example.com", "nginx-tls", "redis", "redis.openwhisk.svc.cluster.local",
		}},
		{"all follow from something else", func(e *environment.Environment) {
			e.Namespace, e.Cluster.Domain, e.Cluster.Platform, e.Edge.Host, e.Edge.Port = "faas", "k8s.internal", "openshift", "f.example.com", 8443
			e.Edge.TLS.Existing = &environment.ExistingTLS{Secret: "edge"}
			e.Redis.External = &environment.RedisExternal{Host: "redis.example.com", Port: 6380}
		}, names{
			"faas-actions", "dns-default.openshift-dns.svc.k8s.internal", "nginx-internal.faas.svc.k8s.internal",
			"https://f.example.com:8443", "edge", "redis.example.com", "redis.example.com",
		}},
		{"all are given", func(e *environment.Environment) {
			e.Actions.Namespace, e.Cluster.DNS, e.Cluster.Platform = "functions", "10.96.0.10", "openshift"
		}, names{
			"functions", "10.96.0.10", "nginx-internal.openwhisk.svc.cluster.local",
			"https://openwhisk.example.com", "nginx-tls", "redis", "redis.openwhisk.svc.cluster.local",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := of(t, tt.change)
			got := names{v.ActionNamespace, v.DNS, v.APIHost, v.PublicURL, v.CertificateSecret, v.Endpoint("redis").Host, v.Endpoint("redis").FQDN}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The DNS Service of each platform that the schema knows.
func TestDNSOfPlatforms(t *testing.T) {
	for platform, want := range map[string]string{
		"generic": "kube-dns.kube-system.svc.cluster.local", "kind": "kube-dns.kube-system.svc.cluster.local",
		"k3s": "kube-dns.kube-system.svc.cluster.local", "eks": "kube-dns.kube-system.svc.cluster.local",
		"gke": "kube-dns.kube-system.svc.cluster.local", "aks": "kube-dns.kube-system.svc.cluster.local",
		"openshift": "dns-default.openshift-dns.svc.cluster.local",
	} {
		if got := of(t, func(e *environment.Environment) { e.Cluster.Platform = platform }).DNS; got != want {
			t.Errorf("%s: %s, want %s", platform, got, want)
		}
	}
}

func TestCouchDB(t *testing.T) {
	v := of(t, nil)
	want := map[string]string{"subjects": "openwhisk_subjects", "whisks": "openwhisk_whisks", "activations": "openwhisk_activations"}
	if diff := cmp.Diff(want, v.CouchDB.Databases); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := of(t, func(e *environment.Environment) { e.CouchDB.Prefix = "ci_" })
	want = map[string]string{"subjects": "ci_subjects", "whisks": "ci_whisks", "activations": "ci_activations"}
	if diff := cmp.Diff(want, other.CouchDB.Databases); diff != "" {
		t.Errorf("with a prefix (-want +got):\n%s", diff)
	}
	if v.CouchDB.InitHash == "" || v.CouchDB.InitHash == other.CouchDB.InitHash {
		t.Errorf("the set-ups of two prefixes leave behind %q and %q", v.CouchDB.InitHash, other.CouchDB.InitHash)
	}
}

func TestUserMemory(t *testing.T) {
	pool := func(memory string) func(*environment.Environment) {
		return func(e *environment.Environment) {
			e.Cluster.Nodes["invoker"] = environment.NodePool{Count: 2, CPU: "8", Memory: memory, Zones: 1, Pods: 1000}
		}
	}
	// A node of 64Gi for few pods, whose smallest action has so many MiB.
	few := func(pods, system, least int, platform string) func(*environment.Environment) {
		return func(e *environment.Environment) {
			e.Cluster.Platform = platform
			e.Cluster.Nodes["invoker"] = environment.NodePool{Count: 2, CPU: "8", Memory: "64Gi", Zones: 1, Pods: pods, SystemPods: system}
			e.Limits.Memory.Min = fmt.Sprintf("%dMi", least)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   int64 // MiB
	}{
		// The node less reserve (1Gi) and the invoker's limit (1280Mi).
		{"32Gi", pool("32Gi"), 32*1024 - 1024 - 1280},
		{"7Gi", pool("7Gi"), 7*1024 - 1024 - 1280},
		{"decimal units round down", pool("8G"), 8_000_000_000/(1<<20) - 1024 - 1280},
		{"nothing left", pool("2Gi"), 0},
		{"just enough", pool("2305Mi"), 1},
		{"given", func(e *environment.Environment) { e.Invoker.UserMemory = "10Gi" }, 10240},
		{"given in MiB, rounded down", func(e *environment.Environment) { e.Invoker.UserMemory = "1000000000" }, 953},
		{"reserve and limit", func(e *environment.Environment) {
			pool("32Gi")(e)
			e.Invoker.Reserve, e.Invoker.Resources.Limits.Memory = "2Gi", "3Gi"
		}, 27 * 1024},
		{"in the core pool without one of their own", func(e *environment.Environment) {
			delete(e.Cluster.Nodes, "invoker")
			e.Cluster.Nodes["core"] = environment.NodePool{Count: 1, CPU: "8", Memory: "16Gi", Zones: 1, Pods: 1000}
		}, 16*1024 - 1024 - 1280},
		{"no pools", func(e *environment.Environment) { e.Cluster.Nodes = nil }, 0},
		{"the kubelet's own number of pods", few(0, 10, 128, "generic"), (110 - 10 - 1) * 128},
		{"that of a platform", few(0, 10, 128, "openshift"), (250 - 10 - 1) * 128},
		{"few pods", few(58, 10, 128, "eks"), 47 * 128},
		{"few pods and larger actions", few(58, 10, 256, "eks"), 47 * 256},
		{"as much as there is memory", few(58, 10, 1343, "eks"), 47 * 1343},
		{"no more than there is memory", few(58, 10, 1350, "eks"), 64*1024 - 1024 - 1280},
		{"one pod", few(12, 10, 128, "eks"), 128},
		{"no pod", few(11, 10, 128, "eks"), 0},
		{"less than no pod", few(5, 10, 128, "eks"), 0},
		{"actions of no size", few(58, 10, 0, "eks"), 47},
		{"by a rule", func(e *environment.Environment) {
			e.Cluster.Nodes["gpu"] = environment.NodePool{Count: 1, CPU: "8", Memory: "64Gi", Zones: 1, Pods: 1000}
			e.Placement.Rules = map[string]environment.PlacementRule{"invoker": {Pool: "gpu"}}
		}, 64*1024 - 1024 - 1280},
	} {
		if got := of(t, tt.change).UserMemory; got != tt.want {
			t.Errorf("%s: %d MiB, want %d", tt.name, got, tt.want)
		}
	}
}

func TestMaxActionMillicpus(t *testing.T) {
	for _, tt := range []struct {
		per  int
		most string
		want int64
	}{{0, "512Mi", 0}, {100, "512Mi", 200}, {250, "1Gi", 1000}, {100, "384Mi", 150}} {
		v := of(t, func(e *environment.Environment) { e.Actions.CPUPer256Mi, e.Limits.Memory.Max = tt.per, tt.most })
		if v.MaxActionMillicpus != tt.want {
			t.Errorf("%d for 256Mi, %s: %d, want %d", tt.per, tt.most, v.MaxActionMillicpus, tt.want)
		}
	}
}

func TestComponents(t *testing.T) {
	all := []string{"apigateway", "configmap-cleanup", "controller", "couchdb", "couchdb-cleanup", "couchdb-init", "invoker", "kafka", "kafka-topics", "nginx", "redis", "smoke-test"}
	without := func(names ...string) []string {
		gone := map[string]bool{}
		for _, n := range names {
			gone[n] = true
		}
		var rest []string
		for _, c := range all {
			if !gone[c] {
				rest = append(rest, c)
			}
		}
		return rest
	}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   []string
	}{
		{"defaults", nil, all},
		{"no gateway", func(e *environment.Environment) { e.APIGateway.Enabled = false }, without("apigateway", "redis")},
		{"external redis", func(e *environment.Environment) { e.Redis.External = &environment.RedisExternal{} }, without("redis")},
		{"external couchdb", func(e *environment.Environment) { e.CouchDB.External = &environment.CouchDBExternal{} }, without("couchdb")},
		{"no init", func(e *environment.Environment) { e.CouchDB.Init = false }, without("couchdb-init")},
		{"no gitops", func(e *environment.Environment) { e.GitOps.Flux = nil }, without("configmap-cleanup")},
		{"no smoke test", func(e *environment.Environment) { e.Admin.SmokeTest = false }, without("smoke-test")},
		{"external kafka", func(e *environment.Environment) {
			e.Kafka.External, e.Kafka.Mode = &environment.KafkaExternal{Brokers: 3}, "separate"
		}, without("kafka")},
		{"a quorum of its own", func(e *environment.Environment) { e.Kafka.Mode = "separate" },
			[]string{"apigateway", "configmap-cleanup", "controller", "couchdb", "couchdb-cleanup", "couchdb-init", "invoker", "kafka", "kafka-controller", "kafka-topics", "nginx", "redis", "smoke-test"}},
	} {
		v := of(t, tt.change)
		if diff := cmp.Diff(tt.want, v.Components()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	v := of(t, nil)
	if v.Has("nothing") {
		t.Error("a component that is none runs")
	}
}

func TestReplicas(t *testing.T) {
	v := of(t, func(e *environment.Environment) {
		e.Edge.Replicas, e.APIGateway.Replicas, e.Kafka.Replicas, e.Kafka.Controllers, e.Controller.Replicas, e.Invoker.Replicas = 2, 3, 4, 5, 6, 7
	})
	for component, want := range map[string]int{
		"nginx": 2, "apigateway": 3, "kafka": 4, "kafka-controller": 5, "controller": 6, "invoker": 7, "couchdb": 1, "redis": 1, "couchdb-init": 1,
	} {
		if got := v.Replicas(component); got != want {
			t.Errorf("%s: %d, want %d", component, got, want)
		}
	}
}

// A DaemonSet has an invoker on each node, numbered by a ZooKeeper.
func TestDaemonSet(t *testing.T) {
	v := of(t, func(e *environment.Environment) {
		e.Invoker.Kind, e.Invoker.ZooKeeper = "DaemonSet", []string{"zk-0:2181", "zk-1:2182"}
		e.Cluster.Nodes["invoker"] = environment.NodePool{Count: 9, CPU: "8", Memory: "32Gi", Zones: 1}
	})
	if got := v.Replicas("invoker"); got != 9 {
		t.Errorf("%d invokers, want 9", got)
	}
	if v.ZooKeeper != "zk-0:2181,zk-1:2182" {
		t.Errorf("ZooKeeper %q", v.ZooKeeper)
	}
	topics := 0
	for _, topic := range v.Topics {
		if topic.Kind == "invoker" {
			topics++
		}
	}
	if topics != 9 {
		t.Errorf("%d topics of invokers, want 9", topics)
	}
	if v := of(t, func(e *environment.Environment) { e.Invoker.ZooKeeper = []string{"zk-0:2181"} }); v.ZooKeeper != "" {
		t.Errorf("a StatefulSet has the ZooKeeper %q, which would number its pods otherwise", v.ZooKeeper)
	}
}
