package servers

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// topic is one line of the topics' declaration.
type topic struct {
	partitions, replicas int
	config               []string
}

func (r *Run) declaredTopics() (map[string]topic, error) {
	text, ok := r.configMapWith("topics")["topics"]
	if !ok {
		return nil, errors.New("no ConfigMap has the key topics")
	}
	declared := map[string]topic{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if len(words) < 3 {
			return nil, fmt.Errorf("topics: %q", line)
		}
		partitions, err1 := strconv.Atoi(words[1])
		replicas, err2 := strconv.Atoi(words[2])
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		t := topic{partitions: partitions, replicas: replicas}
		if len(words) > 3 {
			t.config = strings.Split(words[3], ",")
		}
		declared[words[0]] = t
	}
	return declared, nil
}

const kafkaTopics = "kafka-topics"

// topicsPod declares the topics with this machine's Kafka.
func (b *brokers) topicsPod() (*podproc.Pod, error) {
	return b.run.pod(podproc.Options{Component: kafkaTopics, Rules: []podproc.Rule{
		{In: "file declare.sh", From: "bin=/opt/kafka/bin", To: "bin=" + b.tools.folder + "/bin", Always: true},
	}})
}

// topics runs the program that declares them, compares the cluster with the
// declaration, and takes away and changes what it has brought about.
func (b *brokers) topics() error {
	declared, err := b.run.declaredTopics()
	if err != nil {
		return err
	}
	pod, err := b.topicsPod()
	if err != nil {
		return err
	}
	if err := b.run.probesFail(pod, kafkaTopics); err != nil {
		return err
	}
	if err := b.waitForTopics(false); err != nil {
		return err
	}
	process, err := pod.Start(kafkaTopics)
	if err != nil {
		return err
	}
	defer process.Kill()
	if err := b.run.probesPass(pod, kafkaTopics, 3*time.Minute); err != nil {
		return fmt.Errorf("declare.sh: %w\n%s", err, tail(process.Log()))
	}
	if made := strings.Count(process.Log(), ": make\n"); made != len(declared) {
		return fmt.Errorf("declare.sh makes %d topics of %d\n%s", made, len(declared), tail(process.Log()))
	}
	if err := b.described(declared); err != nil {
		return err
	}
	if err := b.waitForTopics(true); err != nil {
		return err
	}
	b.run.proved(kafkaServer, "kafka-topics makes %d topics with their partitions, replication and configuration, and is ready then and not before", len(declared))
	if err := b.topicsHeal(declared, process); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(process.Log()))
	}
	if err := process.Stop(syscall.SIGTERM, 3*time.Second); err != nil {
		return err
	}
	if err := b.topicsAgain(declared, pod); err != nil {
		return err
	}
	return pod.Checked()
}

// topicsHeal deletes topics and changes a setting while kafka-topics runs.
func (b *brokers) topicsHeal(declared map[string]topic, process *podproc.Process) error {
	if _, err := b.tools.run(b.run.Context, "kafka-configs.sh", "--bootstrap-server", b.bootstrap, "--alter", "--entity-type", "topics",
		"--entity-name", "events", "--add-config", "retention.ms=1"); err != nil {
		return err
	}
	lost := []string{"completed0", "health"}
	for _, name := range lost {
		if _, err := b.tools.run(b.run.Context, "kafka-topics.sh", "--bootstrap-server", b.bootstrap, "--delete", "--topic", name); err != nil {
			return err
		}
	}
	start, told := time.Now(), len(process.Log())
	// A pause of a minute, and a round on a busy machine.
	if err := eventually(b.run.Context, 3*time.Minute, func() error {
		said := process.Log()[told:]
		for _, name := range lost {
			if !strings.Contains(said, name+": make\n") {
				return fmt.Errorf("topic %s is not made again", name)
			}
		}
		if !strings.Contains(said, "events: set retention.ms=") {
			return errors.New("a setting is not set again")
		}
		return nil
	}); err != nil {
		return err
	}
	took := time.Since(start)
	if err := eventually(b.run.Context, time.Minute, func() error { return b.described(declared) }); err != nil {
		return err
	}
	b.run.proved(kafkaServer, "%.0fs after topics were deleted and a setting was changed kafka-topics has put them right, and nobody did anything", took.Seconds())
	return nil
}

// topicsAgain starts another pod where all is right.
func (b *brokers) topicsAgain(declared map[string]topic, pod *podproc.Pod) error {
	if err := pod.Replace(); err != nil {
		return err
	}
	before, err := os.ReadFile(pod.LogFile(kafkaTopics))
	if err != nil {
		return err
	}
	process, err := pod.Start(kafkaTopics)
	if err != nil {
		return err
	}
	defer process.Kill()
	if err := b.run.probesPass(pod, kafkaTopics, 3*time.Minute); err != nil {
		return fmt.Errorf("declare.sh, second run: %w\n%s", err, tail(process.Log()))
	}
	again := process.Log()[len(before):]
	if right := strings.Count(again, ": as declared\n"); right != len(declared) || strings.Contains(again, "warning") {
		return fmt.Errorf("declare.sh, second run: %d topics of %d are as declared\n%s", right, len(declared), again)
	}
	if err := process.Stop(syscall.SIGTERM, 3*time.Second); err != nil {
		return err
	}
	b.run.proved(kafkaServer, "a second run of kafka-topics changes nothing, and it ends on SIGTERM")
	return nil
}

