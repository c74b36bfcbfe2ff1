package rules

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

// nodesOfCouchDB is how many nodes a cluster of CouchDB has: as many as there are
// copies of a document, of which most must be there.
const nodesOfCouchDB = 3

// couchdb looks at the database's nodes, and at the copies of what it holds.
func (c *checker) couchdb() {
	if c.Env.CouchDB.External == nil {
		c.couchdbNodes()
	}
	if b := c.Env.CouchDB.Backup; b != nil {
		c.backupTarget(b)
	}
}

func (c *checker) couchdbNodes() {
	const replicas, cookie = "couchdb.replicas", "secrets.plain.couchdb.cookie"
	n, plain := c.Env.CouchDB.Replicas, c.Env.Secrets.Plain
	switch n {
	case 1:
		if plain != nil && plain.CouchDB.Cookie != "" {
			c.idle([]string{cookie}, "couchdb.replicas is 1, and a single node knows no other")
		}
		return
	case nodesOfCouchDB:
	case 2:
		c.fail("WO593", replicas,
			"couchdb.replicas is 2: a write must be on most of the copies of a document, and of two both are most, so CouchDB stops when either is away: two are worse than one",
			"write couchdb: replicas: 3, or 1")
		return
	default:
		c.fail("WO593", replicas,
			fmt.Sprintf("couchdb.replicas is %d: each document has 3 copies, so more nodes than that hold no more of the databases that are there, and lose no fewer", n),
			"write couchdb: replicas: 3")
		return
	}
	if plain != nil && plain.CouchDB.Cookie == "" {
		c.fail("WO594", c.written(cookie, replicas),
			"couchdb.replicas is 3, but secrets.plain.couchdb.cookie is not written: the pods of CouchDB wait for ever for the key cookie of their Secret, by which nodes know each other",
			"write secrets: plain: couchdb: cookie: with 32 letters and digits or more")
	}
}

// backupTarget looks at where copies go.
func (c *checker) backupTarget(b *environment.CouchDBBackup) {
	const field, volume, s3 = "couchdb.backup", "couchdb.backup.volume", "couchdb.backup.s3"
	switch {
	case b.Volume == nil && b.S3 == nil:
		c.fail("WO595", field,
			"couchdb.backup says no place: there is nothing to write copies to",
			"write couchdb: backup: volume: claim:, or couchdb: backup: s3:")
	case b.Volume != nil && b.S3 != nil:
		c.fail("WO595", c.written(s3, volume),
			"couchdb.backup.volume and couchdb.backup.s3 are given together: copies are in one place, and nobody could say in which",
			"leave out one of them")
	case b.Volume != nil:
		c.backupClaim(b.Volume.Claim)
	default:
		c.backupEndpoint(b.S3.Endpoint)
	}
}

// backupClaim keeps copies off the volumes of what runs.
func (c *checker) backupClaim(claim string) {
	for _, name := range c.Components() {
		volume, _ := c.Volume(name)
		if volume == nil {
			continue
		}
		taken := []string{volume.ExistingClaim}
		for i := range c.Replicas(name) {
			taken = append(taken, fmt.Sprintf("data-%s-%d", name, i))
		}
		if slices.Contains(taken, claim) {
			c.fail("WO596", "couchdb.backup.volume.claim",
				fmt.Sprintf("couchdb.backup.volume.claim %q is the volume of %s: copies fill it, and go with what they are copies of", claim, name),
				"make a claim of its own, of another StorageClass or another server if there is one")
		}
	}
}

// backupEndpoint wants a store outside the cluster to be encrypted on the way: copies
// hold all keys.
func (c *checker) backupEndpoint(endpoint string) {
	address, err := url.Parse(endpoint)
	if err != nil || address.Scheme != "http" {
		return
	}
	host := address.Hostname()
	if !strings.Contains(host, ".") || strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, "."+c.Env.Cluster.Domain) {
		return
	}
	c.warn("WO597", "couchdb.backup.s3.endpoint",
		fmt.Sprintf("couchdb.backup.s3.endpoint %q is not encrypted, and outside the cluster: who is on the way reads the keys of all subjects, and the code of all actions", endpoint),
		"write an address with https://")
}
