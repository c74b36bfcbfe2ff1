package kafkatopics

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

var (
	// topicName as Kafka takes it; "." and ".." are no names.
	topicName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	configKey = regexp.MustCompile(`^[a-z][a-z0-9.]*$`)
	// configValue can stand in a list of pairs and in a shell word. A list of
	// values, as cleanup.policy takes one, cannot.
	configValue = regexp.MustCompile(`^[A-Za-z0-9._:/-]+$`)
)

func check(c *krm.Check, s Spec) {
	if s.Strimzi == "" {
		c.Name("spec.name", s.Name)
	}
	if s.Namespace != "" {
		c.Label("spec.namespace", s.Namespace)
	}
	if len(s.Topics) == 0 {
		c.Fail("spec.topics is empty")
	}
	if s.Strimzi != "" {
		c.Name("spec.strimzi", s.Strimzi)
	}
	checkUser(c, s)
	names := map[string]string{}
	for i, t := range s.Topics {
		field := fmt.Sprintf("spec.topics[%d]", i)
		checkTopic(c, field, t)
		if name := objectName(t.Name); s.Strimzi != "" && t.Name != "" && (name == "" || len(name) > 253) {
			c.Fail("%s.name %q makes no name for a KafkaTopic", field, t.Name)
		}
		same := sameAs(s, t.Name)
		switch other, ok := names[same]; {
		case ok && other == t.Name:
			c.Fail("%s.name %q is given twice", field, t.Name)
		case ok:
			c.Fail("%s.name %q cannot be beside %q: %s", field, t.Name, other, whySame(s))
		default:
			names[same] = t.Name
		}
	}
}

func checkTopic(c *krm.Check, field string, t Topic) {
	if c.Given(field+".name", t.Name) && (len(t.Name) > 249 || !topicName.MatchString(t.Name) || t.Name == "." || t.Name == "..") {
		c.Fail("%s.name %q is no topic: at most 249 letters, digits, '.', '_' and '-'", field, t.Name)
	}
	for _, k := range krm.Keys(t.Config) {
		if !configKey.MatchString(k) {
			c.Fail("%s.config has the key %q: Kafka's keys are lower case words joined by dots", field, k)
		}
		if v := t.Config[k]; !configValue.MatchString(v) {
			c.Fail("%s.config %s has the value %q: wanted one word of letters, digits and ._:/-", field, k, v)
		}
	}
}

func checkUser(c *krm.Check, s Spec) {
	if s.User == nil {
		return
	}
	if s.Strimzi == "" {
		c.Fail("spec.user is given without spec.strimzi: Strimzi alone makes users")
	}
	c.Name("spec.user.name", s.User.Name)
	if !slices.Contains([]string{"tls", "scram-sha-512"}, s.User.Authentication) {
		c.Fail("spec.user.authentication is %q, wanted tls or scram-sha-512", s.User.Authentication)
	}
	if len(s.User.Topics) == 0 {
		c.Fail("spec.user.topics is empty")
	}
	for i, p := range s.User.Topics {
		c.Given(fmt.Sprintf("spec.user.topics[%d].name", i), p.Name)
	}
	for i, p := range s.User.Groups {
		c.Given(fmt.Sprintf("spec.user.groups[%d].name", i), p.Name)
	}
}

// sameAs is equal for two topics that cannot be in one cluster, because Kafka
// makes one metric of "." and "_" or because the objects had one name.
func sameAs(s Spec, topic string) string {
	if s.Strimzi != "" {
		return objectName(topic)
	}
	return strings.ReplaceAll(topic, ".", "_")
}

func whySame(s Spec) string {
	if s.Strimzi != "" {
		return "their KafkaTopic objects would have one name"
	}
	return "Kafka does not tell '.' from '_' in the names of metrics"
}
