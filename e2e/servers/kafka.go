package servers

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/kafkaimage"
	"github.com/whiskops/whiskops/e2e/servers/podproc"
	"github.com/whiskops/whiskops/e2e/servers/programs"
)

const kafkaServer = "Kafka " + programs.KafkaVersion

// brokers are the pods of an environment's Kafka.
type brokers struct {
	run       *Run
	tools     *kafkaTools
	pods      []*podproc.Pod
	processes []*podproc.Process
	bootstrap string
}

// Kafka proves that the brokers of an environment form a cluster, that the
// topics' Job makes its topics, that the largest payload passes, and that what
// was acknowledged is kept.
func Kafka(r *Run) error {
	declared, err := r.declaredTopics()
	if err == nil {
		err = r.topicsFit(declared)
	}
	if err != nil {
		return fmt.Errorf("kafka: %w", err)
	}
	b, err := newBrokers(r)
	if err != nil {
		return fmt.Errorf("kafka: %w", err)
	}
	for _, step := range []struct {
		name  string
		check func() error
	}{
		{"start", b.begin}, {"topics", b.topics}, {"largest payload", b.payload}, {"SIGKILL", b.killed}, {"rolling restart", b.rolling}, {"cold start", b.coldStart},
	} {
		if err := step.check(); err != nil {
			return fmt.Errorf("kafka: %s: %w", step.name, err)
		}
	}
	return b.pods[0].Checked()
}

func newBrokers(r *Run) (*brokers, error) { return newBrokersWith(r, nil, plainRules) }

// plainRules have a broker listen on one address alone.
func plainRules(_ *kafkaTools, ip string) []podproc.Rule {
	return []podproc.Rule{
		{In: "env KAFKA_LISTENERS", From: "PLAINTEXT://:9092", To: "PLAINTEXT://" + ip + ":9092", Always: true},
	}
}

// newBrokersWith makes the brokers' pods, with Secrets and with rules for an address.
func newBrokersWith(r *Run, secrets map[string]map[string]string, more func(*kafkaTools, string) []podproc.Rule) (*brokers, error) {
	w, err := r.Env.Workload("kafka")
	if err != nil {
		return nil, err
	}
	b := &brokers{run: r}
	hosts := map[string][]string{}
	var ips, names []string
	for i := range w.Replicas() {
		ip, err := r.address("kafka")
		if err != nil {
			return nil, err
		}
		short := fmt.Sprintf("kafka-%d.%s", i, w.Spec.ServiceName)
		hosts[ip] = []string{short, short + "." + w.Metadata.Namespace + ".svc.cluster.local"}
		ips = append(ips, ip)
		names = append(names, short+":9092")
	}
	b.bootstrap = strings.Join(names, ",")
	if b.tools, err = r.newKafkaTools(hosts); err != nil {
		return nil, err
	}
	for i, ip := range ips {
		pod, err := r.pod(podproc.Options{
			Component: "kafka", Index: i, IP: ip, Secrets: secrets,
			Entrypoints: map[string][]string{"apache/kafka": b.tools.entrypoint()},
			Rules: append(more(b.tools, ip), []podproc.Rule{
				{In: "env KAFKA_LISTENERS", From: "CONTROLLER://:9093", To: "CONTROLLER://" + ip + ":9093", Always: true},
				{In: "file ready.sh", From: "127.0.0.1", To: ip, Always: true},
				{In: "file ready.sh", From: "/opt/kafka/bin/", To: b.tools.folder + "/bin/", Always: true},
				{In: "file ready.sh", From: "/dev/tcp/$1/", To: "/dev/tcp/$(" + b.tools.folder + "/bin/address $1)/", Always: true},
			}...),
		})
		if err != nil {
			return nil, err
		}
		b.pods = append(b.pods, pod)
	}
	b.processes = make([]*podproc.Process, len(b.pods))
	return b, nil
}

// start does what the image does first, and starts a broker.
func (b *brokers) start(i int) error {
	pod := b.pods[i]
	env, err := pod.Environment("kafka")
	if err != nil {
		return err
	}
	properties, err := kafkaimage.ServerProperties(env)
	if err != nil {
		return err
	}
	level := env["KAFKA_LOG4J_ROOT_LOGLEVEL"]
	if level == "" {
		level = "INFO"
	}
	config := pod.Path("/opt/kafka/config")
	if err := os.WriteFile(config+"/server.properties", []byte(properties), 0o644); err != nil {
		return fmt.Errorf("/opt/kafka/config, where the image writes: %w", err)
	}
	if err := os.WriteFile(config+"/log4j.properties", fmt.Appendf(nil, log4j, level, "System.out"), 0o644); err != nil {
		return err
	}
	b.processes[i], err = pod.Start("kafka")
	return err
}

