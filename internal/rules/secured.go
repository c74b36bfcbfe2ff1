package rules

import (
	"fmt"
	"strings"
)

// secured looks at how clients reach what is outside, and by what they are known
// there.
func (c *checker) secured() {
	if c.Env.Kafka.External != nil {
		c.mechanism()
		c.plainTransport()
		c.anyHost()
		c.strimziUser()
	}
	if e := c.Env.Redis.External; e != nil && e.TLS == nil && c.Env.Redis.Password && c.Env.APIGateway.Enabled && !c.private(e.Host) && !c.development() {
		c.warn("WO584", "redis.external",
			fmt.Sprintf("redis.external has no tls and %q looks public: the password and all routes travel in plain text", e.Host),
			"write redis: external: tls: {}, where the server takes TLS, often on another port")
	}
	if e := c.Env.CouchDB.External; e != nil && e.CA != nil && e.Protocol == "http" {
		c.noEffect("couchdb.external.ca", "couchdb.external.protocol is \"http\", which has no certificates")
	}
	c.certified()
	c.brokers()
	c.unsaid()
}

// mechanism must be one that the release's clients know.
func (c *checker) mechanism() {
	const field = "kafka.external.sasl.mechanism"
	name := c.Kafka.Client.Mechanism()
	if m := c.Catalog.SASL[name]; m.Lacks != "" {
		c.fail("WO583", field, fmt.Sprintf("%s is %q, with which no pod can log in: %s", field, name, m.Lacks), m.Instead)
	}
}

// plainTransport warns of what travels for everyone to read.
func (c *checker) plainTransport() {
	external, sasl := c.Env.Kafka.External, c.Kafka.Client.SASL
	if external.TLS != nil || sasl == nil || c.development() {
		return
	}
	const help = "write kafka: external: tls: {}, with ca: secret: where no public authority signed the brokers' certificates, and the port of the listener that takes TLS"
	if sasl.Mechanism == "PLAIN" {
		c.warn("WO584", "kafka.external.sasl.mechanism",
			"kafka.external.sasl.mechanism is \"PLAIN\" and kafka.external.tls is not written: the password travels in plain text with each connection", help)
		return
	}
	for i, server := range external.Bootstrap {
		if host := server[:strings.LastIndex(server, ":")]; !c.private(host) {
			c.warn("WO584", fmt.Sprintf("kafka.external.bootstrap[%d]", i),
				fmt.Sprintf("%q looks public, and kafka.external.tls is not written: what actions get and give travels in plain text", server), help)
			return
		}
	}
}

// anyHost warns where a certificate of anybody's host will do.
func (c *checker) anyHost() {
	if tls := c.Kafka.Client.TLS; tls != nil && !tls.VerifyHost && !c.development() {
		c.warn("WO585", "kafka.external.tls.verifyHost",
			"kafka.external.tls.verifyHost is false: whoever has a certificate of the same authority for any host is taken for a broker, and the exporter of metrics then asks for no certificate at all",
			"have the brokers' certificates name the hosts that they advertise, and leave it out")
	}
}

