package environment

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if envs, fs, err := Load(os.DirFS(examples), examples); err != nil || len(fs) > 0 || len(envs) != 3 {
			b.Fatal(envs, fs, err)
		}
	}
}

func BenchmarkLoad100(b *testing.B) { benchmarkMany(b, 100) }

func BenchmarkLoad1000(b *testing.B) { benchmarkMany(b, 1000) }

func benchmarkMany(b *testing.B, n int) {
	files := map[string][]byte{"shared.cue": []byte(`package environments

_shared: {
	cluster: nodes: {
		core: {count: 6, cpu: "4", memory: "15Gi", zones: 3}
		invoker: {count: 6, cpu: "8", memory: "31Gi", zones: 3}
	}
	edge: {replicas: 3, tls: certManager: issuer: name: "letsencrypt"}
	kafka: {replicas: *3 | int, volume: size: "50Gi"}
}
`)}
	for i := range n {
		files[fmt.Sprintf("env%03d.cue", i)] = fmt.Appendf(nil, `package environments

env%[1]d: _shared & {
	edge: host: "functions%[1]d.example.com"
	controller: replicas: 3
	invoker: replicas: 6
	kafka: replicas: 5
	couchdb: volume: nfs: {server: "10.0.0.4", path: "/exports/couchdb%[1]d"}
	limits: concurrentInvocations: 200
}
`, i)
	}
	for b.Loop() {
		if envs, fs, err := LoadBytes(".", files); err != nil || len(fs) > 0 || len(envs) != n {
			b.Fatal(len(envs), fs, err)
		}
	}
}

func BenchmarkBase(b *testing.B) {
	for b.Loop() {
		Base()
	}
}

// A hundred environments that all have mistakes, through shared structs.
func BenchmarkFindings(b *testing.B) {
	var src strings.Builder
	src.WriteString("_shared: {kafka: replicsa: 3, edge: port: 0}\n")
	for i := range 100 {
		fmt.Fprintf(&src, "e%d: _shared & {edge: hots: \"a\", redis: volume: size: 5}\n", i)
	}
	files := map[string][]byte{"a.cue": []byte(src.String())}
	for b.Loop() {
		if _, fs, err := LoadBytes(".", files); err != nil || len(fs) < 200 {
			b.Fatal(len(fs), err)
		}
	}
}
