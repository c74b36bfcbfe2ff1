package derived

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/whiskops/whiskops/internal/environment"
)

func TestKafka(t *testing.T) {
	// What an activation of 1 MiB needs: more than a broker's default.
	const payload = 1048576 + 6068
	three := Kafka{
		Brokers: 3, ReplicationFactor: 3, MinInSyncReplicas: 2, MessageMaxBytes: payload,
	}
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   func(*Kafka)
	}{
		{"three brokers", nil, func(*Kafka) {}},
		{"one broker", func(e *environment.Environment) { e.Kafka.Replicas = 1 }, func(k *Kafka) {
			k.Brokers, k.ReplicationFactor, k.MinInSyncReplicas = 1, 1, 1
		}},
		{"two brokers", func(e *environment.Environment) { e.Kafka.Replicas = 2 }, func(k *Kafka) {
			k.Brokers, k.ReplicationFactor, k.MinInSyncReplicas = 2, 2, 1
		}},
		{"copies that are given", func(e *environment.Environment) { e.Kafka.ReplicationFactor, e.Kafka.MinInSyncReplicas = 2, 2 },
			func(k *Kafka) { k.ReplicationFactor, k.MinInSyncReplicas = 2, 2 }},
		{"copies alone", func(e *environment.Environment) { e.Kafka.ReplicationFactor = 2 },
			func(k *Kafka) { k.ReplicationFactor, k.MinInSyncReplicas = 2, 1 }},
		{"more copies than brokers are judged, not mended", func(e *environment.Environment) { e.Kafka.Replicas, e.Kafka.ReplicationFactor = 1, 3 }, func(k *Kafka) {
			k.Brokers = 1
		}},
		{"small payloads", func(e *environment.Environment) { e.Limits.Payload = 1024 },
			func(k *Kafka) { k.MessageMaxBytes = 1048588 }},
		{"large payloads", func(e *environment.Environment) { e.Limits.Payload = 5242880 },
			func(k *Kafka) { k.MessageMaxBytes = 5242880 + 6068 }},
		{"the largest message", func(e *environment.Environment) { e.Kafka.MessageMaxBytes = 9000000 },
			func(k *Kafka) { k.MessageMaxBytes = 9000000 }},
		{"external", func(e *environment.Environment) {
			e.Kafka.External = &environment.KafkaExternal{Bootstrap: []string{"b.example.com:9094", "a.example.com:9092", "c.example.com:9094"}, Brokers: 2, MessageMaxBytes: 2000000}
		}, func(k *Kafka) {
			k.Brokers, k.ReplicationFactor, k.MinInSyncReplicas, k.MessageMaxBytes = 2, 2, 1, 2000000
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := three
			tt.want(&want)
			got := of(t, tt.change).Kafka
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Kafka{}, "ClusterID")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The id is part of each broker's disk: it must never change by itself, and
// two installations that meet must not have the same.
func TestClusterID(t *testing.T) {
	in := func(namespace string) string {
		return of(t, func(e *environment.Environment) { e.Namespace = namespace }).Kafka.ClusterID
	}
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)
	seen := map[string]string{}
	for _, namespace := range []string{"openwhisk", "openwhisk-dev", "a", strings.Repeat("x", 63)} {
		id := in(namespace)
		if !form.MatchString(id) || id != in(namespace) {
			t.Errorf("%s: %q is no id, or another one at the second time", namespace, id)
		}
		if seen[id] != "" {
			t.Errorf("%s and %s have the same id", namespace, seen[id])
		}
		seen[id] = namespace
	}
	if got := in("openwhisk"); got != "XOy0Xz7TipQ62X5oql8_Ew" {
		t.Errorf("the id of namespace openwhisk is %s: existing brokers would not start", got)
	}
	given := of(t, func(e *environment.Environment) { e.Kafka.ClusterID = "b3BlbndoaXNrLWthZmthMQ" }).Kafka.ClusterID
	if given != "b3BlbndoaXNrLWthZmthMQ" {
		t.Errorf("a given id became %s", given)
	}
}

func TestTopics(t *testing.T) {
	type topic struct {
		Name, Kind                    string
		Most, SegmentBytes, Bytes, MS int
	}
	const payload, segment, bytes = 1048576 + 6068, 536870912, 1073741824
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   []topic
	}{
		{"two of each", nil, []topic{
			{"cacheInvalidation", "cacheInvalidation", 0, segment, bytes, 300000},
			{"completed0", "completed", payload, segment, bytes, 3600000},
			{"completed1", "completed", payload, segment, bytes, 3600000},
			{"events", "events", 0, segment, bytes, 3600000},
			{"health", "health", 0, segment, bytes, 3600000},
			{"invoker0", "invoker", payload, segment, bytes, 172800000},
			{"invoker1", "invoker", payload, segment, bytes, 172800000},
		}},
		{"a prefix, and retention of its own", func(e *environment.Environment) {
			e.Controller.Replicas, e.Invoker.Replicas, e.Limits.Payload, e.Kafka.TopicPrefix = 1, 1, 2048, "ci-"
			e.Kafka.Topics.Retention = map[string]environment.Retention{"invoker": {SegmentBytes: 1 << 20}, "health": {Bytes: 4096, MS: 1000}}
		}, []topic{
			{"ci-cacheInvalidation", "cacheInvalidation", 0, segment, bytes, 300000},
			{"ci-completed0", "completed", 2048 + 6068, segment, bytes, 3600000},
			{"ci-events", "events", 0, segment, bytes, 3600000},
			{"ci-health", "health", 0, segment, 4096, 1000},
			{"ci-invoker0", "invoker", 2048 + 6068, 1 << 20, bytes, 172800000},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := of(t, tt.change)
			var got []topic
			for _, x := range v.Topics {
				got = append(got, topic{x.Name, x.Kind, x.MaxMessageBytes, x.Settings.SegmentBytes, x.Settings.Bytes, x.Settings.MS})
				if v.TopicKinds[x.Kind] != x.Settings {
					t.Errorf("%s is declared with %+v, but processes are told %+v", x.Name, x.Settings, v.TopicKinds[x.Kind])
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Numbers sort as numbers, so that a further invoker changes one line.
func TestManyTopics(t *testing.T) {
	v := of(t, func(e *environment.Environment) { e.Invoker.Replicas, e.Controller.Replicas = 12, 1 })
	var got []string
	for _, topic := range v.Topics {
		if topic.Kind == "invoker" {
			got = append(got, topic.Name)
		}
	}
	want := strings.Fields("invoker0 invoker1 invoker2 invoker3 invoker4 invoker5 invoker6 invoker7 invoker8 invoker9 invoker10 invoker11")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What one broker's disk must hold: a partition keeps its retention and the
// segment that is written.
func TestKept(t *testing.T) {
	const topic = 1073741824 + 536870912
	for _, tt := range []struct {
		name   string
		change func(*environment.Environment)
		want   int64
	}{
		{"each broker has all", nil, 7 * topic},
		{"one broker", func(e *environment.Environment) { e.Kafka.Replicas = 1 }, 7 * topic},
		{"six brokers share three copies", func(e *environment.Environment) { e.Kafka.Replicas = 6 }, (7*topic + 1) / 2},
		{"less retention", func(e *environment.Environment) {
			e.Kafka.Topics.Retention = map[string]environment.Retention{"invoker": {SegmentBytes: 100, Bytes: 1000}}
		}, 5*topic + 2*1100},
	} {
		v := of(t, tt.change)
		if got := v.Kept(); got != tt.want {
			t.Errorf("%s: %d bytes, want %d", tt.name, got, tt.want)
		}
	}
}
