package rules

import (
	"fmt"
	"net/netip"
	"strings"
)

// external looks at what stands outside the cluster, and at who needs it.
func (c *checker) external() {
	if c.daemons() && len(c.Env.Invoker.ZooKeeper) == 0 {
		c.fail("WO218", c.written("invoker.kind"),
			"invoker.kind is \"DaemonSet\", but invoker.zookeeper is empty: nobody gives invokers their numbers, and they end when they start",
			"write invoker: zookeeper: [\"host:2181\"], or leave out invoker.kind")
	}
	if c.Env.CouchDB.External == nil {
		if !c.Env.CouchDB.Init {
			c.warn("WO299", c.written("couchdb.init"),
				"couchdb.init is false, but CouchDB is the installation's own: without databases, views and subjects controllers answer every call with an error",
				"leave out couchdb.init: the Job adds what is missing and deletes nothing")
		}
		return
	}
	switch e := c.Env.CouchDB.External; {
	case e.Protocol != "http":
	case e.Port == 443:
		c.fail("WO295", c.written("couchdb.external.port", "couchdb.external.protocol"),
			fmt.Sprintf("%s with %s: a server of https does not understand http, and nothing starts", c.show("couchdb.external.protocol", e.Protocol), c.show("couchdb.external.port", e.Port)),
			"write couchdb: external: port: 5984, or the real one, or leave out couchdb.external.protocol")
	case !c.private(e.Host) && !c.development():
		c.warn("WO294", "couchdb.external.protocol",
			fmt.Sprintf("couchdb.external.protocol is \"http\" and %q looks public: passwords and all data travel in plain text", e.Host),
			"leave out couchdb.external.protocol: https is the default")
	}
}

// private tells of hosts that are surely not reached over the internet.
func (c *checker) private(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()
	}
	if !strings.Contains(host, ".") {
		return true
	}
	for _, domain := range []string{"svc", c.Env.Cluster.Domain, "internal", "local", "localhost", "lan"} {
		if strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
