package render

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/plan"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/seeds"
)

// TestWhatRulesAcceptIsMade: a generator's refusal is a text about a
// functionConfig, which no user has written. So whatever a generator refuses,
// the schema or the rules refuse before, at the user's own line.
func TestWhatRulesAcceptIsMade(t *testing.T) {
	accepted, refused := 0, 0
	of := seeds.Of(t, 40, 400)
	for _, s := range of {
		env := wildEnvironment(s)
		v := valuesOf(t, &env)
		if hasError(rules.Check(&v)) {
			refused++
			continue
		}
		accepted++
		p, err := plan.Of(v)
		if err == nil {
			_, err = pipeline.Run(p)
		}
		if err != nil && schemaAccepts(t, env) {
			t.Errorf("seed %d: %v", s, err)
		}
	}
	if least := len(of) / 8; accepted < least || refused < least {
		t.Errorf("the rules accept %d and refuse %d: the test is looking at little", accepted, refused)
	}
}

// schemaAccepts is asked last, since it takes long.
func schemaAccepts(t *testing.T, env environment.Environment) bool {
	t.Helper()
	text, err := json.Marshal(env)
	if err != nil {
		t.Fatal(err)
	}
	_, findings, err := environment.LoadBytes("environments", map[string][]byte{"wild.cue": fmt.Appendf(nil, "package environments\nwild: %s\n", text)})
	if err != nil {
		t.Fatal(err)
	}
	return !hasError(findings)
}

func hasError(findings []finding.Finding) bool {
	for _, f := range findings {
		if f.Severity == finding.Error {
			return true
		}
	}
	return false
}

