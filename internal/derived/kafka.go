package derived

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// kafka works out the brokers, the quorum and how often messages are copied.
func (v *Values) kafka() {
	k, env := &v.Kafka, v.Env.Kafka
	if e := env.External; e != nil {
		k.Bootstrap, k.Brokers = strings.Join(e.Bootstrap, ","), e.Brokers
		for _, hostPort := range e.Bootstrap {
			if _, port, err := net.SplitHostPort(hostPort); err == nil {
				n, _ := strconv.Atoi(port)
				k.Ports = append(k.Ports, n)
			}
		}
		slices.Sort(k.Ports)
		k.Ports = slices.Compact(k.Ports)
	} else {
		port := v.Catalog.Components["kafka"].Port("client")
		k.Brokers = env.Replicas
		k.Bootstrap = members(k.Brokers, func(i int) string { return fmt.Sprintf("kafka-%d.kafka:%d", i, port) })
		k.Ports = []int{port}
	}
	k.ReplicationFactor = cmp.Or(env.ReplicationFactor, min(v.Catalog.Facts.ReplicationFactorGoal, k.Brokers))
	k.MinInSyncReplicas = cmp.Or(env.MinInSyncReplicas, max(1, k.ReplicationFactor-1))
	k.MessageMaxBytes = cmp.Or(env.MessageMaxBytes, max(v.Catalog.Facts.KafkaMessageMaxBytes, v.Payload()))
	if env.External != nil {
		k.MessageMaxBytes = env.External.MessageMaxBytes
	}
	k.ClusterID = env.ClusterID
	if k.ClusterID == "" {
		sum := sha256.Sum256([]byte("whiskops/kafka/" + v.Env.Namespace))
		k.ClusterID = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	// Node ids: brokers from 0, a quorum of its own from 100.
	port := v.Catalog.Components["kafka-controller"].Port("quorum")
	if env.Mode == "separate" {
		k.Quorum = env.Controllers
		k.Voters = members(k.Quorum, func(i int) string {
			return fmt.Sprintf("10%d@kafka-controller-%d.kafka-controller:%d", i, i, port)
		})
	} else {
		k.Quorum = k.Brokers
		k.Voters = members(k.Quorum, func(i int) string { return fmt.Sprintf("%d@kafka-%d.kafka:%d", i, i, port) })
	}
}

// members joins n names with commas.
func members(n int, name func(int) string) string {
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	return strings.Join(names, ",")
}

// Payload is the largest message in bytes that carries an activation.
func (v *Values) Payload() int { return v.Env.Limits.Payload + v.Catalog.Facts.SerdesOverhead }

// topics lists the topics of the installation and what each keeps.
func (v *Values) topics() {
	v.TopicKinds = map[string]catalog.Topic{}
	for kind, settings := range v.Catalog.Topics {
		r := v.Env.Kafka.Topics.Retention[kind]
		settings.SegmentBytes = cmp.Or(r.SegmentBytes, settings.SegmentBytes)
		settings.Bytes = cmp.Or(r.Bytes, settings.Bytes)
		settings.MS = cmp.Or(r.MS, settings.MS)
		v.TopicKinds[kind] = settings

		t := Topic{Name: v.Env.Kafka.TopicPrefix + settings.Name, Kind: kind, Settings: settings}
		if settings.Payload {
			t.MaxMessageBytes = v.Payload()
		}
		if settings.Each == "" {
			v.Topics = append(v.Topics, t)
			continue
		}
		for i := range v.Replicas(settings.Each) {
			each := t
			each.Name += strconv.Itoa(i)
			v.Topics = append(v.Topics, each)
		}
	}
	slices.SortFunc(v.Topics, func(a, b Topic) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
}

// Kept is the most that one broker's disk must hold, in bytes: for each
// partition what is retained and the segment being written, spread evenly.
func (v *Values) Kept() int64 {
	var all int64
	for _, t := range v.Topics {
		all += int64(t.Settings.Bytes) + int64(t.Settings.SegmentBytes)
	}
	all *= int64(min(v.Kafka.ReplicationFactor, v.Kafka.Brokers))
	brokers := int64(max(1, v.Kafka.Brokers))
	return (all + brokers - 1) / brokers
}