// unsaid finds plain values that are missing, that nobody reads, or that one of
// their readers does not get as they are.
func (c *checker) unsaid() {
	plain, sasl := c.Env.Secrets.Plain, c.Kafka.Client.SASL
	if plain == nil {
		return
	}
	login := "kafka.external.sasl"
	if c.Env.Kafka.External == nil && sasl != nil {
		login = "kafka.sasl"
	}
	redis := c.Env.Redis.Password && c.Env.APIGateway.Enabled
	for _, l := range []struct {
		field, by   string
		wants, has  bool
		value, name string
	}{
		{"secrets.plain.kafka", login, sasl != nil && c.Env.Kafka.Topics.StrimziUser == "", plain.Kafka != nil, "a username and a password", "Kafka"},
		{"secrets.plain.redis", "redis.password", redis, plain.Redis != nil, "a password", "Redis"},
	} {
		switch {
		case l.wants && !l.has:
			c.fail("WO586", l.by,
				fmt.Sprintf("%s has clients of %s log in, but %s is not written: the Secret has nothing in it, and pods never start", l.by, l.name, l.field),
				fmt.Sprintf("write %s with %s", cue(l.field), l.value))
		case l.has && !l.wants:
			c.noEffect(l.field, fmt.Sprintf("%s is not written, and nobody logs in to %s", l.by, l.name))
		}
	}
	if plain.Kafka == nil || sasl == nil {
		return
	}
	if sasl.Username != "" && c.Env.Source.Written("secrets.plain.kafka.username") && sasl.Username != plain.Kafka.Username {
		c.warn("WO298", "secrets.plain.kafka.username",
			fmt.Sprintf("secrets.plain.kafka.username has no effect: kafka.external.sasl.username is %q, and is the one that is used", sasl.Username),
			"leave out kafka.external.sasl.username, or write the same name")
	}
	for _, v := range []struct{ field, value string }{
		{"secrets.plain.kafka.username", plain.Kafka.Username}, {"secrets.plain.kafka.password", plain.Kafka.Password},
	} {
		if strings.Contains(v.value, "${") {
			c.fail("WO587", v.field,
				fmt.Sprintf("%s has a dollar before a brace: a JVM takes that for the name of one of its properties, and no client starts", v.field),
				"choose another")
		}
	}
}

// strimziUser has the login where the operator puts it.
func (c *checker) strimziUser() {
	const field = "kafka.topics.strimziUser"
	t, client := c.Env.Kafka.Topics, c.Kafka.Client
	if t.StrimziUser == "" || t.By != "strimzi" {
		return
	}
	name := t.StrimziUser
	switch sasl, certificate := client.SASL, client.Certificate(); {
	case sasl == nil && certificate == nil:
		c.fail("WO588", field,
			fmt.Sprintf("%s is %q, but clients have neither a login nor a certificate: the operator makes it, and nobody uses it", field, name),
			fmt.Sprintf("write kafka: external: sasl: {mechanism: \"SCRAM-SHA-512\", username: %q} and secrets: kafka: %q, or kafka: external: tls: certificate: {secret: %q, certificate: \"user.crt\", key: \"user.key\"}", name, name, name))
	case sasl != nil && sasl.Mechanism != "SCRAM-SHA-512":
		c.fail("WO588", "kafka.external.sasl.mechanism",
			fmt.Sprintf("kafka.external.sasl.mechanism is %q, but Strimzi makes users with SCRAM-SHA-512 alone: the broker knows no password for the other", sasl.Mechanism),
			"write SCRAM-SHA-512")
	case sasl != nil && sasl.Username != name:
		c.fail("WO588", c.written("kafka.external.sasl.username", field),
			fmt.Sprintf("the user is %q to Strimzi (%s), and kafka.external.sasl.username is %q: the Secret that it makes has the password alone", name, field, sasl.Username),
			fmt.Sprintf("write kafka: external: sasl: username: %q", name))
	case sasl != nil && c.Env.Secrets.Kafka != name:
		c.fail("WO588", c.written("secrets.kafka", field),
			fmt.Sprintf("Strimzi puts the password into the Secret %q (%s), and %s: pods wait for another", name, field, c.show("secrets.kafka", c.Env.Secrets.Kafka)),
			fmt.Sprintf("write secrets: kafka: %q", name))
	case sasl == nil && certificate.Secret != name:
		c.fail("WO588", "kafka.external.tls.certificate.secret",
			fmt.Sprintf("Strimzi puts the certificate into the Secret %q (%s), and kafka.external.tls.certificate.secret is %q", name, field, certificate.Secret),
			fmt.Sprintf("write kafka: external: tls: certificate: {secret: %q, certificate: \"user.crt\", key: \"user.key\"}", name))
	}
}
