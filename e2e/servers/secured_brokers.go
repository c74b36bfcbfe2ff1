package servers

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

const securedServer = kafkaServer + ", three brokers over TLS, with a login"

// securedBrokers are an environment's own, which have a certificate, ask each other for
// it, and ask clients for a login. To clients they are what outside is.
type securedBrokers struct {
	*outside
	brokers *brokers
}

// BrokersSecured proves that brokers with kafka.tls and kafka.sasl form a cluster, serve
// their clients and nobody else, and take a new certificate and a new password.
func BrokersSecured(r *Run) error {
	s, err := newSecuredBrokers(r)
	if err != nil {
		return fmt.Errorf("brokers secured: %w", err)
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"certificates", s.refused}, {"start", s.brokers.begin}, {"strangers", s.strangers}, {"topics", s.topics}, {"waits", s.waits}, {"exporter", s.exporter},
		{"rolling restart", s.brokers.rolling}, {"certificate", s.renewed}, {"password", s.rotated}, {"controller", s.controller},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("brokers secured: %s: %w", step.name, err)
		}
	}
	return s.brokers.pods[0].Checked()
}

// securedRules have a broker listen on one address alone, and start it as the image
// does.
func securedRules(tools *kafkaTools, ip string) []podproc.Rule {
	all := []podproc.Rule{
		{In: "command", From: "/etc/kafka/docker/run", To: strings.Join(tools.entrypoint(), " "), Always: true},
		{In: "command", From: "/dev/tcp/127.0.0.1/", To: "/dev/tcp/" + ip + "/", Always: true},
	}
	for _, listener := range []string{"CLIENT://:9092", "BROKERS://:9094"} {
		all = append(all, podproc.Rule{In: "env KAFKA_LISTENERS", From: listener, To: strings.Replace(listener, "//", "//"+ip, 1), Always: true})
	}
	return all
}

func newSecuredBrokers(r *Run) (*securedBrokers, error) {
	s := &securedBrokers{outside: &outside{run: r, ip: "kafka-0.kafka", server: securedServer}}
	var err error
	if s.authority, err = newAuthority("brokers"); err != nil {
		return nil, err
	}
	s.secrets = map[string]map[string]string{
		"kafka-user": {"username": "openwhisk", "password": kafkaPassword},
		"kafka-tls":  {"ca.crt": s.authority.PEM},
	}
	r.secrets = s.secrets
	if err := s.certify(); err != nil {
		return nil, err
	}
	if s.brokers, err = newBrokersWith(r, s.secrets, securedRules); err != nil {
		return nil, err
	}
	s.tools = s.brokers.tools
	return s, s.connect()
}

// certify makes a certificate as cert-manager would be asked for one.
func (s *securedBrokers) certify() error {
	crt, key, err := s.authority.sign("*.kafka", "*.kafka.openwhisk.svc.cluster.local")
	s.secrets["kafka-tls"]["tls.crt"], s.secrets["kafka-tls"]["tls.key"] = crt, key
	return err
}

// refused are certificates with which a pod of brokers does not start.
func (s *securedBrokers) refused() error {
	good := maps.Clone(s.secrets["kafka-tls"])
	if said, err := s.brokers.pods[0].Run(s.run.Context, "certificate"); err != nil {
		return wrong(err, "a good certificate is refused: %s", said)
	}
	for _, tt := range []struct {
		says string
		end  time.Duration
		good []x509.ExtKeyUsage
	}{
		{"has run out", -time.Minute, bothUsages},
		{"may not be used as sslclient", 24 * time.Hour, bothUsages[:1]},
		{"may not be used as sslserver", 24 * time.Hour, bothUsages[1:]},
	} {
		crt, key, err := s.authority.signFor(tt.good, time.Now().Add(tt.end), "*.kafka")
		if err != nil {
			return err
		}
		bad := map[string]string{"tls.crt": crt, "tls.key": key, "ca.crt": good["ca.crt"]}
		if err := s.brokers.pods[0].Replaced("certs", bad, time.Now()); err != nil {
			return err
		}
		said, err := s.brokers.pods[0].Run(s.run.Context, "certificate")
		if err == nil || !strings.Contains(said, tt.says) {
			return fmt.Errorf("a certificate that %s is taken: %q, %v", tt.says, said, err)
		}
	}
	s.run.proved(securedServer, "a certificate that has run out, or is not good for servers and clients, is refused before a broker starts")
	return s.brokers.pods[0].Replaced("certs", good, time.Now())
}

