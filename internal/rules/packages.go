package rules

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
)

// packages looks at what is installed beside OpenWhisk itself.
func (c *checker) packages() {
	c.ended()
	p := c.Env.Packages
	if p == nil {
		return
	}
	if p.RouteManagement && !c.Env.APIGateway.Enabled {
		c.fail("WO561", "apigateway.enabled",
			"apigateway.enabled is false, but packages.routeManagement is true: \"wsk api\" would ask a gateway that is not there",
			"leave out apigateway.enabled, or write packages: routeManagement: false")
	}
	c.packagesImage()
	c.moreDatabases()
	c.moreLogins()
	c.never()
}

// packagesImage looks at packages from an image of the user's.
func (c *checker) packagesImage() {
	image := c.Env.Packages.Image
	if image == nil {
		return
	}
	if !strings.Contains(image.Reference, "@") {
		c.fail("WO560", "packages.image.reference",
			fmt.Sprintf("packages.image.reference is %q, without a digest: what whisk.system runs for everyone could be other code tomorrow, and nobody would have changed anything here", image.Reference),
			fmt.Sprintf("write %q with the digest that your registry has for it", image.Reference+"@sha256:..."))
	}
	kinds := c.offeredKinds()
	for i, kind := range image.Kinds {
		if slices.Contains(kinds, kind) {
			continue
		}
		at := fmt.Sprintf("packages.image.kinds[%d]", i)
		c.fail("WO562", at,
			fmt.Sprintf("%s is %q, which is not offered here: OpenWhisk refuses actions of that kind, and the package is never whole", at, kind),
			meant(kind, kinds)+"; a package that names an older kind has to be built for a newer one")
	}
}

// offeredKinds are those that actions can be made of, sorted.
func (c *checker) offeredKinds() []string {
	var kinds []string
	for _, k := range c.Kinds() {
		if !k.Deprecated {
			kinds = append(kinds, k.Kind.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// asked is the field by which something is there that most environments do not have;
// empty where it is there in any case, or not at all.
func (c *checker) asked(when catalog.When) string {
	if len(when) == 0 || !when.Holds(c.Env) {
		return ""
	}
	return slices.Min(slices.Collect(maps.Keys(when)))
}

// moreDatabases wants somebody who makes databases that not all installations have.
func (c *checker) moreDatabases() {
	if c.Env.CouchDB.Init {
		return
	}
	for _, role := range slices.Sorted(maps.Keys(c.Catalog.Databases)) {
		if by := c.asked(c.Catalog.Databases[role].When); by != "" {
			c.warn("WO563", "couchdb.init",
				fmt.Sprintf("couchdb.init is false, and with %s there is one database more, %q, with a user of its own: the provider waits until somebody has made both, with the design documents", by, c.CouchDB.Databases[role]),
				"leave out couchdb.init, or make them as docs/packages.md says")
		}
	}
}

// moreLogins wants the plain values of users that not all installations have.
func (c *checker) moreLogins() {
	if c.Env.Secrets.Plain == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.Catalog.Secrets)) {
		s := c.Catalog.Secrets[name]
		for _, key := range slices.Sorted(maps.Keys(s.Values)) {
			by := c.asked(s.Values[key].When)
			if by == "" || s.Values[key].Login != "" || field.Of(c.Env, s.Keys[key]).String() != "" {
				continue // one finding for a user is enough
			}
			at := s.Keys[key][:strings.LastIndex(s.Keys[key], ".")]
			c.fail("WO566", at[:strings.LastIndex(at, ".")],
				fmt.Sprintf("%s is not there, but %s is: the provider has no user of the database, and does not start", at, by),
				"write "+cue(at)+": {username: ..., password: ...}")
		}
	}
}

// never keeps what reads for users from what OpenWhisk says to itself.
func (c *checker) never() {
	for _, component := range c.Components() {
		for _, outside := range c.Catalog.Components[component].Outside {
			if outside.Never == nil || !outside.When.Holds(c.Env) {
				continue
			}
			for i, server := range c.Servers(outside.Servers) {
				if at := fmt.Sprintf("%s[%d]", outside.Servers, i); c.isOf(outside.Never.Component, server) {
					c.fail("WO565", at,
						fmt.Sprintf("%s is %q, a server of the installation itself: %s", at, server, outside.Never.Because),
						"name the servers of another installation, whose topics are for users")
				}
			}
		}
	}
}

// isOf tells whether a host and a port are those of a component, in one of the forms in
// which a pod's resolver finds it, or outside.
func (c *checker) isOf(component, server string) bool {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return false // the schema has seen it
	}
	short, _, _ := strings.Cut(host, "."+c.Env.Namespace+".svc")
	service := c.Catalog.Components[component].Endpoint.Service
	own := strings.Split(c.Endpoint(component).Servers, ",")
	return slices.Contains(own, server) || c.Has(component) &&
		(short == service || strings.HasSuffix(short, "."+service) || slices.Contains(own, short+":"+port))
}

// ended looks for images that rest on what nobody mends any more.
func (c *checker) ended() {
	if !c.production() {
		return
	}
	for _, component := range c.Components() {
		name := c.Catalog.Components[component].Image
		image, own := c.Catalog.Images[name], c.Env.Images[name]
		if image.Ended == "" || own.Repository != "" || own.Tag != "" {
			continue
		}
		by := c.asked(c.Catalog.Components[component].When)
		c.warn("WO564", by,
			fmt.Sprintf("%s brings %s %s: %s", by, image.Repository, image.Tag, image.Ended),
			fmt.Sprintf("build one of your own and write %s: {repository: ..., tag: ...}, or acknowledge it with the reason", cue(environment.JoinPath("images", name))))
	}
}
