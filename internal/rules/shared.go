package rules

import (
	"fmt"
	"slices"
)

// shared compares the environments of a directory: what two of them have
// outside their clusters must not be one thing to both, nor what a cluster has
// once. Each is compared with those before it, and reported with the first that it
// collides with.
func shared(all []*checker) {
	taken := map[string]claim{}
	for i, c := range all {
		for _, collides := range []func(*checker) bool{c.sharedKafka, c.sharedCouchDB, c.sharedRedis, c.sharedCopies} {
			for _, other := range all[:i] {
				if collides(other) {
					break
				}
			}
		}
		c.sharedVolumes(i, taken, stored.remote)
	}
	for _, g := range clusters(all) {
		g.judge()
	}
}

func (c *checker) sharedKafka(other *checker) bool {
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

func (c *checker) sharedCouchDB(other *checker) bool {
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

func (c *checker) sharedRedis(other *checker) bool {
	mine, theirs := c.Env.Redis.External, other.Env.Redis.External
	if mine == nil || theirs == nil || mine.Host != theirs.Host || mine.Port != theirs.Port || !c.Env.APIGateway.Enabled || !other.Env.APIGateway.Enabled {
		return false
	}
	c.warn("WO296", c.written("redis.external.host"),
		fmt.Sprintf("%q and %q use the Redis at %q: API definitions of one answer in the other", other.Env.Name, c.Env.Name, mine.Host),
		"write another Redis, or leave out redis.external")
	return true
}

// sharedCopies looks at where copies of the database go: each run keeps the newest
// there, whoever's they are, and a restore takes the newest.
func (c *checker) sharedCopies(other *checker) bool {
	mine, theirs := c.Env.CouchDB.Backup, other.Env.CouchDB.Backup
	if mine == nil || theirs == nil || mine.S3 == nil || theirs.S3 == nil || mine.S3.Bucket != theirs.S3.Bucket ||
		mine.S3.Prefix != theirs.S3.Prefix || mine.S3.Endpoint != theirs.S3.Endpoint {
		return false
	}
	c.fail("WO296", c.written("couchdb.backup.s3.prefix", "couchdb.backup.s3.bucket"),
		fmt.Sprintf("%q and %q keep the copies of their databases in the bucket %q below %q: each deletes the other's, and a restore brings back whichever is newer", other.Env.Name, c.Env.Name, mine.S3.Bucket, mine.S3.Prefix),
		fmt.Sprintf("write couchdb: backup: s3: prefix: %q", c.Env.Name+"/"))
	return true
}

// claim says who has a place: the first environment, and its field.
type claim struct {
	order       int // of the environment among all
	name, field string
}

// sharedVolumes looks at storage that is the same for all who are compared: from
// any cluster, or on one. taken has the places of the environments before, and
// afterwards those of this one: to compare each with each would be most of the work
// for a thousand.
func (c *checker) sharedVolumes(order int, taken map[string]claim, places func(stored) []string) {
	var first claim
	var at string
	var mine stored
	own := map[string]claim{}
	for _, s := range c.stores() {
		for _, place := range places(s) {
			if other, ok := taken[place]; ok && (at == "" || other.order < first.order) {
				first, at, mine = other, place, s
			}
			own[place] = claim{order, c.Env.Name, s.field}
		}
	}
	if at != "" {
		c.fail("WO297", mine.kinds()[0],
			fmt.Sprintf("%q is the volume of %s in %q too: writers that do not know of each other destroy the data", at, first.field, first.name),
			"write a place of its own for each environment")
	}
	for place, m := range own {
		if _, ok := taken[place]; !ok {
			taken[place] = m
		}
	}
}

// remote places of a volume are the same whatever the cluster.
func (s stored) remote() []string { return s.placesOf(s.NFS != nil || s.CSI != nil) }

// local places of a volume are on the nodes of a cluster. (A claim is in a
// namespace, which two environments cannot share.)
func (s stored) local() []string { return s.placesOf(s.Local != nil || s.HostPath != nil) }

// placesOf a volume that is well formed and of a kind.
func (s stored) placesOf(kind bool) []string {
	if !kind || len(s.kinds()) != 1 || s.CSI != nil && len(s.CSI.Handles) < s.replicas || s.Local != nil && len(s.Local.Nodes) < s.replicas {
		return nil
	}
	return s.places()
}
