package derived

import (
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
)

// KafkaClient is how whatever connects to Kafka is configured as its client: in plain
// text and without a login where both are nil.
type KafkaClient struct {
	TLS  *environment.KafkaTLS
	SASL *environment.KafkaSASL
	// Words are those of the mechanism.
	Words catalog.Mechanism
}

// Secured tells whether clients need anything but the brokers' addresses.
func (c KafkaClient) Secured() bool { return c.TLS != nil || c.SASL != nil }

// Protocol in Kafka's words.
func (c KafkaClient) Protocol() string {
	transport := "PLAINTEXT"
	if c.TLS != nil {
		transport = "SSL"
	}
	if c.SASL != nil {
		return "SASL_" + transport
	}
	return transport
}

// Mechanism of the login in Kafka's words; empty without one.
func (c KafkaClient) Mechanism() string {
	if c.SASL == nil {
		return ""
	}
	return c.SASL.Mechanism
}

// Module is what Java's clients call the mechanism, and Exporter what that of
// metrics does.
func (c KafkaClient) Module() string   { return c.Words.Module }
func (c KafkaClient) Exporter() string { return c.Words.Exporter }

// Username of the login, where the environment says it.
func (c KafkaClient) Username() string {
	if c.SASL == nil {
		return ""
	}
	return c.SASL.Username
}

// CA is who signed the brokers' certificates; nil: a public authority.
func (c KafkaClient) CA() *environment.Authority {
	if c.TLS == nil {
		return nil
	}
	return c.TLS.CA
}

// Certificate is what clients show; nil: nothing.
func (c KafkaClient) Certificate() *environment.ClientCertificate {
	if c.TLS == nil {
		return nil
	}
	return c.TLS.Certificate
}

// Verify tells whether a broker's certificate must be for its host.
func (c KafkaClient) Verify() bool { return c.TLS != nil && c.TLS.VerifyHost }
