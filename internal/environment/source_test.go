package environment

import (
	"fmt"
	"testing"
)

func TestPosition(t *testing.T) {
	envs := mustLoad(t, map[string]string{
		"a.cue": `package e

_shared: {
	kafka: replicas: 3
	couchdb: volume: size: "5Gi"
	redis: _redis
}
_redis: volume: {size: "2Gi"}
let l = {limits: payload: 2048}

one: _shared & {
	edge: {
		host: "one.example.com"
		"port": 8443, service: annotations: "a.b/c": "d"
	}
	kafka: volume: size: "9Gi"
	kafka: external: {brokers: 3, bootstrap: [
		"a:1",
		"b:2",
	]}
	if true {
		invoker: replicas: 4
	}
	cluster: nodes: {for n in ["core"] {(n): {count: 1, cpu: "1", memory: "1Gi"}}}
	runtimes: stemCells: "python:3.12": count: 1
	l
}
`,
		"b.cue": `package e

one: edge: bodySize: 70
one: kafka: replicas: 3
[string]: controller: replicas: 3
`,
	})
	src := envs[0].Source
	for _, tt := range []struct {
		path, want string
		written    bool
	}{
		{"edge.host", "a.cue:13:3", true},
		{"edge.port", "a.cue:14:3", true},
		{"edge.bodySize", "b.cue:3:12", true},
		{"edge.service.annotations.\"a.b/c\"", "a.cue:14:39", true},
		{"edge.replicas", "a.cue:12:2", false},
		{"edge.tls.certManager.issuer.name", "a.cue:12:2", false},
		{"kafka.volume.size", "a.cue:16:17", true},
		{"kafka.replicas", "b.cue:4:13", true}, // its own, not the shared one
		{"kafka.heap", "a.cue:16:2", false},
		{"kafka.external.bootstrap", "a.cue:17:32", true},
		{"kafka.external.bootstrap[1]", "a.cue:19:3", true},
		{"kafka.external.bootstrap.1", "a.cue:19:3", true},
		{"kafka.external.bootstrap[7]", "a.cue:17:32", false},
		{"couchdb.volume.size", "a.cue:5:19", true},
		{"redis.volume.size", "a.cue:8:18", true},
		{"invoker.replicas", "a.cue:22:12", true},
		{"cluster.nodes.core.count", "a.cue:24:44", true},
		{"runtimes.stemCells.\"python:3.12\".count", "a.cue:25:38", true},
		{"limits.payload", "a.cue:9:18", true},
		{"controller.replicas", "b.cue:5:23", true},
		{"secrets.couchdb", "a.cue:11:1", false},
		{"", "a.cue:11:1", true},
		{"nothing[", "a.cue:11:1", false},
	} {
		p := src.Position(tt.path)
		if got := fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column); got != tt.want || src.Written(tt.path) != tt.written {
			t.Errorf("%s: position %s, written %t, want %s, %t", tt.path, got, src.Written(tt.path), tt.want, tt.written)
		}
	}
}
