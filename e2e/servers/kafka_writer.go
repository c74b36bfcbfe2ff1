package servers

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
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

func (b *brokers) write(topic string) (*writer, error) {
	process, err := b.tools.start(b.run.Guard, topic+"-writer.log", "kafka-verifiable-producer.sh", "--bootstrap-server", b.bootstrap, "--topic", topic,
		"--throughput", "200", "--acks", "-1", "--producer.config", b.tools.folder+"/producer.properties")
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

// reach waits until so many messages are acknowledged.
func (w *writer) reach(count int) error {
	return eventually(w.brokers.run.Context, time.Minute, func() error {
		if n := w.count(); n < count && w.process.Running() {
			return fmt.Errorf("%d messages are acknowledged, not %d: %s", n, count, tail(w.process.Log()))
		}
		return nil
	})
}

var writtenData = regexp.MustCompile(`"name":"tool_data"[^\n]*`)

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
		return 0, fmt.Errorf("%d messages were sent to topic %s, %d acknowledged (%d noted): %s", data.Sent, w.topic, data.Acked, len(values), tail(w.process.Log()))
	}
	b := w.brokers
	out, err := b.tools.run(b.run.Context, "kafka-console-consumer.sh", "--bootstrap-server", b.bootstrap, "--topic", w.topic,
		"--from-beginning", "--max-messages", strconv.Itoa(len(values)), "--timeout-ms", "20000")
	if err != nil {
		return 0, err
	}
	read := map[string]bool{}
	for line := range strings.Lines(out) {
		read[strings.TrimSpace(line)] = true
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
