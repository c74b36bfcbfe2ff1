package kafkatopics

import (
	"maps"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

// strimziVersion is served from Strimzi 0.49 on, and is the only one of 1.0:
// v1beta2 ended there. The operator needs the objects in the namespace that it
// watches for topics.
const strimziVersion = "kafka.strimzi.io/v1"

var (
	camel    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	noObject = regexp.MustCompile(`[^a-z0-9]+`)
)

func kafkaTopic(s Spec, t Topic) krm.M {
	name := objectName(t.Name)
	labels := krm.Labels{"strimzi.io/cluster": s.Strimzi}
	maps.Copy(labels, s.Labels)
	o := krm.New(strimziVersion, "KafkaTopic", s.Namespace, name, labels)
	spec := krm.M{"partitions": t.Partitions, "replicas": t.Replicas}
	if name != t.Name {
		spec["topicName"] = t.Name
	}
	if len(t.Config) > 0 {
		spec["config"] = t.Config
	}
	o["spec"] = spec
	return o
}

// objectName of a topic: cacheInvalidation is cache-invalidation. Two topics
// may come out with one name, and one with none; check refuses them.
func objectName(topic string) string {
	name := strings.ToLower(camel.ReplaceAllString(topic, "$1-$2"))
	return strings.Trim(noObject.ReplaceAllString(name, "-"), "-")
}
