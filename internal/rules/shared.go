package rules

import (
	"fmt"
	"slices"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/finding"
)

// shared compares the environments of a directory: what two of them have
// outside their clusters must not be one thing to both. Each is compared with
// those before it, and reported with the first that it collides with.
func shared(all []*derived.Values) []finding.Finding {
	var found []finding.Finding
	for i, v := range all {
		c := &checker{Values: v}
		for _, collides := range []func(*derived.Values) bool{c.sharedKafka, c.sharedCouchDB, c.sharedRedis, c.sharedVolumes} {
			for _, other := range all[:i] {
				if collides(other) {
					break
				}
			}
		}
		found = append(found, c.found...)
	}
	return found
}

func (c *checker) sharedKafka(other *derived.Values) bool {
	mine, theirs := c.Env.Kafka, other.Env.Kafka
	if mine.External == nil || theirs.External == nil || mine.TopicPrefix != theirs.TopicPrefix {
		return false
	}
	for _, server := range mine.External.Bootstrap {
		if slices.Contains(theirs.External.Bootstrap, server) {
			c.fail("WO296", c.written("kafka.topicPrefix", "kafka.external.bootstrap"),
				fmt.Sprintf("%q and %q use the Kafka at %q with one kafka.topicPrefix %q: each takes the activations of the other", other.Env.Name, c.Env.Name, server, mine.TopicPrefix),
				fmt.Sprintf("write kafka: topicPrefix: %q", c.Env.Name+"-"))
			return true
		}
	}
	return false
}

func (c *checker) sharedCouchDB(other *derived.Values) bool {
	mine, theirs := c.Env.CouchDB, other.Env.CouchDB
	if mine.External == nil || theirs.External == nil || mine.Prefix != theirs.Prefix ||
		mine.External.Host != theirs.External.Host || mine.External.Port != theirs.External.Port {
		return false
	}
	c.fail("WO296", c.written("couchdb.prefix", "couchdb.external.host"),
		fmt.Sprintf("%q and %q use the CouchDB at %q with one couchdb.prefix %q: they have the same actions and subjects, and one goes on serving what the other has deleted", other.Env.Name, c.Env.Name, mine.External.Host, mine.Prefix),
		"write another couchdb.prefix")
	return true
}

func (c *checker) sharedRedis(other *derived.Values) bool {
	mine, theirs := c.Env.Redis.External, other.Env.Redis.External
	if mine == nil || theirs == nil || *mine != *theirs || !c.Env.APIGateway.Enabled || !other.Env.APIGateway.Enabled {
		return false
	}
	c.warn("WO296", c.written("redis.external.host"),
		fmt.Sprintf("%q and %q use the Redis at %q: API definitions of one answer in the other", other.Env.Name, c.Env.Name, mine.Host),
		"write another Redis, or leave out redis.external")
	return true
}

// sharedVolumes looks at storage that is the same from any cluster.
func (c *checker) sharedVolumes(other *derived.Values) bool {
	theirs := map[string]string{}
	for _, s := range (&checker{Values: other}).stores() {
		for _, place := range s.remote() {
			theirs[place] = s.field
		}
	}
	for _, s := range c.stores() {
		for _, place := range s.remote() {
			if field, taken := theirs[place]; taken {
				c.fail("WO297", s.kinds()[0],
					fmt.Sprintf("%q is the volume of %s in %q too: writers that do not know of each other destroy the data", place, field, other.Env.Name),
					"write a place of its own for each environment")
				return true
			}
		}
	}
	return false
}

// remote places of a volume that is well formed.
func (s stored) remote() []string {
	if len(s.kinds()) != 1 || s.NFS == nil && s.CSI == nil || s.CSI != nil && len(s.CSI.Handles) < s.replicas {
		return nil
	}
	return s.places()
}