// waitForTopics runs the waits for topics of all components that have one: they
// must end, or not.
func (b *brokers) waitForTopics(ends bool) error {
	const container = "wait-for-topics"
	for _, w := range b.run.Env.Workloads {
		if _, err := w.Container(container); err != nil {
			continue
		}
		component := w.Metadata.Labels["app.kubernetes.io/name"]
		pod, err := b.run.pod(podproc.Options{Component: component, Rules: []podproc.Rule{
			{In: "command", From: "/opt/kafka/bin/", To: b.tools.folder + "/bin/", Always: true},
		}})
		if err != nil {
			return err
		}
		// More than one try.
		if err := waitEndsWithin(b.run.Context, pod, container, ends, 9*time.Second); err != nil {
			return fmt.Errorf("%s: %w", component, err)
		}
		if err := pod.Checked(); err != nil {
			return err
		}
		if ends {
			b.run.proved(kafkaServer, "%s of %s goes on until kafka-topics has made its topics, and ends on SIGTERM", container, component)
		}
	}
	return nil
}

// topicsFit compares the declaration with what OpenWhisk is told and how many of
// it there are.
func (r *Run) topicsFit(declared map[string]topic) error {
	want := []string{"cacheInvalidation", "events", "health"}
	for component, prefix := range map[string]string{"controller": "completed", "invoker": "invoker"} {
		w, err := r.Env.Workload(component)
		if err != nil {
			return err
		}
		for i := range w.Replicas() {
			want = append(want, prefix+strconv.Itoa(i))
		}
	}
	for _, name := range want {
		if _, ok := declared[name]; !ok {
			return fmt.Errorf("topic %s, which OpenWhisk uses, is not declared", name)
		}
	}
	told := r.configMapWith("CONFIG_whisk_kafka_replicationFactor")["CONFIG_whisk_kafka_replicationFactor"]
	factor, err := strconv.Atoi(told)
	if told == "" {
		factor, err = 1, nil // OpenWhisk's default
	}
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if declared[name].replicas != factor {
			return fmt.Errorf("topic %s has replication factor %d, OpenWhisk is told %d (CONFIG_whisk_kafka_replicationFactor)", name, declared[name].replicas, factor)
		}
	}
	return nil
}

var topicLine = regexp.MustCompile(`(?m)^Topic: (\S+)\s+TopicId: \S+\s+PartitionCount: (\d+)\s+ReplicationFactor: (\d+)\s+Configs: (\S*)`)

// described compares the topics that the cluster has with the declared ones.
func (b *brokers) described(declared map[string]topic) error {
	out, err := b.tools.run(b.run.Context, "kafka-topics.sh", "--bootstrap-server", b.bootstrap, "--describe", "--exclude-internal")
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, m := range topicLine.FindAllStringSubmatch(out, -1) {
		name := m[1]
		want, ok := declared[name]
		if !ok {
			return fmt.Errorf("topic %s is not declared", name)
		}
		has[name] = true
		if m[2] != strconv.Itoa(want.partitions) || m[3] != strconv.Itoa(want.replicas) {
			return fmt.Errorf("topic %s has %s partitions and %s replicas, declared are %d and %d", name, m[2], m[3], want.partitions, want.replicas)
		}
		set := strings.Split(m[4], ",")
		for _, pair := range want.config {
			if !slices.Contains(set, pair) {
				return fmt.Errorf("topic %s: %s is declared, and not set: %s", name, pair, m[4])
			}
		}
	}
	for name := range declared {
		if !has[name] {
			return fmt.Errorf("topic %s is declared, and not there", name)
		}
	}
	return nil
}

// payload sends the largest message that OpenWhisk sends, through the topics
// that carry payloads, and one that is too large.
func (b *brokers) payload() error {
	told := b.run.configMapWith("CONFIG_whisk_activation_payload_max")["CONFIG_whisk_activation_payload_max"]
	largest, err := strconv.Atoi(strings.TrimSuffix(told, " B"))
	if err != nil {
		return fmt.Errorf("CONFIG_whisk_activation_payload_max: %w", err)
	}
	// OpenWhisk sets max.message.bytes of its topics to the payload's limit and
	// 6068 bytes for what is around it. Kafka's own part of a batch is below 100.
	const around, batch = 6068, 100
	send := func(topic string, size int) (string, error) {
		return b.tools.run(b.run.Context, "kafka-producer-perf-test.sh", "--topic", topic, "--num-records", "2", "--record-size", strconv.Itoa(size),
			"--throughput", "-1", "--producer-props", "bootstrap.servers="+b.bootstrap, "acks=all", "max.request.size=4000000", "batch.size=1", "buffer.memory=33554432")
	}
	for _, topic := range []string{"invoker0", "completed0"} {
		size := largest + around - batch
		if out, err := send(topic, size); err != nil || strings.Contains(out, "Exception") {
			return wrong(err, "a message of %d bytes to %s: %s", size, topic, tail(out))
		}
		out, err := b.tools.run(b.run.Context, "kafka-console-consumer.sh", "--bootstrap-server", b.bootstrap, "--topic", topic,
			"--from-beginning", "--max-messages", "2", "--timeout-ms", "30000")
		if err != nil {
			return err
		}
		if first, _, _ := strings.Cut(out, "\n"); len(first) != size {
			return fmt.Errorf("a message of %d bytes comes back from %s with %d", size, topic, len(first))
		}
		if out, err := send(topic, largest+around+1); err == nil && !strings.Contains(out, "RecordTooLargeException") {
			return fmt.Errorf("a message above the limit of %s is accepted: %s", topic, tail(out))
		}
	}
	b.run.proved(kafkaServer, "messages of %d bytes, the largest payload with all around it, pass through invoker0 and completed0; larger ones are refused", largest+around-batch)
	return nil
}
