package rules

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// kafka looks at what brokers take and hold.
func (c *checker) kafka() {
	c.messageSize()
	c.kafkaVolume()
}

func (c *checker) messageSize() {
	need, field := c.Payload(), "kafka.messageMaxBytes"
	if c.Env.Kafka.External != nil {
		field = "kafka.external.messageMaxBytes"
	}
	if c.Kafka.MessageMaxBytes >= need {
		return
	}
	help := fmt.Sprintf("write %s or more, or a smaller limits.payload", cue(field, need))
	if c.Env.Kafka.External == nil {
		help = fmt.Sprintf("leave out %s, or write %s or more", field, cue(field, need))
	}
	c.fail("WO221", c.written(field, "limits.payload", "kafka.external"),
		fmt.Sprintf("brokers take messages of %d bytes (%s), but an activation has up to %d: %d of limits.payload and %d around it; large ones are refused and never complete",
			c.Kafka.MessageMaxBytes, field, need, c.Env.Limits.Payload, c.Catalog.Facts.SerdesOverhead), help)
}

// kafkaVolume leaves a tenth of the disk for indexes, offsets and metadata.
func (c *checker) kafkaVolume() {
	if c.Env.Kafka.External != nil {
		return
	}
	kept := c.Kept()
	need := kept + kept/10
	if need < 0 {
		kept, need = math.MaxInt64, math.MaxInt64 // of numbers that no disk has
	}
	volume := c.Env.Kafka.Volume.Size
	if c.reported("WO201") && !c.Env.Source.Written("kafka.volume.size") {
		return // a number of pods that cannot be has too many topics
	}
	// Too large to count is large enough; far too small is a mistake of its own.
	if n, err := quantity.Bytes(volume); err != nil || n < leastVolume || n >= need {
		return
	}
	c.fail("WO222", c.written("kafka.volume.size", "kafka.topics.retention", "invoker.replicas", "controller.replicas"),
		fmt.Sprintf("%s is too small: %s may keep %s on a broker, and it needs a tenth more; a broker whose disk is full stops",
			c.show("kafka.volume.size", volume), count(len(c.Topics), "topic"), storage(kept)),
		fmt.Sprintf("write kafka: volume: size: %q or more, or keep less with kafka.topics.retention", storage(need)))
}

// retention judges what the user wrote about single kinds of topics.
func (c *checker) retention() {
	for _, kind := range slices.Sorted(maps.Keys(c.Env.Kafka.Topics.Retention)) {
		t := c.TopicKinds[kind]
		field := func(name string) string {
			return "kafka.topics.retention." + environment.JoinPath(kind, name)
		}
		if t.Payload && t.SegmentBytes < c.Payload() {
			c.fail("WO223", c.written(field("segmentBytes"), "limits.payload"),
				fmt.Sprintf("%s is %d, less than the %d bytes of an activation: Kafka refuses what does not fit into a segment, and the activation never completes", field("segmentBytes"), t.SegmentBytes, c.Payload()),
				fmt.Sprintf("write %s or more, or leave it out", cue(field("segmentBytes"), c.Payload())))
		} else if t.Bytes < t.SegmentBytes {
			c.warn("WO224", c.written(field("bytes"), field("segmentBytes")),
				fmt.Sprintf("%s is %d, less than a segment of %d: nothing is deleted before a segment is full, so the disk holds more than was asked for", field("bytes"), t.Bytes, t.SegmentBytes),
				fmt.Sprintf("write %s or less", cue(field("segmentBytes"), t.Bytes/2)))
		}
		if longest := lasts(c.Env.Limits.Time.Max); t.Payload && time.Duration(min(t.MS, math.MaxInt64/int(time.Millisecond)))*time.Millisecond < longest {
			c.warn("WO225", c.written(field("ms"), "limits.time.max"),
				fmt.Sprintf("%s is %d, less than limits.time.max %q: what waits behind a long action is deleted before it is read", field("ms"), t.MS, c.Env.Limits.Time.Max),
				fmt.Sprintf("write %s or more, or leave it out", cue(field("ms"), longest.Milliseconds())))
		}
	}
}

// topics looks at who makes topics.
func (c *checker) topics() {
	t := c.Env.Kafka.Topics
	if t.AutoCreate && !c.development() && c.Env.Kafka.External == nil {
		c.warn("WO226", "kafka.topics.autoCreate",
			"kafka.topics.autoCreate is true: a consumer that comes first makes a topic with a broker's defaults, and it keeps the wrong retention and message size for ever",
			"leave out kafka.topics.autoCreate: topics are declared before anyone needs them")
	}
	if t.By != "strimzi" {
		return
	}
	if c.Env.Kafka.External == nil {
		c.fail("WO228", c.written("kafka.topics.by"),
			"kafka.topics.by is \"strimzi\", but Kafka is the installation's own: Strimzi's operator serves only clusters that it runs, and nobody makes the topics",
			"write kafka.external with the bootstrap of the Strimzi cluster, or leave out kafka.topics.by")
		return
	}
	if t.StrimziCluster == "" {
		c.fail("WO227", c.written("kafka.topics.by"),
			"kafka.topics.by is \"strimzi\", but kafka.topics.strimziCluster is not written: the operator ignores topics without its cluster's label, and nobody makes them",
			"write kafka: topics: strimziCluster: with the name of the Kafka object")
	}
}
