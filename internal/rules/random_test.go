package rules

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/seeds"
)

// Whatever numbers an environment has, rules end, say the same twice, and say
// it in whole sentences. Most codes must come up: environments that the same few
// rules refuse would say little.
func TestRandomEnvironments(t *testing.T) {
	severities := map[string][]finding.Severity{}
	for _, c := range Codes() {
		severities[c.Code] = c.Severities
	}
	base, seen := environment.Base(), map[string]bool{}
	for seed := range int64(seeds.Count(100, 300)) {
		one, two := randomEnvironment(base, seed), randomEnvironment(base, seed)
		two.Name = "other"
		found := CheckAll(valuesOf(t, []environment.Environment{one, two}))
		again := CheckAll(valuesOf(t, []environment.Environment{one, two}))
		if diff := cmp.Diff(found, again); diff != "" {
			t.Fatalf("seed %d: two runs differ:\n%s", seed, diff)
		}
		for _, f := range found {
			seen[f.Code] = true
			if !slices.Contains(severities[f.Code], f.Severity) || f.Help == "" || f.Message == "" ||
				strings.Contains(f.Message+f.Help, "%!") || strings.Contains(f.Message+f.Help, "-9223") || f.Path == "" {
				t.Fatalf("seed %d: %+v", seed, f)
			}
		}
	}
	n := len(Codes())
	least := n * 3 / 4
	if testing.Short() { // fewer seeds find fewer
		least = n * 2 / 3
	}
	if len(seen) < least {
		t.Errorf("%d of %d codes, want %d: %v", len(seen), n, least, slices.Sorted(maps.Keys(seen)))
	}
}

// whim is a source in which any field may be written.
type whim int64

func (whim) Position(string) finding.Position {
	return finding.Position{File: "e.cue", Line: 1, Column: 1}
}

func (whim) Secrets() *finding.Secrets { return nil }

func (w whim) Written(path string) bool {
	h := fnv.New32()
	fmt.Fprint(h, int64(w), path)
	return h.Sum32()%2 == 0
}

// randomEnvironment fills a copy of base with values that the schema takes, its
// extremes among them. Maps and lists are new ones.
func randomEnvironment(env environment.Environment, seed int64) environment.Environment {
	g, releases := generator{rand.New(rand.NewSource(seed))}, catalog.Releases()
	g.fill(reflect.ValueOf(&env).Elem(), "")
	env.Name, env.OpenWhisk, env.Source = "random", releases[g.Intn(len(releases))], whim(seed)
	return env
}

type generator struct{ *rand.Rand }

func (g generator) pick(words ...string) string { return words[g.Intn(len(words))] }

