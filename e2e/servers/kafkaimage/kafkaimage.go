// Package kafkaimage does what the image apache/kafka 3.9 does with its
// environment before it starts a broker.
//
// Variables come in; the text of server.properties goes out. The rule is that of
// the image's own program, which is in its launch scripts and in Kafka's class
// KafkaDockerWrapper.
package kafkaimage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefaultClusterID is used by the image when CLUSTER_ID is not set.
const DefaultClusterID = "5L6g3nShT-eMCtK--X86sw"

// excluded variables begin with KAFKA_ and are no properties of the broker.
var excluded = map[string]bool{
	"KAFKA_VERSION": true, "KAFKA_HEAP_OPTS": true, "KAFKA_LOG4J_OPTS": true, "KAFKA_OPTS": true, "KAFKA_JMX_OPTS": true,
	"KAFKA_JVM_PERFORMANCE_OPTS": true, "KAFKA_GC_LOG_OPTS": true, "KAFKA_LOG4J_ROOT_LOGLEVEL": true,
	"KAFKA_LOG4J_LOGGERS": true, "KAFKA_TOOLS_LOG4J_LOGLEVEL": true, "KAFKA_JMX_HOSTNAME": true,
}

// Property is the name that a variable gives a property: KAFKA_ is removed
// wherever it is; one underscore is a dot, two are an underscore, three a dash.
// A variable that is no property has none.
func Property(variable string) (string, bool) {
	if !strings.HasPrefix(variable, "KAFKA_") || excluded[variable] {
		return "", false
	}
	name := strings.ToLower(strings.ReplaceAll(variable, "KAFKA_", ""))
	name = strings.ReplaceAll(name, "_", ".")
	name = strings.ReplaceAll(name, "...", "-")
	return strings.ReplaceAll(name, "..", "_"), true
}

// ServerProperties is the broker's file. Values are not escaped, and an empty
// one is written. The image refuses what cannot start.
func ServerProperties(environment map[string]string) (string, error) {
	var text strings.Builder
	for _, variable := range slices.Sorted(maps.Keys(environment)) {
		if name, ok := Property(variable); ok {
			fmt.Fprintf(&text, "%s=%s\n", name, environment[variable])
		}
	}
	if text.Len() == 0 {
		return "", fmt.Errorf("no KAFKA_ variable: the image would use its own defaults")
	}
	roles, advertised := environment["KAFKA_PROCESS_ROLES"], environment["KAFKA_ADVERTISED_LISTENERS"]
	if roles == "" {
		return "", fmt.Errorf("KAFKA_PROCESS_ROLES is missing: the broker would look for ZooKeeper")
	}
	if environment["KAFKA_NODE_ID"] == "" {
		return "", fmt.Errorf("KAFKA_NODE_ID is missing")
	}
	if roles == "controller" && advertised != "" {
		return "", fmt.Errorf("KAFKA_ADVERTISED_LISTENERS is set on a controller: the image ends")
	}
	if environment["KAFKA_LOG_DIRS"] == "" {
		return "", fmt.Errorf("KAFKA_LOG_DIRS is missing: the data would be in /tmp/kafka-logs, and lost with the pod")
	}
	return text.String(), nil
}
