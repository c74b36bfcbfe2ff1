package kafkatopics

import "github.com/whiskops/whiskops/internal/krm"

// Kind of the functionConfig.
const Kind = "KafkaTopics"

// Spec declares topics. Without Strimzi it makes a ConfigMap, named after the
// component, with the keys "topics" and "declare.sh", for a Deployment to run.
type Spec struct {
	krm.Owner
	Topics []Topic `json:"topics"`
	// Strimzi is the name of the Kafka cluster whose operator makes the
	// topics from KafkaTopic objects.
	Strimzi string `json:"strimzi,omitempty"`
}

// Topic of Kafka.
type Topic struct {
	Name       string `json:"name"`
	Partitions int    `json:"partitions"`
	// Replicas is the replication factor.
	Replicas int `json:"replicas"`
	// Config of the topic by Kafka's names: retention.ms, segment.bytes.
	Config map[string]string `json:"config,omitempty"`
}
