package derived

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// messages is the link of the chain that brokers are.
const messages = "activation.kafka"

// kafka works out the brokers, and how often messages are copied.
func (v *Values) kafka() error {
	k, env := &v.Kafka, v.Env.Kafka
	k.Brokers = env.Replicas
	if env.External != nil {
		k.Brokers = env.External.Brokers
		k.Client = KafkaClient{TLS: env.External.TLS, SASL: env.External.SASL}
	} else {
		k.Client = ownClient(env)
	}
	k.Client.Words = v.Catalog.SASL[k.Client.Mechanism()]
	k.ReplicationFactor = cmp.Or(env.ReplicationFactor, min(v.Catalog.Facts.ReplicationFactorGoal, k.Brokers))
	k.MinInSyncReplicas = cmp.Or(env.MinInSyncReplicas, max(1, k.ReplicationFactor-1))
	k.ClusterID = env.ClusterID
	if k.ClusterID == "" {
		sum := sha256.Sum256([]byte("whiskops/kafka/" + v.Env.Namespace))
		k.ClusterID = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	var err error
	k.MessageMaxBytes, err = v.Limit(messages)
	return err
}

// ownClient is that of the installation's own brokers.
func ownClient(env environment.Kafka) KafkaClient {
	var c KafkaClient
	if tls := env.TLS; tls != nil {
		c.TLS = &environment.KafkaTLS{CA: authority(tls), VerifyHost: true}
	}
	if env.SASL != nil {
		c.SASL = &environment.KafkaSASL{Mechanism: env.SASL.Mechanism}
	}
	return c
}

// Payload is the largest message in bytes that carries an activation.
func (v *Values) Payload() int { return v.links[messages].holds }

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
