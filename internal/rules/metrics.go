package rules

import "fmt"

// countsTopic is the kind of topic that who counts activations reads, by its bare
// name.
const countsTopic = "events"

// metrics looks at who reads what the installation exports.
func (c *checker) metrics() {
	m := c.Env.Metrics
	if m == nil {
		return
	}
	if m.Namespace == c.ActionNamespace {
		c.fail("WO520", "metrics.namespace",
			fmt.Sprintf("metrics.namespace is %q, where action pods run: users' code could read what all namespaces do", m.Namespace),
			"write the namespace of what reads the metrics, which users have no part in")
	}
	if m.Namespace == c.Env.Namespace {
		c.warn("WO522", "metrics.namespace",
			fmt.Sprintf("metrics.namespace is %q, the installation's own: its policies close all pods there that are not its own, so what reads there reaches neither a pod nor the API server", m.Namespace),
			"run it in a namespace of its own and name that, or write a NetworkPolicy for it into custom/")
	}
	if prefix := c.Env.Kafka.TopicPrefix; m.UserEvents && prefix != "" {
		c.fail("WO521", c.written("metrics.userEvents", "kafka.topicPrefix"),
			fmt.Sprintf("metrics.userEvents is true, and kafka.topicPrefix is %q: activations are told to the topic %q, and who counts them reads %q, whatever the prefix",
				prefix, prefix+c.TopicKinds[countsTopic].Name, c.TopicKinds[countsTopic].Name),
			"leave out metrics.userEvents or kafka.topicPrefix")
	}
}
