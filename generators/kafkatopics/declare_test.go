package kafkatopics

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// cluster is the state of the scripts below testdata/fake.
type cluster struct {
	topics map[string]string // partitions replicas configs
	broken string            // topics that cannot be changed, or "describe"
	env    []string
	rounds int
	// between is what the shell does to it between rounds.
	between string
}

var declared = []Topic{
	{Name: "cacheInvalidation", Partitions: 1, Replicas: 3},
	{Name: "health", Partitions: 1, Replicas: 3, Config: map[string]string{"retention.ms": "3600000", "segment.bytes": "1000"}},
	{Name: "invoker1", Partitions: 2, Replicas: 3, Config: map[string]string{"retention.ms": "5"}},
}

// asDeclared is what the cluster holds afterwards.
var asDeclared = map[string]string{
	"cacheInvalidation": "1 3",
	"health":            "1 3 retention.ms=3600000,segment.bytes=1000",
	"invoker1":          "2 3 retention.ms=5",
}

const describe = "kafka-topics --bootstrap-server k0:9092,k1:9092 --describe --exclude-internal"

func TestDeclare(t *testing.T) {
	for name, tt := range map[string]struct {
		before   cluster
		after    map[string]string
		calls    []string
		messages []string // in stderr
		failed   bool
		exit     int // if it does not come to a round
	}{
		"empty": {
			after: asDeclared,
			calls: []string{
				describe,
				"kafka-topics --bootstrap-server k0:9092,k1:9092 --create --if-not-exists --topic cacheInvalidation --partitions 1 --replication-factor 3",
				"kafka-topics --bootstrap-server k0:9092,k1:9092 --create --if-not-exists --topic health --partitions 1 --replication-factor 3 --config retention.ms=3600000 --config segment.bytes=1000",
				"kafka-topics --bootstrap-server k0:9092,k1:9092 --create --if-not-exists --topic invoker1 --partitions 2 --replication-factor 3 --config retention.ms=5",
			},
		},
		"as declared": {
			before: cluster{topics: asDeclared},
			after:  asDeclared,
			calls:  []string{describe},
		},
		"others stay": {
			before: cluster{topics: with(asDeclared, "invoker10", "9 1 a=b", "invoker", "1 1", "x.health", "1 1")},
			after:  with(asDeclared, "invoker10", "9 1 a=b", "invoker", "1 1", "x.health", "1 1"),
			calls:  []string{describe},
		},
		"a longer name is not the topic": {
			before: cluster{topics: map[string]string{"cacheInvalidation": "1 3", "health": asDeclared["health"], "invoker10": "2 3 retention.ms=5"}},
			after:  with(asDeclared, "invoker10", "2 3 retention.ms=5"),
			calls: []string{
				describe,
				"kafka-topics --bootstrap-server k0:9092,k1:9092 --create --if-not-exists --topic invoker1 --partitions 2 --replication-factor 3 --config retention.ms=5",
			},
		},
		"configuration differs": {
			before: cluster{topics: with(asDeclared, "health", "1 3 segment.bytes=1000,retention.ms=36000000,flush.ms=1", "invoker1", "2 3")},
			after:  with(asDeclared, "health", "1 3 retention.ms=3600000,segment.bytes=1000,retention.ms=36000000,flush.ms=1", "invoker1", "2 3 retention.ms=5,"),
			calls: []string{
				describe,
				"kafka-configs --bootstrap-server k0:9092,k1:9092 --alter --entity-type topics --entity-name health --add-config retention.ms=3600000",
				"kafka-configs --bootstrap-server k0:9092,k1:9092 --alter --entity-type topics --entity-name invoker1 --add-config retention.ms=5",
			},
		},
		"what moves data is left": {
			before: cluster{topics: with(asDeclared, "cacheInvalidation", "4 3", "health", "1 1 "+"retention.ms=3600000,segment.bytes=1000", "invoker1", "1 3 retention.ms=5")},
			after:  with(asDeclared, "cacheInvalidation", "4 3", "health", "1 1 "+"retention.ms=3600000,segment.bytes=1000", "invoker1", "1 3 retention.ms=5"),
			calls:  []string{describe},
			messages: []string{
				"warning: topic cacheInvalidation has 4 partitions, 1 are declared, and Kafka takes none away: declare 4, or delete the topic while nothing uses it",
				"warning: topic health has replication factor 1, 3 is declared: change it with kafka-reassign-partitions.sh",
				"warning: topic invoker1 has 1 partitions, 2 are declared: add them with kafka-topics.sh --alter --topic invoker1 --partitions 2",
			},
		},
		"one fails, the others are made": {
			before: cluster{broken: "cacheInvalidation health", topics: map[string]string{"health": "1 3 segment.bytes=1000"}},
			after:  map[string]string{"health": "1 3 segment.bytes=1000", "invoker1": "2 3 retention.ms=5"},
			calls: []string{
				describe,
				"kafka-topics --bootstrap-server k0:9092,k1:9092 --create --if-not-exists --topic cacheInvalidation --partitions 1 --replication-factor 3",
				"kafka-configs --bootstrap-server k0:9092,k1:9092 --alter --entity-type topics --entity-name health --add-config retention.ms=3600000",
				"kafka-topics --bootstrap-server k0:9092,k1:9092 --create --if-not-exists --topic invoker1 --partitions 2 --replication-factor 3 --config retention.ms=5",
			},
			messages: []string{
				"Error while executing topic command : no",
				"not as declared, see above: cacheInvalidation health",
			},
			failed: true,
		},
		"no broker": {
			before:   cluster{broken: "describe"},
			after:    map[string]string{},
			calls:    []string{describe},
			messages: []string{"the topics at k0:9092,k1:9092 cannot be read"},
			failed:   true,
		},
		"no address": {
			before:   cluster{env: []string{"KAFKA_HOSTS="}},
			after:    map[string]string{},
			messages: []string{"KAFKA_HOSTS is not set"},
			exit:     2,
		},
		"client configuration": {
			before: cluster{topics: with(asDeclared, "invoker1", "2 3"), env: []string{"COMMAND_CONFIG=/a b/client.properties"}},
			after:  with(asDeclared, "invoker1", "2 3 retention.ms=5,"),
			calls: []string{
				describe + " --command-config /a b/client.properties",
				"kafka-configs --bootstrap-server k0:9092,k1:9092 --alter --entity-type topics --entity-name invoker1 --add-config retention.ms=5 --command-config /a b/client.properties",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := outcome{topics: tt.after, calls: tt.calls, messages: tt.messages, pauses: []string{"60"}, ready: true}
			switch {
			case tt.failed:
				want.pauses, want.ready = []string{"10"}, false
			case tt.exit != 0:
				want.pauses, want.exit = nil, tt.exit
			}
			for _, shell := range []string{"sh", "bash"} {
				got := runDeclare(t, shell, tt.before)
				if tt.exit != 0 {
					got.ready = want.ready
				}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
					t.Errorf("%s (-want +got):\n%s", shell, diff)
				}
			}
		})
	}
}

