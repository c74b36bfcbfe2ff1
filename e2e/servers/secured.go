package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

// What the login at the Kafka outside is made of: what goes wrong where something
// quotes, is a shell's word or a configuration's.
const (
	kafkaUser     = `open whisk`
	kafkaPassword = `p'a $s"s\w %o;{}#`
)

// outside is a Kafka that is no part of the environment: one broker, which takes
// clients over TLS alone, that show a certificate and log in.
type outside struct {
	run       *Run
	tools     *kafkaTools
	authority *authority
	secrets   map[string]map[string]string
	// server says what it is, and what clients need there.
	server string
	ip     string
	broker *podproc.Process
}

// broker of the Kafka outside. Clients are told its name, which its certificate has.
const brokerProperties = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[1]s:9095
listeners=CLIENT://%[1]s:9093,INTERNAL://%[1]s:9092,CONTROLLER://%[1]s:9095
advertised.listeners=CLIENT://kafka-0.example.com:9093,INTERNAL://%[1]s:9092
listener.security.protocol.map=CLIENT:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.client.ssl.keystore.type=PEM
listener.name.client.ssl.keystore.location=%[2]s/server.pem
listener.name.client.ssl.truststore.type=PEM
listener.name.client.ssl.truststore.location=%[2]s/ca.crt
listener.name.client.ssl.client.auth=required
log.dirs=%[2]s/data
auto.create.topics.enable=false
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
`

// newOutside makes it and starts it.
func newOutside(r *Run) (*outside, error) {
	ip, err := r.addresses(9092, 9093, 9095)
	if err != nil {
		return nil, err
	}
	k := &outside{run: r, ip: ip, server: kafkaServer + " over SASL_SSL with SCRAM-SHA-512"}
	if k.authority, err = newAuthority("brokers"); err != nil {
		return nil, err
	}
	if k.tools, err = r.newKafkaTools(map[string][]string{ip: {"kafka-0.example.com"}}); err != nil {
		return nil, err
	}
	crt, key, err := k.authority.sign("kafka-0.example.com")
	if err != nil {
		return nil, err
	}
	clientCrt, clientKey, err := k.authority.sign("openwhisk")
	if err != nil {
		return nil, err
	}
	k.secrets = map[string]map[string]string{
		"kafka-ca":     {"ca.crt": k.authority.PEM},
		"kafka-client": {"tls.crt": clientCrt, "tls.key": clientKey},
		"kafka-user":   {"username": kafkaUser, "password": kafkaPassword},
	}
	folder := k.tools.folder
	for name, text := range map[string]string{
		"server.pem": key + crt, "ca.crt": k.authority.PEM,
		"server.properties": fmt.Sprintf(brokerProperties, ip, folder),
		"log4j.properties":  fmt.Sprintf(log4j, "INFO", "System.out"),
		// A file of properties has its own way of quoting.
		"user.properties": "SCRAM-SHA-512=password=" + strings.ReplaceAll(kafkaPassword, `\`, `\\`) + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return k, k.begin()
}

// begin starts the broker, and makes the user.
func (k *outside) begin() error {
	folder := k.tools.folder
	for _, name := range []string{"logs", "tmp"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o755); err != nil {
			return err
		}
	}
	var err error
	k.broker, err = k.run.Guard.Start(podproc.Command{
		Name: "broker outside", Args: []string{"/bin/bash", filepath.Join(folder, "run.sh"), folder, filepath.Join(folder, "logs"), filepath.Join(folder, "tmp")},
		Env: append(os.Environ(), "CLUSTER_ID=AAAAAAAAAAAAAAAAAAAAAA", "KAFKA_HEAP_OPTS=-Xmx512m"), Log: filepath.Join(folder, "broker.log"),
	})
	if err != nil {
		return err
	}
	err = eventually(k.run.Context, 2*time.Minute, func() error {
		if !k.broker.Running() {
			return nil
		}
		_, err := k.tools.run(k.run.Context, "kafka-configs.sh", "--bootstrap-server", k.ip+":9092", "--alter", "--entity-type", "users",
			"--entity-name", kafkaUser, "--add-config-file", filepath.Join(folder, "user.properties"))
		return err
	})
	if err == nil && !k.broker.Running() {
		err = errors.New("the broker ends")
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, faults(k.broker.Log()))
	}
	return nil
}

// pod of a component, with what the broker's people know.
func (k *outside) pod(component string, secrets map[string]map[string]string, rules ...podproc.Rule) (*podproc.Pod, error) {
	all := map[string]map[string]string{}
	for _, from := range []map[string]map[string]string{hexSecrets(), k.secrets, secrets} {
		for name, data := range from {
			all[name] = data
		}
	}
	return k.run.pod(podproc.Options{
		Component: component, Secrets: all, Env: []string{"KAFKA_BIN=" + k.tools.folder + "/bin"},
		Rules: append(rules, podproc.Rule{In: "command", From: "/opt/kafka/bin/", To: k.tools.folder + "/bin/"}),
	})
}

// client runs what a pod does before it connects.
func (k *outside) client(pod *podproc.Pod) error {
	said, err := pod.Run(k.run.Context, "kafka-client")
	if err != nil {
		return fmt.Errorf("kafka-client: %w: %s", err, said)
	}
	if strings.Contains(said, kafkaPassword) {
		return errors.New("kafka-client prints the password")
	}
	return nil
}

// KafkaOutside proves that what the environment generates reaches a Kafka that asks
// for TLS, a certificate and a login, whoever connects.
func KafkaOutside(r *Run) error {
	k, err := newOutside(r)
	if err != nil {
		return fmt.Errorf("kafka outside: %w", err)
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{{"refused", k.refused}, {"topics", k.topics}, {"waits", k.waits}, {"exporter", k.exporter}} {
		if err := step.check(); err != nil {
			return fmt.Errorf("kafka outside: %s: %w", step.name, err)
		}
	}
	return nil
}

// refused holds what an init container says against what is wrong, and has clients
// turned away that are not who they should be.
func (k *outside) refused() error {
	stranger, err := newAuthority("stranger")
	if err != nil {
		return err
	}
	_, otherKey, err := k.authority.sign("openwhisk")
	if err != nil {
		return err
	}
	for _, tt := range []struct {
		secret, key, value, says string
	}{
		{"kafka-user", "password", "", "the password of Secret kafka-user is empty"},
		{"kafka-user", "password", "secret\n", "perhaps a line feed at its end"},
		{"kafka-user", "password", "a${b}", "a dollar before a brace"},
		{"kafka-ca", "ca.crt", "nothing", "the key ca.crt of Secret kafka-ca has no certificate in PEM"},
		{"kafka-client", "tls.key", k.authority.PEM, "has no private key in PEM"},
		{"kafka-client", "tls.key", otherKey, "do not belong together"},
		{"kafka-client", "tls.crt", "", "has no certificate in PEM"},
	} {
		pod, err := k.pod("kafka-topics", k.with(tt.secret, tt.key, tt.value))
		if err != nil {
			return err
		}
		if said, err := pod.Run(k.run.Context, "kafka-client"); err == nil || !strings.Contains(said, tt.says) {
			return fmt.Errorf("%s of %s is %.20q, and kafka-client says %q, not %q", tt.key, tt.secret, tt.value, said, tt.says)
		}
	}
	crt, key, _, err := certificateFor("openwhisk", 8, -time.Minute)
	if err != nil {
		return err
	}
	pod, err := k.pod("kafka-topics", map[string]map[string]string{"kafka-client": {"tls.crt": crt, "tls.key": key}})
	if err != nil {
		return err
	}
	if said, err := pod.Run(k.run.Context, "kafka-client"); err == nil || !strings.Contains(said, "has run out") {
		return fmt.Errorf("the certificate has run out, and kafka-client says %q", said)
	}
	k.run.proved(kafkaServer, "kafka-client says what is wrong with a Secret: an empty password, a line feed, what is no PEM, a key of another certificate")
	for _, tt := range []struct {
		what, secret, key, value, says string
	}{
		{"another password", "kafka-user", "password", kafkaPassword + "x", "SaslAuthenticationException"},
		{"another authority", "kafka-ca", "ca.crt", stranger.PEM, "SslAuthenticationException"},
	} {
		if err := k.turnedAway(tt.what, k.with(tt.secret, tt.key, tt.value), tt.says); err != nil {
			return err
		}
	}
	crt, key, err = stranger.sign("openwhisk")
	if err != nil {
		return err
	}
	if err := k.turnedAway("a certificate of another authority", map[string]map[string]string{"kafka-client": {"tls.crt": crt, "tls.key": key}}, "SslAuthenticationException"); err != nil {
		return err
	}
	k.run.proved(kafkaServer, "with another password, another authority or a certificate of another authority kafka-topics is not ready, and its log says why")
	return nil
}

// with is one value of a Secret changed.
func (k *outside) with(secret, key, value string) map[string]map[string]string {
	data := map[string]string{}
	for name, old := range k.secrets[secret] {
		data[name] = old
	}
	data[key] = value
	return map[string]map[string]string{secret: data}
}

func (k *outside) turnedAway(what string, secrets map[string]map[string]string, says string) error {
	pod, err := k.pod(kafkaTopics, secrets)
	if err == nil {
		err = k.client(pod)
	}
	if err != nil {
		return err
	}
	process, err := pod.Start(kafkaTopics)
	if err != nil {
		return err
	}
	defer process.Kill()
	return eventually(k.run.Context, time.Minute, func() error {
		if strings.Contains(process.Log(), "all topics are as declared") {
			return fmt.Errorf("with %s the topics are made", what)
		}
		if !strings.Contains(process.Log(), says) || !strings.Contains(process.Log(), "cannot be read") {
			return fmt.Errorf("with %s the log does not say %s: %s", what, says, tail(process.Log()))
		}
		return nil
	})
}

// topics are declared by the generated program.
func (k *outside) topics() error {
	declared, err := k.run.declaredTopics()
	if err != nil {
		return err
	}
	pod, err := k.pod(kafkaTopics, nil)
	if err == nil {
		err = k.client(pod)
	}
	if err != nil {
		return err
	}
	process, err := pod.Start(kafkaTopics)
	if err != nil {
		return err
	}
	defer process.Kill()
	if err := k.run.probesPass(pod, kafkaTopics, 3*time.Minute); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	b := &brokers{run: k.run, tools: k.tools, bootstrap: k.ip + ":9092"}
	if err := b.described(declared); err != nil {
		return err
	}
	if err := process.Stop(syscall.SIGTERM, 3*time.Second); err != nil {
		return err
	}
	k.run.proved(k.server, "kafka-topics makes %d topics at a Kafka that wants a certificate and a login, with a password of all kinds of signs", len(declared))
	return nil
}

// waits end once the topics are there.
func (k *outside) waits() error {
	for _, component := range []string{"controller", "invoker"} {
		pod, err := k.pod(component, nil)
		if err == nil {
			err = k.client(pod)
		}
		if err != nil {
			return err
		}
		if err := waitEnds(k.run.Context, pod, "wait-for-topics", true); err != nil {
			return fmt.Errorf("%s: %w", component, err)
		}
	}
	k.run.proved(k.server, "wait-for-topics of controllers and invokers ends")
	return nil
}

// exporter asks the broker, if the program is there.
func (k *outside) exporter() error {
	program := os.Getenv(KafkaExporterProgram)
	if program == "" {
		k.run.notRun(KafkaExporterProgram+" is not set", []string{"kafka-exporter says what it reads over TLS with a login"})
		return nil
	}
	if err := programs.Need("curl"); err != nil {
		return err
	}
	ip, err := k.run.address("kafka-exporter")
	if err != nil {
		return err
	}
	// Go has no file of hosts but the machine's, so it gets one of its own there.
	own := "unshare --user --map-root-user --mount sh -c 'mount --bind " + filepath.Join(k.tools.folder, "hosts") + " /etc/hosts; exec \"$@\"' sh " + program
	pod, err := k.pod("kafka-exporter", nil,
		podproc.Rule{In: "command", From: "/bin/kafka_exporter", To: own, Always: true},
		podproc.Rule{In: "command", From: "--web.listen-address=", To: "--web.listen-address=" + ip, Always: true},
	)
	if err == nil {
		err = k.client(pod)
	}
	if err != nil {
		return err
	}
	process, err := pod.Start("kafka-exporter")
	if err != nil {
		return err
	}
	defer process.Kill()
	err = eventually(k.run.Context, 30*time.Second, func() error {
		ctx, cancel := context.WithTimeout(k.run.Context, 10*time.Second)
		defer cancel()
		said, err := pod.Exec(ctx, "kafka-exporter", []string{"curl", "-sS", "http://" + ip + ":9308/metrics"})
		if err != nil || !strings.Contains(said, `kafka_topic_partitions{topic="health"} 1`) {
			return wrong(err, "it does not show the topics: %s", tail(said))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", process.Pid()))
	if err != nil || strings.Contains(string(cmdline), kafkaPassword) {
		return wrong(err, "the password is on its command line")
	}
	k.run.proved("kafka_exporter, from "+KafkaExporterProgram, "kafka-exporter shows the topics of a Kafka that wants a certificate and a login, and the password is on no command line")
	return nil
}
