package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/whiskenv"
)

// secrets looks at credentials. No message holds a password or a key.
func (c *checker) secrets() {
	c.secretNames()
	c.secretSource()
	plain := c.Env.Secrets.Plain
	if plain == nil {
		return
	}
	if !c.development() {
		message, help := contract.PlainOutside(c.Env.Profile)
		c.fail("WO271", "secrets.plain", message, help)
	}
	c.readers()
	c.logins()
	c.startScript()
	c.subjects(plain.Subjects)
}

// login is a user and a password by the field that holds them.
type login struct {
	field string
	environment.Login
}

// loginsOf the plain secrets: CouchDB's users, then those of OpenWhisk's
// administrative endpoints.
func loginsOf(p *environment.PlainSecrets) (couchdb, openwhisk []login) {
	couchdb = []login{
		{"secrets.plain.couchdb.admin", p.CouchDB.Admin},
		{"secrets.plain.couchdb.controller", p.CouchDB.Controller},
		{"secrets.plain.couchdb.invoker", p.CouchDB.Invoker},
	}
	if p.CouchDB.Alarms != nil {
		couchdb = append(couchdb, login{"secrets.plain.couchdb.alarms", *p.CouchDB.Alarms})
	}
	if p.CouchDB.Kafka != nil {
		couchdb = append(couchdb, login{"secrets.plain.couchdb.kafka", *p.CouchDB.Kafka})
	}
	return couchdb, []login{
		{"secrets.plain.openwhisk.controller", p.OpenWhisk.Controller},
		{"secrets.plain.openwhisk.invoker", p.OpenWhisk.Invoker},
	}
}

// logins keeps two users apart.
func (c *checker) logins() {
	couchdb, _ := loginsOf(c.Env.Secrets.Plain)
	// CouchDB knows a user once.
	for i, l := range couchdb {
		for _, other := range couchdb[:i] {
			if l.Username == other.Username && l.Password != other.Password {
				c.fail("WO277", l.field+".password",
					fmt.Sprintf("%s and %s name one user with two passwords: CouchDB keeps one of them, and who has the other cannot log in", other.field, l.field),
					fmt.Sprintf("write another username for %s", l.field))
				break
			}
		}
	}
}

// startScript refuses values that OpenWhisk's start script would not hand on.
// Which variable has which value, the catalogue says.
func (c *checker) startScript() {
	values := map[string]login{}
	couchdb, openwhisk := loginsOf(c.Env.Secrets.Plain)
	for _, l := range couchdb[1:] {
		values[c.Env.Secrets.CouchDB+"/"+lastPart(l.field)] = l
	}
	for _, l := range openwhisk {
		values[c.Env.Secrets.OpenWhisk+"/"+lastPart(l.field)] = l
	}
	for _, ref := range c.secretVariables() {
		user, what := cutLast(ref.key, "-")
		l, ok := values[ref.secret+"/"+user]
		if !ok {
			continue
		}
		field, value := l.field+"."+what, l.Username
		if what == "password" {
			value = l.Password
		}
		if wrong := whiskenv.CheckValue(value); wrong != "" {
			c.fail("WO275", field,
				fmt.Sprintf("%s becomes %s of the %s, and %s", field, ref.variable, ref.component, wrong),
				"choose one of letters, digits, \"-\" and \"_\"")
		}
	}
}

// reference of a variable to a key of a Secret.
type reference struct{ component, variable, secret, key string }

// secretVariables are those that the start script reads, in the order of their
// components.
func (c *checker) secretVariables() []reference {
	var all []reference
	for _, component := range c.standing() {
		main, _ := c.Catalog.Components[component].Workload["main"].(map[string]any)
		entries, _ := main["env"].([]any)
		for _, e := range entries {
			entry, _ := e.(map[string]any)
			variable, _ := entry["name"].(string)
			from, _ := entry["valueFrom"].(map[string]any)
			key, ok := from["secretKeyRef"].(map[string]any)
			if !ok || !strings.HasPrefix(variable, "CONFIG_") {
				continue
			}
			template, _ := key["name"].(string)
			name, err := catalog.Text(template, c.Values)
			if err != nil {
				continue // a fault of the catalogue, which the plan reports
			}
			text, _ := key["key"].(string)
			all = append(all, reference{component, variable, name, text})
		}
	}
	return all
}

func lastPart(field string) string {
	_, last := cutLast(field, ".")
	return last
}

// cutLast cuts around the last separator; there is one.
func cutLast(s, separator string) (before, after string) {
	i := strings.LastIndex(s, separator)
	return s[:max(i, 0)], s[i+len(separator):]
}

// published are the beginnings of the keys that OpenWhisk's own deployments
// have had for years, by subject.
var published = [...]struct{ subject, beginning string }{
	{"whisk.system", "789c46b1-71f6-4ed5-8c54-"},
	{"guest", "23bc46b1-71f6-4ed5-8c54-"},
}

func (c *checker) subjects(keys map[string]string) {
	const field = "secrets.plain.subjects"
	need := []string{"whisk.system"}
	if c.Env.Admin.SmokeTest {
		need = append(need, "guest")
	}
	for _, subject := range need {
		if _, ok := keys[subject]; !ok {
			why := "controllers test invokers as that subject"
			if subject == "guest" {
				why = "the smoke test (admin.smokeTest) runs as that subject"
			}
			c.fail("WO272", field,
				fmt.Sprintf("%s has no %q: %s, and cannot", field, subject, why),
				fmt.Sprintf("write secrets: plain: subjects: %q: with a UUID, a colon and 64 letters and digits", subject))
		}
	}
	owner := map[string]string{}
	for _, subject := range slices.Sorted(maps.Keys(keys)) {
		at := environment.JoinPath("secrets", "plain", "subjects", subject)
		uuid, _, _ := strings.Cut(keys[subject], ":")
		if other, taken := owner[uuid]; taken {
			c.fail("WO273", at,
				fmt.Sprintf("the subjects %q and %q have one UUID: OpenWhisk cannot tell who calls, and refuses both or takes one for the other", other, subject),
				fmt.Sprintf("make a new key for %q", subject))
			continue
		}
		owner[uuid] = subject
		for _, p := range published {
			if strings.HasPrefix(keys[subject], p.beginning) {
				c.published(at, subject, p.subject)
			}
		}
	}
}

func (c *checker) published(at, subject, of string) {
	message := fmt.Sprintf("the key of %q is the one that OpenWhisk publishes for %q: whoever reaches the API is that subject", subject, of)
	help := "make a new UUID, and 64 random letters and digits"
	if c.development() {
		c.warn("WO274", at, message, help)
		return
	}
	c.fail("WO274", at, message, help)
}
