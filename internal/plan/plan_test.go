package plan

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/kafkatopics"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
)

var update = flag.Bool("update", false, "rewrite the lists in testdata")

func planOf(t *testing.T, env environment.Environment) Plan {
	t.Helper()
	values, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Of(values)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// changed is the plan of the defaults after a change.
func changed(t *testing.T, change func(*environment.Environment)) Plan {
	t.Helper()
	env := environment.Base()
	change(&env)
	return planOf(t, env)
}

// find the spec of a function, or fail.
func find[S any](t *testing.T, p Plan, kind, name string) S {
	t.Helper()
	for _, f := range p.Functions {
		if f.Kind == kind && f.Name == name {
			return f.Spec.(S)
		}
	}
	t.Fatalf("the plan has no function %s %s", kind, name)
	panic("unreachable")
}

// The functions of each example, in order.
func TestFunctions(t *testing.T) {
	envs, findings, err := environment.Load(os.DirFS("../../examples/environments"), "examples/environments")
	if err != nil || len(findings) > 0 || len(envs) != 3 {
		t.Fatalf("%d examples, %v, %v", len(envs), findings, err)
	}
	for _, env := range envs {
		p := planOf(t, env)
		var got strings.Builder
		seen := map[string]bool{}
		for _, f := range p.Functions {
			line := f.Kind + " " + f.Name
			fmt.Fprintln(&got, line)
			if seen[line] {
				t.Errorf("%s: %s is planned twice", env.Name, line)
			}
			seen[line] = true
		}
		golden := filepath.Join("testdata", env.Name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", golden, diff)
		}
		if p.Namespace != env.Namespace || p.ActionNamespace != env.Namespace+"-actions" {
			t.Errorf("%s: namespaces %s and %s", env.Name, p.Namespace, p.ActionNamespace)
		}
	}
}

// A DaemonSet has no replicas, and rolls as many pods at once as may be away.
func TestDaemonSet(t *testing.T) {
	p := changed(t, func(e *environment.Environment) {
		e.Invoker.Kind, e.Invoker.ZooKeeper = "DaemonSet", []string{"zk:2181"}
	})
	s := find[workload.Spec](t, p, workload.Kind, "invoker")
	if s.Kind != "DaemonSet" || s.Replicas != 0 || s.MaxUnavailable != "10%" {
		t.Errorf("kind %s, replicas %d, maxUnavailable %s", s.Kind, s.Replicas, s.MaxUnavailable)
	}
}

// Strimzi's topics are planned without the Job that would make them.
func TestStrimzi(t *testing.T) {
	p := changed(t, func(e *environment.Environment) {
		e.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"kafka:9092"}, Brokers: 3, MessageMaxBytes: 2000000}
		e.Kafka.Topics.By, e.Kafka.Topics.StrimziCluster = "strimzi", "events"
	})
	s := find[kafkatopics.Spec](t, p, kafkatopics.Kind, "kafka-topics")
	if s.Strimzi != "events" || len(s.Topics) != 7 || s.Labels[krm.TierLabel] != "setup" {
		t.Errorf("cluster %q, %d topics, tier %q", s.Strimzi, len(s.Topics), s.Labels[krm.TierLabel])
	}
	for _, f := range p.Functions {
		if f.Name == "kafka-topics" && f.Kind != kafkatopics.Kind {
			t.Errorf("the plan has %s %s", f.Kind, f.Name)
		}
	}
}

// Only a volume that the restricted level refuses loosens the namespace's.
func TestPodSecurity(t *testing.T) {
	host := &environment.HostPath{Path: "/srv"}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   string
	}{
		{"defaults", func(*environment.Environment) {}, "restricted"},
		{"nothing is kept", func(e *environment.Environment) { e.Redis.Volume.None = &struct{}{} }, "restricted"},
		{"hostPath", func(e *environment.Environment) { e.CouchDB.Volume.HostPath = host }, "privileged"},
		{"hostPath of what does not run", func(e *environment.Environment) { e.Kafka.ControllerVolume.HostPath = host }, "restricted"},
		{"hostPath of a quorum", func(e *environment.Environment) {
			e.Kafka.Mode, e.Kafka.Controllers, e.Kafka.ControllerVolume.HostPath = "separate", 1, host
		}, "privileged"},
	} {
		got := find[foundation.Spec](t, changed(t, tt.change), foundation.Kind, "foundation").PodSecurity
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The functions that catalogues ask for are those that there are.
func TestMakers(t *testing.T) {
	unused := maps.Clone(makers)
	for _, release := range catalog.Releases() {
		cat, err := catalog.Load(release)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range cat.Components {
			for _, kind := range slices.Concat(c.Before, c.After) {
				if _, ok := makers[kind]; !ok {
					t.Errorf("component %s of %s asks for a function %q, which is none", name, release, kind)
				}
				delete(unused, kind)
			}
		}
	}
	for kind := range unused {
		t.Errorf("no component asks for a function %s", kind)
	}
}

func TestVolumeBeyondReplicas(t *testing.T) {
	p := changed(t, func(e *environment.Environment) {
		e.Kafka.Replicas = 2
		e.Kafka.Volume.CSI = &environment.CSIVolume{Driver: "d", Handles: []string{"a", "b", "c"}}
	})
	got := find[volumes.Spec](t, p, volumes.Kind, "kafka").CSI.Handles
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestImage(t *testing.T) {
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, tt := range []struct {
		own  environment.Image
		want string
	}{
		{environment.Image{}, "apache/kafka:TAG"},
		{environment.Image{Repository: "r.example.com:5000/kafka"}, "r.example.com:5000/kafka:TAG"},
		{environment.Image{Tag: "4.0.0"}, "apache/kafka:4.0.0"},
		{environment.Image{Digest: digest}, "apache/kafka:TAG@" + digest},
		{environment.Image{Repository: "k", Tag: "1", Digest: digest}, "k:1@" + digest},
	} {
		cat, err := catalog.Load("2.0.0")
		if err != nil {
			t.Fatal(err)
		}
		p := changed(t, func(e *environment.Environment) { e.Images = map[string]environment.Image{"kafka": tt.own} })
		want := strings.Replace(tt.want, "TAG", cat.Images["kafka"].Tag, 1)
		for _, component := range []string{"kafka", "kafka-topics"} {
			if got := find[workload.Spec](t, p, workload.Kind, component).Main.Image; got != want {
				t.Errorf("%s: %s, want %s", component, got, want)
			}
		}
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		cidr string
		want []string
	}{
		{"0.0.0.0/0", []string{"10.0.0.0/8", "192.168.0.0/16"}},
		{"10.0.0.0/8", nil}, // not the range itself
		{"192.0.0.0/4", []string{"192.168.0.0/16"}},
		{"::/0", []string{"fd00::/8"}},
	} {
		got := within([]string{"10.0.0.0/8", "192.168.0.0/16", "fd00::/8"}, tt.cidr)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.cidr, diff)
		}
	}
}
