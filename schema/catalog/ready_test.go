package catalog_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/whiskops/whiskops/schema/catalog"
)

// broker is a place where the readiness of broker 1 runs, with a double of
// Kafka's script that says which partitions there are.
type broker struct{ dir, script string }

func newBroker(t *testing.T) broker {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	text, err := catalog.Files.ReadFile("kafka/ready.sh")
	if err != nil {
		t.Fatal(err)
	}
	b := broker{dir: t.TempDir()}
	b.script = strings.NewReplacer("/opt/kafka/bin", b.dir, "/opt/kafka/config", b.dir, "=/tmp", "="+b.dir, "=/kafka-broker", "="+b.dir,
		"/dev/tcp/$1/9092", "/dev/tcp/127.0.0.1/$(cat "+b.dir+"/port-$1)").Replace(string(text))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	b.write(t, "port-127.0.0.1", port(listener))
	b.write(t, "port-kafka-2.kafka", port(listener))
	b.write(t, "server.properties", "")
	return b
}

func port(l net.Listener) string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }

func (b broker) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// describes is what Kafka says: a topic's settings, and its partitions.
func (b broker) describes(t *testing.T, lines ...string) {
	t.Helper()
	b.write(t, "kafka-topics.sh", "#!/bin/sh\nprintf '"+strings.Join(lines, `\n`)+"\\n'\n")
}

// ready runs the script and returns what it says where it is not ready.
func (b broker) ready(t *testing.T) (bool, string) {
	t.Helper()
	cmd := exec.Command("bash", "-c", b.script)
	cmd.Env = append(os.Environ(), "KAFKA_NODE_ID=1", "KAFKA_MIN_INSYNC_REPLICAS=2", "POD_NAME=kafka-1")
	out, err := cmd.CombinedOutput()
	return err == nil, strings.TrimSpace(string(out))
}

// TestReadiness: what a broker waits for, and in which words.
func TestReadiness(t *testing.T) {
	const topic = `Topic: t\tTopicId: x\tPartitionCount: 1\tReplicationFactor: 3\tConfigs: `
	partition := func(leader, replicas, isr string) string {
		return `\tTopic: t\tPartition: 0\tLeader: ` + leader + `\tReplicas: ` + replicas + `\tIsr: ` + isr + `\tElr: \tLastKnownElr: `
	}
	for _, tt := range []struct {
		name  string
		lines []string
		says  string // empty where it is ready
	}{
		{"no topic yet", nil, ""},
		{"all are in sync", []string{topic, partition("0", "0,1,2", "0,1,2")}, ""},
		{"it is not in sync", []string{topic, partition("0", "0,1,2", "0,2")}, "broker 1 is not in sync in t-0 and 0 more"},
		{"nor in another partition", []string{topic, partition("0", "0,1,2", "0,2"), partition("2", "1,2,0", "2,0")}, "broker 1 is not in sync in t-0 and 1 more"},
		{"it is no replica", []string{topic, partition("0", "0,2,3", "0,2,3")}, ""},
		{"broker 11 is not broker 1", []string{topic, partition("0", "0,1,11", "0,2,11")}, "broker 1 is not in sync in t-0 and 0 more"},
		{"nobody leads", []string{topic, partition("none", "0,1,2", "2")}, ""},
		{"another is missed", []string{topic, partition("0", "0,1,2", "0,1")}, "broker 2 is not in sync in t-0 and 0 more"},
		{"another is missed, and one is enough", []string{topic + "min.insync.replicas=1", partition("0", "0,1,2", "0,1")}, ""},
		{"another is missed, and two of four are not more than two", []string{topic + "a=b,min.insync.replicas=2,c=d", partition("0", "0,1,2,3", "0,1,3")}, ""},
		{"all are needed all the time", []string{topic, partition("0", "0,2", "0")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBroker(t)
			b.describes(t, tt.lines...)
			ready, said := b.ready(t)
			if ready != (tt.says == "") || said != tt.says {
				t.Errorf("ready %v: %q, want %q", ready, said, tt.says)
			}
		})
	}
}

// TestReadinessAsksAsABroker: with certificates, which broker.sh has written, and else
// without.
func TestReadinessAsksAsABroker(t *testing.T) {
	b := newBroker(t)
	peer := filepath.Join(b.dir, "peer.properties")
	for _, tt := range []struct{ name, want string }{
		{"server.properties", "--bootstrap-server 127.0.0.1:9092 --describe"},
		{"peer.properties", "--bootstrap-server kafka-1.kafka:9094 --command-config " + peer + " --describe"},
	} {
		b.write(t, "kafka-topics.sh", "#!/bin/sh\necho $*\nexit 1\n")
		b.write(t, tt.name, "")
		want := "this broker does not say which partitions there are: " + tt.want
		if ready, said := b.ready(t); ready || said != want {
			t.Errorf("ready %v: %q, want %q", ready, said, want)
		}
	}
}

// TestReadinessIsAskedOnce: who was in sync stays ready whatever becomes of
// others, until it is started again.
func TestReadinessIsAskedOnce(t *testing.T) {
	b := newBroker(t)
	b.describes(t)
	if ready, said := b.ready(t); !ready {
		t.Fatal(said)
	}
	b.write(t, "kafka-topics.sh", "#!/bin/sh\necho 'no answer from 127.0.0.1'\nexit 1\n")
	if ready, said := b.ready(t); !ready {
		t.Error(said)
	}
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(filepath.Join(b.dir, "server.properties"), later, later); err != nil {
		t.Fatal(err)
	}
	want := "this broker does not say which partitions there are: no answer from 127.0.0.1"
	if ready, said := b.ready(t); ready || said != want {
		t.Errorf("started again: ready %v, %q", ready, said)
	}
	b.write(t, "port-127.0.0.1", "1")
	if ready, said := b.ready(t); ready || said != "this broker accepts no connection" {
		t.Errorf("closed: ready %v, %q", ready, said)
	}
}

// TestAbsenceIsWaitedFor: a broker that accepts no connection is waited for in
// the first five minutes.
func TestAbsenceIsWaitedFor(t *testing.T) {
	b := newBroker(t)
	b.write(t, "port-kafka-2.kafka", "1")
	b.describes(t, `Topic: t\tPartitionCount: 1`, `\tTopic: t\tPartition: 0\tLeader: 0\tReplicas: 0,1,2\tIsr: 0,1`)
	for _, tt := range []struct {
		minutes int
		want    string
	}{
		{4, "broker 2 is not in sync in t-0 and 0 more, and accepts no connection"},
		{6, ""},
	} {
		began := time.Now().Add(-time.Duration(tt.minutes) * time.Minute)
		if err := os.Chtimes(filepath.Join(b.dir, "server.properties"), began, began); err != nil {
			t.Fatal(err)
		}
		if ready, said := b.ready(t); ready != (tt.want == "") || said != tt.want {
			t.Errorf("after %d minutes: ready %v, %q", tt.minutes, ready, said)
		}
	}
}
