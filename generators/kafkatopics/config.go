package kafkatopics

import (
	_ "embed"

	"github.com/whiskops/whiskops/internal/krm"
)

// Kind of the functionConfig.
const Kind = "DeclareKafkaTopics"

//go:embed config.go
var source string

// Function declares topics.
var Function = krm.Define(krm.Definition{
	Kind: Kind, Command: "declare-kafka-topics", Source: source,
	Short: "Declare Kafka's topics: as a script for a Deployment, or as Strimzi's KafkaTopics",
	Example: `apiVersion: fn.whiskops.github.io/v1alpha1
kind: DeclareKafkaTopics
metadata:
  name: topics
spec:
  name: topics
  topics:
  - name: orders
    partitions: 12
    replicas: 3
    config: {retention.ms: "604800000"}
`,
}, process)

// Process runs the function.
func Process(rl *krm.ResourceList) error { return Function.Process(rl) }

// Spec declares topics. Without strimzi it makes a ConfigMap with the keys "topics" and
// "declare.sh", for a Deployment to run.
type Spec struct {
	// Name of the ConfigMap.
	Name string `json:"name,omitempty" form:"name"`
	// Namespace of what is made.
	Namespace string `json:"namespace,omitempty" form:"label"`
	// Labels of what is made.
	Labels krm.Labels `json:"labels,omitempty"`
	// Topics that there are to be.
	Topics []Topic `json:"topics"`
	// Strimzi is the name of the Kafka cluster whose operator makes the
	// topics from KafkaTopic objects.
	Strimzi string `json:"strimzi,omitempty" form:"name"`
	// User of that cluster, who reads and writes the topics.
	User *User `json:"user,omitempty"`
	// Hash says how the ConfigMap gets a name of its own for each content: "content"
	// puts it behind the name, here and where pods name it, "kustomize" asks kustomize
	// to. Without it, it is kustomize for a generator and content for all others.
	Hash string `json:"hash,omitempty" enum:"content,kustomize,none"`
}

// User becomes a KafkaUser, whose login the operator puts into a Secret of the same
// name.
type User struct {
	// Name of the KafkaUser.
	Name string `json:"name"`
	// Authentication is how the user logs in.
	Authentication string `json:"authentication" enum:"tls,scram-sha-512"`
	// Topics that the user reads and writes.
	Topics []Pattern `json:"topics"`
	// Groups in which the user reads.
	Groups []Pattern `json:"groups,omitempty"`
}

// Pattern of names.
type Pattern struct {
	// Name is the whole name, or its beginning.
	Name string `json:"name"`
	// Prefix tells that it is the beginning.
	Prefix bool `json:"prefix,omitempty"`
}

// Topic of Kafka.
type Topic struct {
	// Name of the topic.
	Name string `json:"name"`
	// Partitions of it.
	Partitions int `json:"partitions" min:"1"`
	// Replicas is the replication factor.
	Replicas int `json:"replicas" min:"1" max:"32767"`
	// Config of the topic by Kafka's names: retention.ms, segment.bytes.
	Config map[string]string `json:"config,omitempty"`
}
