package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Who reads the strings of secrets.plain, beside the YAML parsers of everyone:
//
//	couchdb.admin     the image's entry point, which writes CouchDB's
//	                  configuration file; the setup program, over HTTP
//	couchdb.*         OpenWhisk's start script; curl in waits, over HTTP; the
//	                  setup program, which makes a document of the user
//	openwhisk.*       OpenWhisk's start script; the drain script, which makes
//	                  an HTTP header of it
//	subjects          the name is a file's in a volume, the key is read by the
//	                  setup program and goes into a configuration file of curl
//
// What all of them need the schema's forms say: #Username, #Password, #Subject
// and #AuthKey. What one of them cannot read is here, but for the start script,
// which internal/whiskenv knows.

// reader is what one of them makes of a username and of a password: why it does
// not get it as it is, in words that go after the field, or "".
type reader struct {
	code               string
	username, password func(string) string
	help               string
}

// Sources: RFC 7617; config.erl and couch_passwords.erl of CouchDB, whose
// parser was another one up to 3.3; the design document of _users.
var (
	overHTTP = reader{
		code:     "WO276",
		username: overHTTPName,
		help:     "write a name without a colon",
	}
	couchFile = reader{
		code:     "WO279",
		username: couchFileName,
		password: couchFilePassword,
		help:     `choose one of letters, digits, "-" and "_"`,
	}
	couchUser = reader{
		code:     "WO279",
		username: couchUserName,
		help:     "write a name that begins with a letter",
	}
)

// readersOf a login, by its field below secrets.plain.
func readersOf(field string) []reader {
	switch {
	case field == "couchdb.admin":
		return []reader{overHTTP, couchFile}
	case strings.HasPrefix(field, "couchdb."):
		return []reader{overHTTP, couchUser}
	}
	return []reader{overHTTP}
}

func overHTTPName(s string) string {
	if strings.Contains(s, ":") {
		return "has a colon: HTTP takes what comes after it for the password, and nobody can log in"
	}
	return ""
}

func couchFileName(s string) string {
	if strings.ContainsAny(s[:min(1, len(s))], ";[") || strings.Contains(s, "=") {
		return `has "=", or begins with ";" or "[": CouchDB's configuration file takes that for something else, and there is no administrator`
	}
	return ""
}

func couchFilePassword(s string) string {
	switch {
	case strings.Contains(" "+s, " ;"): // a blank stands before the value
		return `begins with ";" or has one after a blank: CouchDB's configuration file takes the rest for a comment, and nobody can log in`
	case strings.Contains(s, " =") || strings.Contains(s, "= "):
		return `has a blank beside "=": CouchDB's configuration file loses the blank, and nobody can log in`
	case strings.HasPrefix(s, "-hashed-") || strings.HasPrefix(s, "-pbkdf2"):
		return "begins like a hash: CouchDB takes it for one, and nobody can log in"
	}
	return ""
}

func couchUserName(s string) string {
	if strings.HasPrefix(s, "_") {
		return `begins with "_": CouchDB refuses the user`
	}
	return ""
}

// readers refuses the logins that one of their readers would not get as they are.
func (c *checker) readers() {
	couchdb, openwhisk := loginsOf(c.Env.Secrets.Plain)
	for _, l := range slices.Concat(couchdb, openwhisk) {
		for _, r := range readersOf(strings.TrimPrefix(l.field, "secrets.plain.")) {
			c.reads(r, r.username, l.field+".username", l.Username)
			c.reads(r, r.password, l.field+".password", l.Password)
		}
	}
}

func (c *checker) reads(r reader, takes func(string) string, field, value string) {
	if takes == nil {
		return
	}
	if why := takes(value); why != "" {
		c.fail(r.code, field, fmt.Sprintf("%s %s", field, why), r.help)
	}
}