// connect has this test's own programs connect as a pod does.
func (s *securedBrokers) connect() error {
	pod, err := s.pod(kafkaTopics, nil)
	if err == nil {
		err = s.client(pod)
	}
	if err != nil {
		return err
	}
	s.tools.config = filepath.Join(pod.Path("/kafka-client"), "client.properties")
	text, err := os.ReadFile(s.tools.config)
	if err != nil {
		return err
	}
	for kind, settings := range writers {
		if err := os.WriteFile(filepath.Join(s.tools.folder, kind+".properties"), []byte(settings+string(text)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// strangers are turned away at each listener.
func (s *securedBrokers) strangers() error {
	other, err := newAuthority("stranger")
	if err != nil {
		return err
	}
	for _, tt := range []struct{ what, secret, key, value, says string }{
		{"another password", "kafka-user", "password", kafkaPassword + "x", "SaslAuthenticationException"},
		{"another user", "kafka-user", "username", "somebody", "SaslAuthenticationException"},
		{"another authority", "kafka-tls", "ca.crt", other.PEM, "SslAuthenticationException"},
	} {
		if err := s.turnedAway(tt.what, s.with(tt.secret, tt.key, tt.value), tt.says); err != nil {
			return err
		}
	}
	// Who has the login and no certificate does not get in where brokers do.
	trusting := filepath.Join(s.tools.folder, "trusting.properties")
	text := "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=" + filepath.Join(s.brokers.pods[0].Path("/kafka-broker"), "ca.crt") + "\n"
	if err := os.WriteFile(trusting, []byte(text), 0o600); err != nil {
		return err
	}
	tools := kafkaTools{folder: s.tools.folder, config: trusting}
	if said, err := tools.run(s.run.Context, "kafka-topics.sh", "--bootstrap-server", "kafka-0.kafka:9094", "--list"); err == nil || !strings.Contains(err.Error(), "SslAuthenticationException") {
		return fmt.Errorf("without a certificate the brokers' listener says %q: %v", said, err)
	}
	s.run.proved(securedServer, "kafka-topics is turned away with another password, user or authority, and so is who has no certificate where brokers connect")
	return nil
}

// controller of OpenWhisk, if it is there.
func (s *securedBrokers) controller() error {
	folder := os.Getenv(OpenWhiskFolder)
	if folder == "" {
		s.run.notRun(OpenWhiskFolder+" is not set", []string{"a controller starts at the installation's own Kafka with TLS and a login"})
		return nil
	}
	secrets := hexSecrets()
	maps.Copy(secrets, s.secrets)
	o, err := newOpenWhiskOn(s.run, folder, s.brokers, secrets)
	if err != nil {
		return err
	}
	for _, pod := range o.pods {
		if err := s.client(pod); err != nil {
			return err
		}
	}
	defer func() {
		for _, p := range o.processes {
			if p != nil {
				p.Kill()
			}
		}
	}()
	if err := o.begin(); err != nil {
		return err
	}
	s.run.proved(openWhiskServer, "it starts at the installation's own Kafka with TLS and a login, and reads and writes topics there")
	return nil
}

// renewed certificates are taken by a broker whose turn has come, and by no other.
func (s *securedBrokers) renewed() error {
	if err := s.certify(); err != nil {
		return err
	}
	since := time.Now().Add(-15 * time.Minute)
	for _, pod := range s.brokers.pods {
		if err := pod.Replaced("certs", s.secrets["kafka-tls"], since); err != nil {
			return err
		}
	}
	if err := s.brokers.probe(1, "livenessProbe"); err != nil {
		return fmt.Errorf("broker 1, whose turn is after 20 minutes, 15 minutes after a renewal: %w", err)
	}
	if err := s.brokers.probe(0, "livenessProbe"); err == nil || !strings.Contains(err.Error(), "renewed more than 10 minutes ago") {
		return fmt.Errorf("broker 0, whose turn is after 10 minutes, 15 minutes after a renewal: %v", err)
	}
	// The container alone is restarted, and its pod's memory stays.
	if err := errors.Join(s.brokers.stop(0), s.brokers.start(0)); err != nil {
		return err
	}
	if err := s.brokers.ready(0); err != nil {
		return err
	}
	if err := s.brokers.probe(0, "livenessProbe"); err != nil {
		return err
	}
	s.run.proved(securedServer, "15 minutes after a renewal broker 0 is to be restarted, broker 1 not yet, and broker 0 is back in sync with the new certificate")
	return nil
}

// rotated passwords are what brokers take once they have restarted.
func (s *securedBrokers) rotated() error {
	const next = "n\"e\\w 'one"
	old := maps.Clone(s.secrets["kafka-user"])
	s.secrets["kafka-user"]["password"] = next
	for i := len(s.brokers.pods) - 1; i >= 0; i-- {
		if err := errors.Join(s.brokers.stop(i), s.brokers.replace(i)); err != nil {
			return err
		}
	}
	if err := s.turnedAway("the password of before", map[string]map[string]string{"kafka-user": old}, "SaslAuthenticationException"); err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	if out, err := s.tools.run(s.run.Context, "kafka-topics.sh", "--bootstrap-server", s.brokers.bootstrap, "--list"); err != nil || !strings.Contains(out, "events") {
		return wrong(err, "with the new password the topics are not shown: %s", tail(out))
	}
	s.run.proved(securedServer, "after a rolling restart with a new password brokers take it, and the old one no longer")
	return nil
}
