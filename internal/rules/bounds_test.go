package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// decision is a number at which a rule changes its mind.
type decision struct {
	code string
	// of what, in words.
	of string
	at int
	// found tells for the number below, at and above: "--x" is a rule that finds
	// what is above the bound.
	found string
	set   func(e *environment.Environment, n int)
}

// anywhere is a source in which every field is written.
type anywhere struct{}

func (anywhere) Position(string) finding.Position {
	return finding.Position{File: "e.cue", Line: 1, Column: 1}
}

func (anywhere) Written(string) bool       { return true }
func (anywhere) Secrets() *finding.Secrets { return nil }

// pools are those of roomy.
func pools() map[string]environment.NodePool {
	return map[string]environment.NodePool{
		"core":    {Count: 6, CPU: "8", Memory: "32Gi", Zones: 3},
		"invoker": {Count: 6, CPU: "8", Memory: "32Gi", Pods: 250, Zones: 3},
	}
}

// change one pool.
func pool(e *environment.Environment, name string, change func(p *environment.NodePool)) {
	p := e.Cluster.Nodes[name]
	change(&p)
	e.Cluster.Nodes[name] = p
}

func mi(n int) string      { return fmt.Sprintf("%dMi", n) }
func bytes1(n int) string  { return fmt.Sprintf("%d", n) }
func seconds(n int) string { return fmt.Sprintf("%ds", n) }
func minutes(n int) string { return fmt.Sprintf("%dm", n) }
func millis(n int) string  { return fmt.Sprintf("%dm", n) }

type env = environment.Environment

func rule(component string, r environment.PlacementRule) map[string]environment.PlacementRule {
	return map[string]environment.PlacementRule{component: r}
}

// Every number that a rule compares with has the rule's answer one below it, at
// it and one above.
func TestBounds(t *testing.T) {
	base := environment.Base()
	for _, b := range append(decisions, moreDecisions...) {
		for i, want := range b.found {
			n := b.at + i - 1
			t.Run(fmt.Sprintf("%s/%s/%d", b.code, b.of, n), func(t *testing.T) {
				e := base
				e.Source, e.Edge.Host, e.Cluster.Nodes = anywhere{}, "functions.example.com", pools()
				b.set(&e, n)
				var codes []string
				found := false
				for _, f := range Check(valuesOf(t, []env{e})[0]) {
					codes = append(codes, f.Code)
					found = found || f.Code == b.code
				}
				if found != (want == 'x') {
					t.Errorf("%s is found: %v, want %v; found are %v", b.code, found, !found, codes)
				}
			})
		}
	}
}