// ready waits until a broker's probes are answered.
func (b *brokers) ready(i int) error {
	ended := false
	err := eventually(b.run.Context, 3*time.Minute, func() error {
		if !b.processes[i].Running() {
			ended = true
			return nil
		}
		return b.run.probesPass(b.pods[i], "kafka", 0)
	})
	if ended {
		err = fmt.Errorf("%s ends", b.pods[i].Name())
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, faults(b.processes[i].Log()))
	}
	return nil
}

var faultLine = regexp.MustCompile(`(?m)^.*(?:ERROR|FATAL|Exception|format:).*$`)

// faults are the lines of a broker's log that say why it fails.
func faults(log string) string {
	if lines := faultLine.FindAllString(log, 8); lines != nil {
		return strings.Join(lines, "\n")
	}
	return tail(log)
}

func (b *brokers) begin() error {
	for _, pod := range b.pods {
		if err := b.run.probesFail(pod, "kafka"); err != nil {
			return err
		}
	}
	for i := range b.pods {
		if err := b.start(i); err != nil {
			return err
		}
	}
	for i := range b.pods {
		if err := b.ready(i); err != nil {
			return err
		}
		if unknown := regexp.MustCompile(`(?i)were supplied but are not used|isn't a known config|unknown config`).FindString(b.processes[i].Log()); unknown != "" {
			return fmt.Errorf("%s does not know a property: %s", b.pods[i].Name(), unknown)
		}
	}
	if err := b.noLongWait(); err != nil {
		return err
	}
	b.run.proved(kafkaServer, "%d brokers in KRaft mode start from the generated environment by the image's rule; probes are answered, and were not before", len(b.pods))
	return nil
}

// stop ends a broker as the kubelet does, within the pod's grace.
func (b *brokers) stop(i int) error {
	w, err := b.run.Env.Workload("kafka")
	if err != nil {
		return err
	}
	grace := 30
	if given := w.Spec.Template.Spec.TerminationGracePeriodSeconds; given != nil {
		grace = *given
	}
	return b.processes[i].Stop(syscall.SIGTERM, time.Duration(grace)*time.Second)
}

// replace starts a broker again, and waits for its probes.
func (b *brokers) replace(i int) error {
	if err := b.again(i); err != nil {
		return err
	}
	return b.ready(i)
}

// again starts a broker as a new pod, if its data outlives it.
func (b *brokers) again(i int) error {
	if b.pods[i].Claimed("/var/lib/kafka/data") {
		if err := b.pods[i].Replace(); err != nil {
			return err
		}
	}
	return b.start(i)
}

// killed kills a broker hard while messages are written to it. What was
// acknowledged must be there, without that broker if there are others, and with
// it again.
func (b *brokers) killed() error {
	const topic = "events"
	leader, err := b.leader(topic)
	if err != nil {
		return err
	}
	w, err := b.write(topic, "patient")
	if err != nil {
		return err
	}
	if err := w.reach(500); err != nil {
		return err
	}
	b.processes[leader].Kill()
	if err := b.run.probesFail(b.pods[leader], "kafka"); err != nil {
		return fmt.Errorf("after SIGKILL: %w", err)
	}
	// Acknowledgements under way come yet, so some more are waited for.
	if len(b.pods) > 1 {
		if err := w.reach(w.count() + 500); err != nil {
			return fmt.Errorf("without broker %d: %w", leader, err)
		}
	}
	if err := b.replace(leader); err != nil {
		return err
	}
	written, err := w.finish()
	if err != nil {
		return err
	}
	b.run.proved(kafkaServer, "broker %d of %d, the leader, is killed hard while messages are written, which are taken again within %.1f s: all %d are acknowledged and there",
		leader, len(b.pods), w.silence().Seconds(), written)
	return nil
}

var leaderOf = regexp.MustCompile(`Partition: 0\s+Leader: (\d+)`)

// leader is the broker that leads a topic's only partition.
func (b *brokers) leader(topic string) (int, error) {
	out, err := b.tools.run(b.run.Context, "kafka-topics.sh", "--bootstrap-server", b.bootstrap, "--describe", "--topic", topic)
	if err != nil {
		return 0, err
	}
	found := leaderOf.FindStringSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("topic %s has no leader: %s", topic, out)
	}
	return strconv.Atoi(found[1])
}
