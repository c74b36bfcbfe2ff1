package servers

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// writer writes numbered messages and notes which are acknowledged.
type writer struct {
	brokers *brokers
	process *podproc.Process
	topic   string
}

var acknowledged = regexp.MustCompile(`"name":"producer_send_success"[^\n]*`)

// write begins to write with the settings of a kind of writer.
func (b *brokers) write(topic, kind string) (*writer, error) {
	acks := "-1"
	if kind == "openwhisk" {
		const name = "CONFIG_whisk_kafka_producer_acks"
		// Once two of 17861 messages were lost with 1, in an orderly restart:
		// too few to be seen each time.
		if told := b.run.configMapWith(name)[name]; told != "all" {
			return nil, fmt.Errorf("%s is %q: what the leader has alone is lost when it moves", name, told)
		}
	}
	process, err := b.tools.start(b.run.Guard, topic+"-writer.log", "kafka-verifiable-producer.sh", "--bootstrap-server", b.bootstrap, "--topic", topic,
		"--throughput", "200", "--acks", acks, "--producer.config", b.tools.folder+"/"+kind+".properties")
	return &writer{b, process, topic}, err
}

// values are the messages that were acknowledged.
func (w *writer) values() []string {
	var values []string
	for line := range strings.Lines(w.process.Log()) {
		if !acknowledged.MatchString(line) {
			continue
		}
		var event struct{ Value string }
		if json.Unmarshal([]byte(line), &event) == nil {
			values = append(values, event.Value)
		}
	}
	return values
}

func (w *writer) count() int { return strings.Count(w.process.Log(), `"producer_send_success"`) }

// silence is the longest time between two acknowledgements.
func (w *writer) silence() time.Duration {
	var longest, last int64
	for line := range strings.Lines(w.process.Log()) {
		var event struct{ Timestamp int64 }
		if !acknowledged.MatchString(line) || json.Unmarshal([]byte(line), &event) != nil {
			continue
		}
		if last > 0 {
			longest = max(longest, event.Timestamp-last)
		}
		last = event.Timestamp
	}
	return time.Duration(longest) * time.Millisecond
}

// reach waits until so many messages are acknowledged.
func (w *writer) reach(count int) error {
	return eventually(w.brokers.run.Context, time.Minute, func() error {
		if n := w.count(); n < count && w.process.Running() {
			return fmt.Errorf("%d messages are acknowledged, not %d: %s", n, count, tail(w.process.Log()))
		}
		return nil
	})
}

var (
	writtenData = regexp.MustCompile(`"name":"tool_data"[^\n]*`)
	refusal     = regexp.MustCompile(`"producer_send_error"[^\n]*`)
)

// finish stops writing and waits for what is under way. All that was written
// must be acknowledged, and all that was acknowledged must be there to be read.
func (w *writer) finish() (int, error) {
	if err := w.process.Stop(syscall.SIGTERM, 3*time.Minute); err != nil {
		return 0, err
	}
	values := w.values()
	var data struct{ Sent, Acked int }
	for line := range strings.Lines(w.process.Log()) {
		if writtenData.MatchString(line) {
			if err := json.Unmarshal([]byte(line), &data); err != nil {
				return 0, err
			}
		}
	}
	if data.Sent == 0 || data.Sent != data.Acked || data.Acked != len(values) {
		return 0, fmt.Errorf("%d messages were sent to topic %s, %d acknowledged (%d noted), and %d refused: %s", data.Sent, w.topic, data.Acked, len(values),
			data.Sent-data.Acked, refusal.FindString(w.process.Log()))
	}
	read, err := w.brokers.read(w.topic)
	if err != nil {
		return 0, err
	}
	lost := 0
	for _, value := range values {
		if !read[value] {
			lost++
		}
	}
	if lost > 0 {
		return 0, fmt.Errorf("%d of %d acknowledged messages of topic %s are lost", lost, len(values), w.topic)
	}
	return len(values), nil
}

var offset = regexp.MustCompile(`(?m)^\S+:0:(\d+)$`)

// read is all that a topic's only partition has, to its end: a writer that tries
// again may have written a message twice.
func (b *brokers) read(topic string) (map[string]bool, error) {
	out, err := b.tools.run(b.run.Context, "kafka-get-offsets.sh", "--bootstrap-server", b.bootstrap, "--topic", topic)
	if err != nil {
		return nil, err
	}
	end := offset.FindStringSubmatch(out)
	if end == nil {
		return nil, fmt.Errorf("topic %s has no end: %s", topic, out)
	}
	if out, err = b.tools.run(b.run.Context, "kafka-console-consumer.sh", "--bootstrap-server", b.bootstrap, "--topic", topic,
		"--from-beginning", "--max-messages", end[1], "--timeout-ms", "20000"); err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for line := range strings.Lines(out) {
		has[strings.TrimSpace(line)] = true
	}
	return has, nil
}
