package derived

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

var invokerTaint = Toleration{Key: "openwhisk-role", Operator: "Equal", Value: "invoker", Effect: "NoSchedule"}

func TestPlacement(t *testing.T) {
	node := environment.NodePool{Count: 3, CPU: "4", Memory: "16Gi", Zones: 3}
	for _, tt := range []struct {
		name, component string
		change          func(*environment.Environment)
		want            Rule
	}{
		{"core", "nginx", nil, Rule{Pool: "core", Spread: "soft", Zones: "soft"}},
		{"never two on a node", "kafka", nil, Rule{Pool: "core", Spread: "hard", Zones: "soft"}},
		{"invokers tolerate the taint of their pool", "invoker", nil,
			Rule{Pool: "invoker", Spread: "hard", Zones: "soft", Arch: "amd64", Tolerations: []Toleration{invokerTaint}}},
		{"no invoker pool, so no taint", "invoker", func(e *environment.Environment) { delete(e.Cluster.Nodes, "invoker") },
			Rule{Pool: "core", Spread: "hard", Zones: "soft", Arch: "amd64"}},
		{"a rule", "couchdb", func(e *environment.Environment) {
			e.Cluster.Nodes["db"] = node
			e.Placement.Rules = map[string]environment.PlacementRule{"couchdb": {Pool: "db", Spread: "none", Zones: "hard"}}
		}, Rule{Pool: "db", Spread: "none", Zones: "hard"}},
		{"half a rule", "couchdb", func(e *environment.Environment) {
			e.Placement.Rules = map[string]environment.PlacementRule{"couchdb": {Zones: "none"}}
		}, Rule{Pool: "core", Spread: "hard", Zones: "none"}},
		{"taints of the pool", "redis", func(e *environment.Environment) {
			tainted := node
			tainted.Taints = []environment.Taint{{Key: "dedicated", Value: "whisk", Effect: "NoSchedule"}, {Key: "spot", Effect: "NoExecute"}}
			e.Cluster.Nodes["core"] = tainted
		}, Rule{Pool: "core", Spread: "soft", Zones: "soft", Tolerations: []Toleration{
			{Key: "dedicated", Operator: "Equal", Value: "whisk", Effect: "NoSchedule"},
			// A taint without a value is tolerated by its key.
			{Key: "spot", Operator: "Exists", Effect: "NoExecute"},
		}}},
		{"both taints", "invoker", func(e *environment.Environment) {
			tainted := node
			tainted.Taints = []environment.Taint{{Key: "spot", Effect: "NoExecute"}}
			e.Cluster.Nodes["invoker"] = tainted
		}, Rule{Pool: "invoker", Spread: "hard", Zones: "soft", Arch: "amd64", Tolerations: []Toleration{invokerTaint, {Key: "spot", Operator: "Exists", Effect: "NoExecute"}}}},
		{"beside invokers the taint is tolerated too", "redis", func(e *environment.Environment) {
			e.Placement.Rules = map[string]environment.PlacementRule{"redis": {Pool: "invoker"}}
		}, Rule{Pool: "invoker", Spread: "soft", Zones: "soft", Tolerations: []Toleration{invokerTaint}}},
		{"another label", "invoker", func(e *environment.Environment) { e.Placement.NodeLabel = "example.com/role" },
			Rule{Pool: "invoker", Spread: "hard", Zones: "soft", Arch: "amd64", Tolerations: []Toleration{{Key: "example.com/role", Operator: "Equal", Value: "invoker", Effect: "NoSchedule"}}}},
		{"off", "invoker", func(e *environment.Environment) {
			e.Placement.Enabled = false
			e.Placement.Rules = map[string]environment.PlacementRule{"invoker": {Pool: "db", Spread: "hard"}}
		}, Rule{Spread: "none", Zones: "none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := of(t, tt.change)
			if diff := cmp.Diff(tt.want, v.Placement(tt.component)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPools(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   []string
	}{
		{"defaults", nil, []string{"core", "invoker"}},
		{"no pools are known", func(e *environment.Environment) { e.Cluster.Nodes = nil }, []string{"core"}},
		{"one that nobody uses", func(e *environment.Environment) {
			e.Cluster.Nodes["db"] = environment.NodePool{Count: 1}
		}, []string{"core", "invoker"}},
		{"by a rule", func(e *environment.Environment) {
			e.Cluster.Nodes["db"] = environment.NodePool{Count: 1}
			e.Placement.Rules = map[string]environment.PlacementRule{"kafka": {Pool: "db"}}
		}, []string{"core", "db", "invoker"}},
		{"of what does not run", func(e *environment.Environment) {
			e.Kafka.External = &environment.KafkaExternal{}
			e.Placement.Rules = map[string]environment.PlacementRule{"kafka": {Pool: "db"}}
		}, []string{"core", "invoker"}},
	} {
		v := of(t, tt.change)
		if diff := cmp.Diff(tt.want, v.Pools()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