// outcome of a run of the script: the topics, calls of Kafka's scripts, lines of
// stderr, pauses after rounds, and whether it was ready in the last of them.
type outcome struct {
	topics   map[string]string
	calls    []string
	messages []string
	pauses   []string
	ready    bool
	exit     int
}

// runDeclare runs the script as it lies in the ConfigMap, for some rounds, and
// stops it with SIGTERM in the pause after the last one.
func runDeclare(t *testing.T, shell string, before cluster) outcome {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no shell")
	}
	dir := t.TempDir()
	state, mount, bin, tmp := filepath.Join(dir, "state"), filepath.Join(dir, "mount"), filepath.Join(dir, "bin"), filepath.Join(dir, "tmp")
	for _, d := range []string{state, mount, bin, tmp} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put := func(path, content string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	for topic, line := range before.topics {
		put(filepath.Join(state, topic), line+"\n", 0o644)
	}
	put(filepath.Join(mount, "topics"), table(declared), 0o644)
	put(filepath.Join(mount, "declare.sh"), strings.Replace(declare, "state=/tmp\n", "state="+tmp+"\n", 1), 0o644)
	put(filepath.Join(tmp, "ready"), "left by a container before", 0o644)
	put(state+".between", before.between, 0o644)
	for _, script := range []string{"kafka-topics.sh", "kafka-configs.sh", "sleep"} {
		fake, err := os.ReadFile(filepath.Join("testdata", "fake", script))
		if err != nil {
			t.Fatal(err)
		}
		put(filepath.Join(bin, script), string(fake), 0o755)
	}
	rounds := max(before.rounds, 1)

	var stderr bytes.Buffer
	cmd := exec.Command(shell, filepath.Join(mount, "declare.sh"))
	cmd.Env = append([]string{"PATH=" + bin + ":" + os.Getenv("PATH"), "STATE=" + state, "BROKEN=" + before.broken,
		fmt.Sprint("ROUNDS=", rounds), "KAFKA_BIN=" + bin, "KAFKA_HOSTS=k0:9092,k1:9092"}, before.env...)
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	slept := func() []string {
		text, err := os.ReadFile(state + ".sleeps")
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return lines(text)
	}
	for running := true; running && len(slept()) < rounds; {
		select {
		case <-ended:
			running = false
		case <-time.After(5 * time.Millisecond):
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		t.Fatal("does not end on SIGTERM")
	}

	entries, err := os.ReadDir(state)
	if err != nil {
		t.Fatal(err)
	}
	out := outcome{topics: map[string]string{}, messages: lines(stderr.Bytes()), pauses: slept(), exit: cmd.ProcessState.ExitCode()}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(state, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out.topics[e.Name()] = strings.TrimSpace(string(b))
	}
	log, err := os.ReadFile(state + ".log")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	out.calls = lines(log)
	_, err = os.Stat(filepath.Join(tmp, "ready"))
	out.ready = err == nil
	if _, err = os.Stat(filepath.Join(tmp, "alive")); len(out.pauses) > 0 && err != nil {
		t.Error("a round has ended, and the file alive is not there")
	}
	return out
}

// What is lost or changed between two rounds is there again after the next, and
// what a person has to do is said once.
func TestHeals(t *testing.T) {
	for name, tt := range map[string]struct {
		before   cluster
		after    map[string]string
		calls    int
		messages []string
		pauses   []string
		ready    bool
	}{
		"topics deleted": {
			before: cluster{topics: asDeclared, rounds: 3, between: `rm -f "$STATE"/*`},
			after:  asDeclared, calls: 1 + 4 + 4, pauses: []string{"60", "60", "60"}, ready: true,
		},
		"setting changed": {
			before: cluster{topics: asDeclared, rounds: 3, between: `echo "2 3 retention.ms=6" >"$STATE/invoker1"`},
			after:  with(asDeclared, "invoker1", "2 3 retention.ms=5,retention.ms=6"),
			calls:  1 + 2 + 2, pauses: []string{"60", "60", "60"}, ready: true,
		},
		"nothing changed": {
			before: cluster{topics: with(asDeclared, "health", "1 1 retention.ms=3600000,segment.bytes=1000"), rounds: 3},
			after:  with(asDeclared, "health", "1 1 retention.ms=3600000,segment.bytes=1000"), calls: 3,
			messages: []string{"warning: topic health has replication factor 1, 3 is declared: change it with kafka-reassign-partitions.sh"},
			pauses:   []string{"60", "60", "60"}, ready: true,
		},
		"brokers gone": {
			before: cluster{topics: asDeclared, rounds: 3, broken: "describe"},
			after:  asDeclared, calls: 3, pauses: []string{"10", "10", "10"},
			messages: slices.Repeat([]string{"the topics at k0:9092,k1:9092 cannot be read"}, 3),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := runDeclare(t, "sh", tt.before)
			if len(got.calls) != tt.calls {
				t.Errorf("%d calls, want %d:\n%s", len(got.calls), tt.calls, strings.Join(got.calls, "\n"))
			}
			want := outcome{topics: tt.after, calls: got.calls, messages: tt.messages, pauses: tt.pauses, ready: tt.ready}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func lines(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// with returns the topics with some added or replaced.
func with(topics map[string]string, pairs ...string) map[string]string {
	changed := map[string]string{}
	for k, v := range topics {
		changed[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		changed[pairs[i]] = pairs[i+1]
	}
	return changed
}

func TestScriptCanLieInAConfigMap(t *testing.T) {
	if strings.Contains(declare, "${") || strings.Contains(declare, "$$") {
		t.Error("declare.sh has a variable that Flux replaces, or two dollars that it makes one")
	}
	for i, line := range strings.Split(declare, "\n") {
		if strings.TrimRight(line, " \t") != line || strings.Contains(line, "\t") {
			t.Errorf("line %d has a blank at its end or a tab, and would be no YAML block", i+1)
		}
	}
}