var decisions = []decision{
	{"WO209", "kubernetes", 29, "x--", func(e *env, n int) { e.Cluster.Kubernetes = fmt.Sprintf("1.%d", n) }},

	{"WO211", "copies of 3 brokers", 3, "--x", func(e *env, n int) { e.Kafka.ReplicationFactor = n }},
	{"WO211", "brokers for 3 copies", 3, "x--", func(e *env, n int) { e.Kafka.Replicas, e.Kafka.ReplicationFactor = n, 3 }},
	{"WO212", "in sync of 3 copies", 3, "--x", func(e *env, n int) { e.Kafka.MinInSyncReplicas = n }},
	{"WO213", "in sync of 3 copies", 3, "-x-", func(e *env, n int) { e.Kafka.MinInSyncReplicas = n }},
	{"WO213", "copies that are all in sync", 2, "-xx", func(e *env, n int) { e.Kafka.ReplicationFactor, e.Kafka.MinInSyncReplicas = n, n }},
	{"WO214", "two voters", 2, "-x-", func(e *env, n int) { e.Kafka.Replicas = n }},
	{"WO214", "four voters", 4, "-x-", func(e *env, n int) { e.Kafka.Replicas = n }},
	{"WO214", "too many voters", 10, "---", func(e *env, n int) { e.Kafka.Replicas = n }},
	{"WO215", "voters", 9, "--x", func(e *env, n int) { e.Kafka.Replicas = n }},
	{"WO215", "voters of their own", 9, "--x", func(e *env, n int) { e.Kafka.Mode, e.Kafka.Controllers = "separate", n }},
	{"WO216", "controllers", 2, "x--", func(e *env, n int) { e.Controller.Replicas = n }},
	{"WO216", "brokers", 2, "xx-", func(e *env, n int) { e.Kafka.Mode, e.Kafka.Replicas = "separate", n }},
	{"WO216", "brokers that vote", 2, "x--", func(e *env, n int) { e.Kafka.Replicas = n }},
	{"WO217", "copies", 2, "x--", func(e *env, n int) { e.Kafka.ReplicationFactor = n }},
	{"WO217", "brokers with one copy", 3, "-xx", func(e *env, n int) { e.Kafka.Mode, e.Kafka.Replicas, e.Kafka.ReplicationFactor = "separate", n, 1 }},
	{"WO503", "voters with a volume each", 3, "-xx", func(e *env, n int) {
		e.Kafka.Replicas = n
		e.Placement.Rules = map[string]environment.PlacementRule{"kafka": {Zones: "soft"}}
	}},
	{"WO503", "zones", 3, "-xx", func(e *env, n int) {
		pool := e.Cluster.Nodes["core"]
		pool.Zones = n
		e.Cluster.Nodes["core"] = pool
		e.Placement.Rules = map[string]environment.PlacementRule{"kafka": {Zones: "soft"}}
	}},
	{"WO501", "fewest pods", 4, "--x", func(e *env, n int) { e.Edge.Autoscale = &environment.Autoscale{Min: n, Max: 4, CPU: 70} }},
	{"WO507", "letters for Flux", 48, "--x", func(e *env, n int) {
		e.Name, e.GitOps.Flux = strings.Repeat("e", n), &environment.Flux{Shape: "single", Git: &environment.FluxGit{}}
	}},
	{"WO507", "letters for Flux by tiers", 39, "--x", func(e *env, n int) {
		e.Name, e.GitOps.Flux = strings.Repeat("e", n), &environment.Flux{Shape: "tiers", Git: &environment.FluxGit{}}
	}},
	{"WO507", "letters for Argo CD", 53, "--x", func(e *env, n int) {
		e.Name, e.GitOps = strings.Repeat("e", n), environment.GitOps{ArgoCD: &environment.ArgoCD{}}
	}},
	{"WO219", "controllers", 2, "-x-", func(e *env, n int) { e.Controller.Clustering, e.Controller.Replicas = "kubernetes", n }},

	{"WO201", "brokers on 6 nodes", 6, "--x", func(e *env, n int) { e.Kafka.Replicas = n }},
	{"WO202", "components without a pool", 1, "-xx", func(e *env, n int) {
		e.Cluster.Nodes["db"] = e.Cluster.Nodes["core"]
		delete(e.Cluster.Nodes, "core")
		e.Placement.Rules = map[string]environment.PlacementRule{}
		for _, component := range []string{"apigateway", "controller", "couchdb", "couchdb-init", "kafka", "kafka-topics", "nginx", "redis"}[n:] {
			e.Placement.Rules[component] = environment.PlacementRule{Pool: "db"}
		}
	}},
	{"WO204", "zones", 2, "x--", func(e *env, n int) {
		e.Placement.Rules = rule("kafka", environment.PlacementRule{Zones: "hard"})
		pool(e, "core", func(p *environment.NodePool) { p.Zones = n })
	}},
	{"WO204", "controllers in one zone", 2, "-xx", func(e *env, n int) {
		e.Placement.Rules, e.Controller.Replicas = rule("controller", environment.PlacementRule{Zones: "hard"}), n
		pool(e, "core", func(p *environment.NodePool) { p.Zones = 1 })
	}},
	{"WO205", "zones of 3 voters", 2, "-x-", func(e *env, n int) {
		e.Placement.Rules = rule("kafka", environment.PlacementRule{Zones: "hard"})
		pool(e, "core", func(p *environment.NodePool) { p.Zones = n })
	}},
	{"WO205", "voters in 2 zones", 3, "-xx", func(e *env, n int) {
		e.Placement.Rules, e.Kafka.Replicas = rule("kafka", environment.PlacementRule{Zones: "hard"}), n
		pool(e, "core", func(p *environment.NodePool) { p.Zones = 2 })
	}},
	{"WO206", "pools", 2, "-xx", func(e *env, n int) {
		e.Placement.Enabled, e.Cluster.Nodes = false, map[string]environment.NodePool{}
		for i := range n {
			e.Cluster.Nodes[fmt.Sprint("pool", i)] = environment.NodePool{Count: 6, CPU: "16", Memory: "64Gi", Zones: 1}
		}
	}},
	{"WO207", "zones of 6 nodes", 6, "--x", func(e *env, n int) { pool(e, "core", func(p *environment.NodePool) { p.Zones = n }) }},
	{"WO210", "nodes", 2, "x--", func(e *env, n int) {
		e.Placement.Enabled, e.Cluster.Nodes = false, map[string]environment.NodePool{"core": {Count: n, CPU: "64", Memory: "640Gi", Zones: 1}}
	}},
	{"WO210", "pods on one node", 2, "-xx", func(e *env, n int) {
		e.Controller.Replicas, e.Invoker.Replicas, e.Kafka.Replicas, e.Edge.Replicas = n, 1, 1, 1
		e.Placement.Rules = rule("controller", environment.PlacementRule{Spread: "soft"})
		pool(e, "core", func(p *environment.NodePool) { p.Count, p.Zones = 1, 1 })
	}},

	// limits.payload is 1048576, and 6068 are around it.
	{"WO221", "a broker's messages", 1054644, "x--", func(e *env, n int) { e.Kafka.MessageMaxBytes = n }},
	// Seven topics with 1 GiB and a segment of half a GiB, and a tenth more.
	{"WO222", "a broker's disk", 7 * (3 << 29) * 11 / 10, "x--", func(e *env, n int) { e.Kafka.Volume.Size = bytes1(n) }},
	{"WO222", "a disk that can be meant", 64 << 20, "-xx", func(e *env, n int) { e.Kafka.Volume.Size = bytes1(n) }},
	{"WO222", "a disk of Kafka elsewhere", 64 << 20, "---", func(e *env, n int) {
		e.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"k:9092"}, Brokers: 3}
		e.Kafka.Volume.Size = bytes1(n)
	}},
	{"WO223", "a segment of activations", 1054644, "x--", func(e *env, n int) { retention(e, environment.Retention{SegmentBytes: n}) }},
	{"WO224", "what is kept in segments of 2 MB", 2_000_000, "x--", func(e *env, n int) {
		retention(e, environment.Retention{SegmentBytes: 2_000_000, Bytes: n})
	}},
	// limits.time.max is 5m.
	{"WO225", "how long activations are kept", 300_000, "x--", func(e *env, n int) { retention(e, environment.Retention{MS: n}) }},

	{"WO241", "shortest time", 300, "--x", func(e *env, n int) {
		e.Limits.Time = environment.StringRange{Min: seconds(n), Max: "300s", Std: "300s"}
	}},
	{"WO241", "standard time and the shortest", 60, "--x", func(e *env, n int) { e.Limits.Time.Min = seconds(n) }},
	{"WO241", "standard time and the longest", 60, "x--", func(e *env, n int) { e.Limits.Time.Max = seconds(n) }},
	{"WO241", "standard memory and the most", 256, "x--", func(e *env, n int) { e.Limits.Memory.Max = mi(n) }},
	{"WO241", "standard log size and the most", 10, "x--", func(e *env, n int) { e.Limits.Log.Max = mi(n) }},
	{"WO241", "least concurrency", 5, "--x", func(e *env, n int) {
		e.Limits.Concurrency = environment.IntRange{Min: n, Max: 5, Std: 5}
	}},
	{"WO241", "standard concurrency and the least", 5, "x--", func(e *env, n int) {
		e.Limits.Concurrency = environment.IntRange{Min: 5, Max: 9, Std: n}
	}},
	{"WO241", "standard concurrency and the most", 5, "--x", func(e *env, n int) {
		e.Limits.Concurrency = environment.IntRange{Min: 1, Max: 5, Std: n}
	}},
	{"WO242", "whole MiB", 512 << 20, "x-x", func(e *env, n int) { e.Limits.Memory.Max = bytes1(n) }},
	{"WO243", "a controller's drain", 300, "x--", func(e *env, n int) { e.Controller.Drain = seconds(n) }},
	{"WO243", "an invoker's drain", 300, "x--", func(e *env, n int) { e.Invoker.Drain = seconds(n) }},
	{"WO244", "most concurrency", 2, "-xx", func(e *env, n int) { e.Limits.Concurrency.Max, e.Invoker.Logs = n, "api" }},
	{"WO245", "standard concurrency", 2, "-xx", func(e *env, n int) { e.Limits.Concurrency.Max, e.Limits.Concurrency.Std = 5, n }},
}

// retention of the topics that carry activations to invokers.
func retention(e *env, r environment.Retention) {
	e.Kafka.Topics.Retention = map[string]environment.Retention{"invoker": r}
}