var (
	quantities = []string{"0", "0Mi", "1", "1500k", "128Mi", "1.5Gi", "2Gi", "31Gi", "999999999999999Ti", "0.000000001k"}
	durations  = []string{"0ms", "100ms", "1s", "60s", "75s", "5m", "720h", "999999999h", "999999s"}
	// words that a field may have, by its name.
	words = map[string][]string{
		"profile": {"production", "ci", "development"}, "kubernetes": {"1.10", "1.29", "1.34", "1.99"},
		"spread": {"hard", "soft", "none", ""}, "zones": {"hard", "soft", "none", ""},
		"pool": {"", "core", "invoker", "db", "nowhere"}, "namespace": {"openwhisk", "default", "kube-system", strings.Repeat("a", 63), ""},
		"mode": {"combined", "separate"}, "by": {"job", "strimzi"}, "kind": {"StatefulSet", "DaemonSet"},
		"type": {"ClusterIP", "NodePort", "LoadBalancer"}, "protocol": {"http", "https"}, "logs": {"api", "none"},
		"accessMode": {"ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"}, "platform": {"generic", "eks", "openshift"},
		"host": {"a", "a.example.com", "10.0.0.1", "x.svc"}, "existingClaim": {"", "", "claim"}, "strimziCluster": {"", "main"},
		"cpu": {"0", "100m", "2", "0.001", "999999", "999999999m"}, "username": {"a", "b", "a:b", "$x", "it's"},
		"password": {"p", "q", "$(X)", "$", "a  b", "a * b"}, "families": {"nodejs", "python", "pyton", "go"},
		"cidrs": {"0.0.0.0/0", "10.0.0.0/8", "::/0"}, "except": {"10.0.0.0/8", "0.0.0.0/0", "169.254.0.0/16"},
		"bootstrap": {"k:9092", "l:9093"}, "path": {"/a", "/a/0", "/a/1"}, "server": {"s"}, "driver": {"d"},
		"handles": {"1", "2", "3"}, "nodes": {"n1", "n2"}, "dnsNames": {"a.example.com", "b.a.example.com"},
		"topicPrefix": {"", "ci-"}, "couchdb": {"s1", "s2"}, "subjects": {"s1", "s3"}, "openwhisk": {"s2", "2.0.0"},
		"state": {"", "active", "blocked", "removed", "deprecated", "present"}, "subject": {"guest", "alice", "other"},
		"allowedKinds": {"nodejs:20", "sequence", "cobol:1"}, "mechanism": {"PLAIN", "SCRAM-SHA-512", "OAUTHBEARER"},
	}
	mapKeys = map[string][]string{
		"nodes": {"core", "invoker", "db"}, "rules": {"nginx", "kafka", "kafka-controller", "redis", "invoker"},
		"stemCells": {"nodejs:20", "python:3.11", "cobol:1"}, "retention": {"completed", "events", "invoker"},
		"images": {"nginx", "kafka", "node"}, "subjects": {"guest", "whisk.system", "other"},
		"tenants": {"guest", "alice", "bobby"}, "namespaces": {"alice", "other"}, "kinds": {"nodejs:20", "cobol:1", "acme:own"},
		"annotations": {ingressTimeout, ingressBody, balancerIdle},
	}
	numbers = map[string][2]int{
		"count": {1, 5000}, "zones": {1, 16}, "port": {1, 65535}, "nodePort": {0, 65535}, "replicas": {1, 100}, "brokers": {1, 100},
		"controllers": {1, 9}, "action": {1, 48}, "managedShare": {0, 100}, "blackboxShare": {0, 100}, "replicationFactor": {0, 100}, "minInSyncReplicas": {0, 100}, "bodySize": {1, 1024},
		"messageMaxBytes": {1024, 2147483647}, "segmentBytes": {14, 2147483647}, "bytes": {1024, 9007199254740991},
		"ms": {1000, 9007199254740991}, "payload": {1024, 104857600}, "cpuPer256Mi": {0, 10000}, "min": {1, 1000}, "max": {1, 1000}, "std": {1, 1000},
	}
)

func (g generator) fill(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			// Half of the fields keep what the schema says.
			if tag != "-" && (g.Intn(2) == 0 || v.Field(i).Kind() == reflect.Struct) {
				g.fill(v.Field(i), tag)
			}
		}
	case reflect.Pointer:
		v.SetZero()
		if g.Intn(3) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			g.all(v.Elem())
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range mapKeys[name] {
			if g.Intn(2) == 0 {
				e := reflect.New(v.Type().Elem()).Elem()
				g.all(e)
				if e.Kind() == reflect.String {
					e.SetString(g.pick("10", "75", "50m", "0", "x", "00000000-0000-4000-8000-000000000001:k", "789c46b1-71f6-4ed5-8c54-816aa4f8c502:k"))
				}
				v.SetMapIndex(reflect.ValueOf(key), e)
			}
		}
	case reflect.Slice:
		n := g.Intn(4)
		if slices.Contains([]string{"bootstrap", "handles", "nodes"}, name) {
			n++
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			g.fill(v.Index(i), name)
		}
	case reflect.Int:
		if b, ok := numbers[name]; ok {
			v.SetInt(int64(g.number(b[0], b[1])))
		}
	case reflect.Bool:
		v.SetBool(g.Intn(2) == 0)
	case reflect.String:
		switch {
		case slices.Contains([]string{"memory", "size", "heap", "reserve", "userMemory"}, name):
			v.SetString(g.pick(quantities...))
		case slices.Contains([]string{"readTimeout", "drain", "podTimeout", "duration", "renewBefore"}, name):
			v.SetString(g.pick(durations...))
		case slices.Contains([]string{"min", "max", "std"}, name):
			v.SetString(g.pick(slices.Concat(quantities, durations)...))
		case len(words[name]) > 0:
			v.SetString(g.pick(words[name]...))
		}
	}
}

// all fills a value that has no defaults of the schema.
func (g generator) all(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		g.fill(v.Field(i), tag)
	}
}

// number prefers what is near the bounds.
func (g generator) number(least, most int) int {
	switch g.Intn(6) {
	case 0:
		return least
	case 1:
		return most
	case 2, 3, 4:
		return min(most, least+g.Intn(6))
	}
	return least + g.Intn(most-least+1)
}
