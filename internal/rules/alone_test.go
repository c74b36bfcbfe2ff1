package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// One mistake is one finding: what follows from it is not told too. A finding
// is a code and the begin of its path.
func TestOneMistakeIsOneFinding(t *testing.T) {
	for _, tt := range []struct {
		found, not string
		set        func(e *env)
	}{
		{"WO228", "WO227", func(e *env) { e.Kafka.Topics.By = "strimzi" }},
		{"WO241", "WO244", func(e *env) { concurrency(e, environment.IntRange{Min: 5, Max: 4, Std: 5}) }},
		{"WO241", "WO244", func(e *env) { concurrency(e, environment.IntRange{Min: 5, Max: 9, Std: 4}) }},
		{"WO241", "WO244", func(e *env) { concurrency(e, environment.IntRange{Min: 1, Max: 5, Std: 6}) }},
		{"WO240", "WO238", func(e *env) {
			e.Kafka.Heap, e.Kafka.Resources.Requests.Memory, e.Kafka.Resources.Limits.Memory = "1", "128Mi", "256Mi"
		}},
		{"WO240", "WO238", func(e *env) { e.Kafka.Resources.Requests.Memory, e.Kafka.Resources.Limits.Memory = "1Mi", "4" }},
		{"WO240", "WO239", func(e *env) { e.Kafka.Resources.Limits.Memory = "4" }},
		{"WO267", "WO268", func(e *env) {
			e.Runtimes.StemCells = map[string]environment.StemCell{"cobol:1": {Count: 1, Memory: "1Mi"}}
		}},
		{"WO278", "", func(e *env) { e.Secrets.CouchDB = "nginx-tls" }},
		{"", "WO278", func(e *env) { e.Secrets.CouchDB, e.Edge.TLS.SelfSigned = "nginx-tls", &struct{}{} }},
		{"WO246", "WO247", func(e *env) { ingress(e, ingressTimeout, "10"); e.Edge.ReadTimeout = "60s" }},
		{"WO249", "WO250", func(e *env) { ingress(e, ingressBody, "5m"); e.Edge.BodySize = 10 }},
		{"WO231", "WO233", func(e *env) { e.Invoker.UserMemory = "1" }},
		{"WO233", "WO234", func(e *env) { e.Invoker.UserMemory = "100Mi" }},
		{"WO236", "WO235", func(e *env) {
			e.Actions.CPUPer256Mi = 0
			pool(e, "invoker", func(p *environment.NodePool) { p.CPU = "100m" })
		}},
		{"WO287", "", func(e *env) { once(e).Local = &environment.LocalVolume{Path: "/k", Nodes: numbered(3)} }},
		{"WO287", "", func(e *env) { once(e).NFS = &environment.NFSVolume{Server: "s", Path: "/k"} }},
		{"", "WO287", func(e *env) { once(e).CSI = &environment.CSIVolume{Driver: "d", Handles: numbered(3)} }},
		{"", "WO287", func(e *env) { once(e) }},
		// Except for what is no range, which the schema refuses.
		{"", "WO298 actions.egress.except", func(e *env) { e.Actions.Egress.Except = []string{"x", "169.254.0.0/16"} }},
	} {
		e := environment.Base()
		e.Source, e.Edge.Host, e.Cluster.Nodes = anywhere{}, "functions.example.com", pools()
		tt.set(&e)
		var found []string
		for _, f := range Check(valuesOf(t, []env{e})[0]) {
			found = append(found, f.Code+" "+f.Path)
		}
		has := func(want string) bool {
			return slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, want) })
		}
		if tt.found != "" && !has(tt.found) || tt.not != "" && has(tt.not) {
			t.Errorf("want %s and no %s, found %v", tt.found, tt.not, found)
		}
	}
}

func concurrency(e *env, r environment.IntRange) { e.Limits.Concurrency, e.Invoker.Logs = r, "api" }

// once is the volume of brokers, for one pod alone.
func once(e *env) *environment.Volume {
	e.Kafka.Volume.AccessMode = "ReadWriteOncePod"
	return &e.Kafka.Volume
}
