package rules

import (
	"fmt"
	"regexp"
	"time"
)

// A broker restarts for a renewed certificate when its turn comes, and the last one has
// the rest of an hour to be back.
// Source: kafka/alive.sh of the catalogue.
const (
	brokersTurn = 10 * time.Minute
	brokersRest = time.Hour
)

// plainName is a name that a word of JAAS may end in.
// Source: kafka/broker.sh of the catalogue.
var plainName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// brokers looks at the certificate and the login of an installation's own Kafka.
func (c *checker) brokers() {
	k := c.Env.Kafka
	if k.External != nil {
		return
	}
	if k.SASL != nil {
		c.brokersLogin()
	}
	if k.TLS != nil && k.TLS.CertManager != nil {
		c.brokersTurns()
	}
}

// brokersTurns must be over before the old certificate is.
func (c *checker) brokersTurns() {
	k := c.Env.Kafka
	cm, turns := k.TLS.CertManager, k.Replicas
	if k.Mode == "separate" {
		turns = max(turns, k.Controllers)
	}
	const renew = "kafka.tls.certManager.renewBefore"
	last := brokersTurn*time.Duration(turns) + brokersRest
	if lasts(cm.RenewBefore) < last && lasts(cm.Duration) > last {
		c.fail("WO591", c.written(renew, "kafka.replicas"),
			fmt.Sprintf("%s is too short: brokers restart for a new certificate one each 10 minutes, and the last one is through after %s: until then the old certificate must be good", c.show(renew, cm.RenewBefore), period(last)),
			"write "+cue(renew, period(last))+" or more")
	}
}

// brokersLogin must be one that brokers offer.
func (c *checker) brokersLogin() {
	k := c.Env.Kafka
	const mechanism, name = "kafka.sasl.mechanism", "secrets.plain.kafka.username"
	if k.SASL.Mechanism != "PLAIN" {
		c.fail("WO589", mechanism,
			fmt.Sprintf("%s is %q, which the installation's own brokers do not offer: it keeps the password in the topics' metadata, where a new one in the Secret would change nothing", mechanism, k.SASL.Mechanism),
			"leave it out: PLAIN over TLS shows the password to brokers alone, and takes a new one with secrets.revisions.kafka")
	}
	if k.TLS == nil {
		c.fail("WO590", "kafka.sasl",
			"kafka.sasl is written and kafka.tls is not: the password would travel in plain text with each connection, and brokers take none then",
			"write kafka: tls: with certManager: issuer: name:, or with a Secret that exists, or leave out kafka.sasl")
	}
	if plain := c.Env.Secrets.Plain; plain != nil && plain.Kafka != nil && !plainName.MatchString(plain.Kafka.Username) {
		c.fail("WO589", name,
			fmt.Sprintf("%s is %q, of which brokers can make no login: its configuration takes letters, digits, dots, underscores and hyphens", name, plain.Kafka.Username),
			"write "+cue(name, "openwhisk"))
	}
}
