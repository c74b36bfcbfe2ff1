package couchdbinit

import (
	"regexp"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

var (
	// databaseName as CouchDB takes it. Names that begin with "_" are the
	// server's own.
	databaseName = regexp.MustCompile(`^[a-z][a-z0-9_$()+/-]*$`)
	// fileName of a user's credentials, and the part of a URL that a design
	// document or marker is.
	fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	// builtInReduce functions run in the server, without JavaScript.
	builtInReduce = regexp.MustCompile(`^_[a-z_]+$`)
)

// check says all that is wrong with the functionConfig at once.
func check(s Spec) error {
	var c krm.Check
	c.Owner(s.Owner)
	if len(s.Databases) == 0 {
		c.Fail("spec.databases is empty")
	}
	for i, u := range s.Users {
		fileLike(&c, "spec.users", u)
		if slices.Contains(s.Users[:i], u) {
			c.Fail("spec.users names %q twice", u)
		}
	}
	var names []string
	for _, d := range s.Databases {
		checkDatabase(&c, d, s.Users)
		if slices.Contains(names, d.Name) {
			c.Fail("spec.databases names %q twice", d.Name)
		}
		names = append(names, d.Name)
	}
	if s.SubjectsDatabase != "" {
		known(&c, "spec.subjectsDatabase", s.SubjectsDatabase, names)
	}
	if c.Given("spec.marker.database", s.Marker.Database) {
		known(&c, "spec.marker.database", s.Marker.Database, names)
	}
	fileLike(&c, "spec.marker.document", s.Marker.Document)
	return c.Err()
}

func checkDatabase(c *krm.Check, d Database, users []string) {
	if c.Given("spec.databases.name", d.Name) && !databaseName.MatchString(d.Name) {
		c.Fail("spec.databases.name %q is no name for a CouchDB database: a lower case letter, then a-z, 0-9 and _$()+/-", d.Name)
	}
	for _, m := range d.Members {
		if !slices.Contains(users, m) {
			c.Fail("spec.databases[%s].members names %q, who is not in spec.users", d.Name, m)
		}
	}
	var names []string
	for _, dd := range d.Designs {
		field := "spec.databases[" + d.Name + "].designs"
		fileLike(c, field+".name", dd.Name)
		if slices.Contains(names, dd.Name) {
			c.Fail("%s names %q twice", field, dd.Name)
		}
		names = append(names, dd.Name)
		checkDesign(c, field+"["+dd.Name+"]", dd)
	}
}

func checkDesign(c *krm.Check, field string, d Design) {
	if len(d.Views)+len(d.Filters) == 0 {
		c.Fail("%s has neither views nor filters", field)
	}
	for _, name := range krm.Keys(d.Views) {
		v := d.Views[name]
		function(c, d, field+".views["+name+"].map", v.Map)
		if v.Reduce != "" && !builtInReduce.MatchString(source(v.Reduce)) {
			function(c, d, field+".views["+name+"].reduce", v.Reduce)
		}
	}
	for _, name := range krm.Keys(d.Filters) {
		function(c, d, field+".filters["+name+"]", d.Filters[name])
	}
}

// function must have the form that all query servers evaluate alike; in
// another language than JavaScript it must only be there.
func function(c *krm.Check, d Design, field, text string) {
	text = source(text)
	if !c.Given(field, text) || d.Language != "" && d.Language != "javascript" {
		return
	}
	if !strings.HasPrefix(text, "function") || !strings.HasSuffix(text, "}") {
		c.Fail("%s must begin with \"function\" and end with \"}\"", field)
	}
}

func fileLike(c *krm.Check, field, value string) {
	if c.Given(field, value) && !fileName.MatchString(value) {
		c.Fail("%s %q may have only A-Z, a-z, 0-9 and ._-, and begins with a letter or digit", field, value)
	}
}

func known(c *krm.Check, field, value string, names []string) {
	if !slices.Contains(names, value) {
		c.Fail("%s %q is not in spec.databases", field, value)
	}
}
