package rules

import (
	"fmt"

	"github.com/whiskops/whiskops/internal/catalog"
)

// quorum looks at how often Kafka copies messages, and at who votes.
func (c *checker) quorum() {
	c.copies()
	c.voters()
	c.pairOfControllers()
}

// pairOfControllers looks at the one number of controllers that discovery by
// the Kubernetes API serves badly: see the downing provider in the catalogue.
func (c *checker) pairOfControllers() {
	if c.Env.Controller.Clustering != "kubernetes" || c.Fewest(c.Catalog.Throttle.By) != 2 {
		return
	}
	field, fix := c.fewestField(c.Catalog.Throttle.By), "write controller: clustering: \"seeds\", or "
	if c.Autoscale(c.Catalog.Throttle.By) != nil {
		fix = "write " // a list of seeds has a fixed number
	}
	c.warn("WO219", c.written("controller.clustering", field),
		"controller.clustering is \"kubernetes\" with 2 controllers: one that is killed comes back with another address, and the other one waits for the old one for ever, with half of the invokers' memory",
		fix+cue(field, 3))
}

// brokersField is where the number of brokers stands.
func (c *checker) brokersField() string {
	if c.Env.Kafka.External != nil {
		return "kafka.external.brokers"
	}
	return "kafka.replicas"
}

func (c *checker) copies() {
	k := c.Kafka
	const rf, isr = "kafka.replicationFactor", "kafka.minInSyncReplicas"
	brokers := c.brokersField()
	switch {
	case k.ReplicationFactor > k.Brokers:
		c.fail("WO211", c.written(rf, brokers),
			fmt.Sprintf("%s is %d, but %s is %d: no topic can be created, and controllers and invokers never hear of each other", rf, k.ReplicationFactor, brokers, k.Brokers),
			fmt.Sprintf("write %s%s, or leave it out", cue(rf, k.Brokers), verb(k.Brokers, "", " or less")))
	case k.MinInSyncReplicas > k.ReplicationFactor:
		c.fail("WO212", c.written(isr, rf, brokers),
			fmt.Sprintf("%s is %d, but a message has %s (%s): Kafka refuses every write that asks for all of them, and consumers cannot note where they are", isr, k.MinInSyncReplicas, copies(k.ReplicationFactor), rf),
			fmt.Sprintf("write %s, or leave it out", cue(isr, max(1, k.ReplicationFactor-1))))
	case k.MinInSyncReplicas == k.ReplicationFactor && k.ReplicationFactor > 1:
		c.fail("WO213", c.written(isr, rf, brokers),
			fmt.Sprintf("%s is %d, as many as a message has copies (%s): when one broker is down, for an update too, consumers cannot note where they are, and activations stop", isr, k.MinInSyncReplicas, rf),
			fmt.Sprintf("write %s, or leave it out", cue(isr, k.ReplicationFactor-1)))
	}
}

func copies(n int) string {
	if n == 1 {
		return "1 copy"
	}
	return fmt.Sprintf("%d copies", n)
}

// voters judges the size of each quorum: n voters survive the loss of (n-1)/2 of
// them.
func (c *checker) voters() {
	for _, name := range c.replicated() {
		if voter := c.Voter(name); voter != nil {
			c.quorumOf(voter, c.Replicas(name), c.replicasField(name))
		}
	}
}

func (c *checker) quorumOf(voter *catalog.Voter, n int, field string) {
	// One less does as well as an even number, and one more is better than two.
	// Where voters are servers of something else, nobody takes one away.
	odd := n - 1
	if n == 2 || voter.Apart != nil {
		odd = n + 1
	}
	help := "write " + cue(field, odd)
	apart := voter.Apart
	if apart != nil {
		help += fmt.Sprintf(", or %s, %s", cue(voter.Field, apart.Value), apart.Since)
	}
	switch {
	case n == 2:
		c.fail("WO214", field,
			fmt.Sprintf("%s is 2, and both vote in %s's quorum: when either is down %s stops, so two are worse than one", field, voter.Of, voter.Of), help)
	case n > 9:
		if apart != nil {
			help = fmt.Sprintf("write %s, which has a quorum of %s", cue(voter.Field, apart.Value), apart.Quorum)
		}
		c.warn("WO215", field,
			fmt.Sprintf("%s is %d, and all of them vote in %s's quorum: %s waits for %d of them", field, n, voter.Of, voter.Slow, n/2+1), help)
	case n%2 == 0:
		c.warn("WO214", field,
			fmt.Sprintf("%s is %d, and all of them vote in %s's quorum: it survives the loss of %d, as with %d, and one more must agree to every change", field, n, voter.Of, (n-1)/2, n-1), help)
	}
}

// availability looks for what one failed node takes away from users.
func (c *checker) availability() {
	if !c.production() {
		return
	}
	for _, name := range c.replicated() {
		loss, field := c.Catalog.Components[name].Loss, c.fewestField(name)
		if loss != "" && c.Fewest(name) == 1 && !c.daemon(name) {
			c.warn("WO216", c.written(field),
				fmt.Sprintf("%s is 1 in profile \"production\": while its node fails or is drained, %s", field, loss),
				fmt.Sprintf("write %s or more", cue(field, 2)))
		}
	}
	field := c.brokersField()
	switch n := c.Kafka.Brokers; {
	case n == 1:
		c.warn("WO216", c.written(field),
			fmt.Sprintf("%s is 1 in profile \"production\": while its node fails or is drained, no activation starts, and what is lost with its disk has no copy", field),
			"write "+cue(field, 3))
	case n == 2 && !c.reported("WO214"):
		c.warn("WO216", c.written(field),
			fmt.Sprintf("%s is 2 in profile \"production\": while one is down, every message has one copy", field),
			"write "+cue(field, 3))
	case c.Kafka.ReplicationFactor == 1:
		c.warn("WO217", c.written("kafka.replicationFactor", field),
			fmt.Sprintf("kafka.replicationFactor is 1 in profile \"production\", with %d brokers: the topics on a broker that is down are gone until it is back", n),
			"leave out kafka.replicationFactor, or write kafka: replicationFactor: 3")
	}
}
