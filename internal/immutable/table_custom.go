package immutable

import "github.com/whiskops/whiskops/internal/value"

const topicOperator = "Strimzi's topic operator"

// emptied is that a mapping that had something now is written as empty: server-side
// apply makes null of it, which is not of its type.
func emptied(field string) []rule {
	return []rule{{
		field: field, when: isEmptied,
		message: "the API server refuses a mapping that becomes empty: server-side apply makes null of it",
		help:    "leave the whole field out",
	}}
}

func isEmptied(c change) bool {
	if c.new != nil || len(c.path) < 2 {
		return false
	}
	in := any(c.after)
	for _, at := range c.path[:len(c.path)-1] {
		m, isMap := in.(map[string]any)
		if !isMap || at.element {
			return false
		}
		in = m[at.name]
	}
	m, isMap := in.(map[string]any)
	return isMap && len(m) == 0
}

// custom resources. None of their definitions has a rule over what there was
// before (oldSelf in x-kubernetes-validations) but those named.
func custom() map[string]row {
	return map[string]row{
		"cert-manager.io/Certificate":             nothing("cert-manager, deploy/crds/cert-manager.io_certificates.yaml"),
		"monitoring.coreos.com/PodMonitor":        nothing("prometheus-operator, pkg/apis/monitoring/v1: no rule of transition in it"),
		"monitoring.coreos.com/PrometheusRule":    nothing("prometheus-operator, pkg/apis/monitoring/v1: no rule of transition in it"),
		"monitoring.googleapis.com/PodMonitoring": nothing("prometheus-engine, pkg/operator/apis/monitoring/v1: no rule of transition in it"),
		"monitoring.googleapis.com/Rules":         nothing("prometheus-engine, pkg/operator/apis/monitoring/v1: no rule of transition in it"),
		"gateway.networking.k8s.io/HTTPRoute":     nothing("gateway-api, config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"),
		"bitnami.com/SealedSecret": {
			source: "sealed-secrets, helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml",
			rules:  emptied("spec.encryptedData"),
		},
		"external-secrets.io/ExternalSecret":      nothing("external-secrets, config/crds/bases/external-secrets.io_externalsecrets.yaml"),
		"generators.external-secrets.io/Password": nothing("external-secrets, config/crds/bases/generators.external-secrets.io_passwords.yaml"),
		"generators.external-secrets.io/UUID":     nothing("external-secrets, config/crds/bases/generators.external-secrets.io_uuids.yaml"),
		"gateway.networking.k8s.io/GatewayClass": {
			source: "gateway-api, config/crd/standard/gateway.networking.k8s.io_gatewayclasses.yaml",
			rules:  fixed("the API server refuses another controller of a GatewayClass", "make a class of another name, and have each Gateway name it", "spec.controllerName"),
		},
		// The API server takes any change of a topic; what the operator does not do, it
		// says in the topic's condition.
		"kafka.strimzi.io/KafkaUser": nothing("strimzi-kafka-operator, install/cluster-operator: the definition of KafkaUser has no rule of transition in it"),
		"kafka.strimzi.io/KafkaTopic": {
			source:  "strimzi-kafka-operator, topic-operator, io.strimzi.operator.topic: NotSupported",
			applied: withTopicNames,
			rules: rules(emptied("spec.config"), []rule{
				{field: "spec.topicName", by: topicOperator,
					message: "Strimzi's topic operator does not rename a topic: the KafkaTopic is not ready from then on, and the old topic stays as it is",
					help:    "make a KafkaTopic of another name for the new topic; a KafkaTopic that is deleted deletes its topic"},
				{field: "spec.partitions", when: shrinks, by: topicOperator,
					message: "Strimzi's topic operator does not take partitions from a topic: the KafkaTopic is not ready from then on",
					help:    "keep {old} partitions, or make a topic of another name with fewer"},
			}),
		},
	}
}

// withTopicNames gives KafkaTopics that say the names that their topics have.
func withTopicNames(before, after map[string]any) (map[string]any, map[string]any) {
	named := func(topic map[string]any) map[string]any {
		if name := at(topic, "spec", "topicName"); name != nil && name != "" {
			return topic
		}
		return value.With(topic, at(topic, "metadata", "name"), "spec", "topicName")
	}
	return named(before), named(after)
}
