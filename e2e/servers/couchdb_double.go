package servers

import (
	"os"
	"path/filepath"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// double is a pod whose server speaks CouchDB's protocol in its place.
func (c *couch) double() (podproc.Options, error) {
	c.name = "PouchDB 7.3.1 behind express-pouchdb 4.2.0"
	cached, err := programs.CouchDB()
	if err != nil {
		return podproc.Options{}, err
	}
	if err := programs.Share(filepath.Join(cached, "node_modules"), filepath.Join(c.folder, "node_modules")); err != nil {
		return podproc.Options{}, err
	}
	server, err := programs.CouchDBServer()
	if err != nil {
		return podproc.Options{}, err
	}
	if err := os.WriteFile(filepath.Join(c.folder, "server.js"), server, 0o644); err != nil {
		return podproc.Options{}, err
	}
	ip, err := c.run.address("couchdb")
	return podproc.Options{
		Component: "couchdb", IP: ip,
		Entrypoints: map[string][]string{"apache/couchdb": {
			"node", filepath.Join(c.folder, "server.js"), "$POD/root/opt/couchdb/etc/default.d", "$POD/root/opt/couchdb/data", "$POD/root/tmp"}},
		Rules: []podproc.Rule{{In: "file 10-whiskops.ini", From: "bind_address = 0.0.0.0", To: "bind_address = " + ip, Always: true}},
	}, err
}