// wildEnvironment is one that the schema or the rules may refuse.
func wildEnvironment(seed uint64) environment.Environment {
	env := randomEnvironment(seed)
	env.Source = environment.Base().Source
	r := random{rand.New(rand.NewPCG(seed, 2))}
	long := strings.Repeat("x", 63)
	volume := func(v *environment.Volume) func() {
		return func() {
			switch r.IntN(6) {
			case 0:
				v.ExistingClaim = "old"
			case 1:
				v.HostPath = &environment.HostPath{Path: "/srv"}
			case 2:
				v.Local = &environment.LocalVolume{Path: "/srv", Nodes: []string{"n", "n"}}
			case 3:
				v.CSI = &environment.CSIVolume{Driver: long, Handles: []string{"a", "b", "c"}}
			case 4:
				v.Size = pick(r, "0", "1", "1.5Ti", "999999999999999Ti")
			case 5:
				v.None = &struct{}{}
			}
		}
	}
	wild := []func(){
		volume(&env.CouchDB.Volume), volume(&env.Redis.Volume), volume(&env.Kafka.Volume), volume(&env.Kafka.ControllerVolume),
		func() { env.Namespace = pick(r, long, long[:56], "default", "kube-system") },
		func() { env.Actions.Namespace = pick(r, env.Namespace, long) },
		func() { env.Cluster.Domain = long + "." + long + ".local" },
		func() { env.Cluster.DNS = pick(r, strings.Repeat("d.", 120)+"d", "10.0.0.10") },
		func() { env.Cluster.APIServer.CIDRs = []string{"10.0.0.1/8"} },
		func() { env.Cluster.APIServer.Ports = []int{} },
		func() { env.Placement.NodeLabel = pick(r, "kubernetes.io/arch", "kubernetes.io/hostname") },
		func() { env.Edge.Host = pick(r, "203.0.113.5", "a", strings.Repeat(long+".", 3)+"example", "1.2") },
		func() { env.Edge.Port = pick(r, 80, 65535) },
		func() { env.Edge.Service.NodePort = pick(r, 80, 31000) },
		func() { env.Edge.Service.SourceRanges = []string{pick(r, "10.0.0.0/8", "10.0.0.1/8", "1/2")} },
		func() { env.Edge.Service.Annotations = map[string]string{"kustomize.config.k8s.io/needs-hash": "true"} },
		func() { env.Edge.Ingress = &environment.Ingress{Class: "nginx"} },
		func() { env.Edge.Gateway = &environment.Gateway{Name: "g"} },
		func() { env.Edge.TLS.SelfSigned = &struct{}{} },
		func() { env.Edge.TLS.Existing = &environment.ExistingTLS{Secret: env.Secrets.CouchDB} },
		func() {
			env.Edge.TLS.CertManager = &environment.CertManager{
				Issuer: environment.Issuer{Kind: "Issuer", Name: "i", Group: "cert-manager.io"}, Wildcard: r.chance(50),
				DNSNames: []string{pick(r, env.Edge.Host, "a.example.com", "10.0.0.1")}, Duration: pick(r, "1h", "2160h"), RenewBefore: pick(r, "30m", "720h"),
			}
		},
		func() { env.Kafka.TopicPrefix = pick(r, ".", "-", "_", "A.b_C-", strings.Repeat("t", 100)) },
		func() { env.Kafka.Topics.By, env.Kafka.Topics.StrimziCluster = "strimzi", pick(r, "", "c") },
		func() { env.Kafka.Replicas, env.Kafka.Controllers = pick(r, 1, 4, 11), pick(r, 2, 9) },
		func() { env.Kafka.Heap = pick(r, "0", "1.5Gi", "1000000k", "1") },
		func() {
			env.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"a:99999", "b:1"}, Brokers: 1, MessageMaxBytes: 2000000000}
		},
		func() { env.CouchDB.External = &environment.CouchDBExternal{Protocol: "https", Host: "h", Port: 443} },
		func() { env.CouchDB.Prefix = "a" + strings.Repeat("_", 99) },
		func() { env.Controller.Heap = pick(r, "0.5Gi", "1073741825", "0") },
		func() { env.Controller.Drain, env.Invoker.Drain = pick(r, "1s", "999999s"), pick(r, "1s", "999999s") },
		func() { env.Controller.Replicas = 100 },
		func() { env.Invoker.Kind = "DaemonSet" },
		func() { env.Invoker.ZooKeeper = []string{pick(r, "z:1", "z:70000")} },
		func() { env.Invoker.UserMemory = pick(r, "1.5Gi", "0", "1000M") },
		func() { env.Limits.Memory.Max = pick(r, "1.5Gi", "1000M", "4Gi") },
		func() { env.Limits.Time.Max = pick(r, "1h", "999999999h", "7m") },
		func() {
			env.Actions.Egress = environment.Egress{CIDRs: []string{"0.0.0.0/0", "1.2.3.4/8"}, Except: []string{"::/0", "x/1"}}
		},
		func() { env.Runtimes.Families = pick(r, []string{"python"}, []string{"nodejs", "cobol"}) },
		func() {
			env.Runtimes.StemCells = map[string]environment.StemCell{pick(r, "cobol:1", "java:8"): {Count: 1, Memory: "1.5Gi"}}
		},
		func() { env.Secrets.OpenWhisk = env.Secrets.CouchDB },
		func() { env.Secrets.Subjects = pick(r, "nginx-tls", env.Secrets.CouchDB) },
		func() { env.Images = map[string]environment.Image{"kafka": {Repository: "a/b"}, "nginx": {Tag: long}} },
		func() { env.ImagePullSecrets = []string{"a", "a"} },
		func() {
			if p := env.Secrets.Plain; p != nil {
				p.Subjects = map[string]string{pick(r, "..", ".", "a..b", "x"): fmt.Sprintf("00000000-0000-4000-8000-%012d:%064d", 1, 1)}
				p.CouchDB.Controller.Password, p.OpenWhisk.Invoker.Username = pick(r, "$(POD_NAME)", "a\nb", "$x"), "a:b"
			}
		},
	}
	for _, change := range wild {
		if r.chance(4) {
			change()
		}
	}
	return env
}
