package servers

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Topics of the writers, of one partition each, and what one broker lacks of them
// when it comes back: it is let to fetch so slowly that its port is open long
// before it is in sync.
const (
	openWhiskTopic = "invoker1"
	hastyTopic     = "invoker2"
	lackedRecords  = "500" // of 10 kB, in each of both
	fetchedBytes   = "200000"
)

// rolling restarts all brokers one after the other, as the StatefulSet's
// controller does: from the last to the first, each when the probes of the one
// before have said that it is ready. The first of them is held back.
func (b *brokers) rolling() error {
	if len(b.pods) == 1 {
		return b.rollingAlone()
	}
	openWhisk, err := b.write(openWhiskTopic, "openwhisk")
	if err != nil {
		return err
	}
	hasty, err := b.write(hastyTopic, "hasty")
	if err != nil {
		return err
	}
	if err := errors.Join(openWhisk.reach(200), hasty.reach(200)); err != nil {
		return err
	}
	last := len(b.pods) - 1
	if err := b.slow(last); err != nil {
		return err
	}
	var waited time.Duration
	var said string
	for i := last; i >= 0; i-- {
		if err := b.stop(i); err != nil {
			return err
		}
		if i == last {
			if err := b.writeMuch(); err != nil {
				return err
			}
		}
		if err := b.again(i); err != nil {
			return err
		}
		open, words, err := b.available(i)
		if err != nil {
			return err
		}
		if i == last {
			waited, said = open, words
		}
	}
	one, err := openWhisk.finish()
	if err != nil {
		return fmt.Errorf("OpenWhisk's writer: %w", err)
	}
	all, err := hasty.finish()
	if err != nil {
		return fmt.Errorf("a writer with acks=all and five retries: %w", err)
	}
	if want := fmt.Sprintf("broker %d is not in sync", last); !strings.Contains(said, want) {
		return fmt.Errorf("broker %d is held back, and its readiness says %q", last, said)
	}
	b.run.proved(kafkaServer, "a rolling restart of %d brokers, of which one catches up slowly and is not ready for %.0f s after its port is open (%q): OpenWhisk's writer with %d messages and one with acks=all and five retries with %d are refused none and lose none",
		len(b.pods), waited.Seconds(), said, one, all)
	return nil
}

// rollingAlone restarts the only broker: who writes has to wait.
func (b *brokers) rollingAlone() error {
	w, err := b.write("health", "patient")
	if err != nil {
		return err
	}
	if err := w.reach(100); err != nil {
		return err
	}
	if err := errors.Join(b.stop(0), b.replace(0)); err != nil {
		return err
	}
	written, err := w.finish()
	if err != nil {
		return err
	}
	b.run.proved(kafkaServer, "the only broker is restarted within its grace while messages are written: all %d are acknowledged and there", written)
	return nil
}

// slow lets a broker fetch slowly what it lacks.
func (b *brokers) slow(i int) error {
	for _, topic := range []string{openWhiskTopic, hastyTopic} {
		if err := b.alter("topics", topic, "follower.replication.throttled.replicas=*"); err != nil {
			return err
		}
	}
	return b.alter("brokers", fmt.Sprint(i), "follower.replication.throttled.rate="+fetchedBytes)
}

// writeMuch writes what a stopped broker will lack.
func (b *brokers) writeMuch() error {
	for _, topic := range []string{openWhiskTopic, hastyTopic} {
		if _, err := b.tools.run(b.run.Context, "kafka-producer-perf-test.sh", "--topic", topic, "--num-records", lackedRecords, "--record-size", "10000",
			"--throughput", "-1", "--producer-props", "bootstrap.servers="+b.bootstrap, "acks=all"); err != nil {
			return err
		}
	}
	return nil
}

func (b *brokers) alter(entity, name, setting string) error {
	_, err := b.tools.run(b.run.Context, "kafka-configs.sh", "--bootstrap-server", b.bootstrap, "--alter", "--entity-type", entity, "--entity-name", name, "--add-config", setting)
	return err
}

// available waits as the kubelet and the StatefulSet's controller do, until a
// broker's startup and then its readiness hold. It returns for how long the port
// was open and the broker not ready, and the first reason that was given.
func (b *brokers) available(i int) (time.Duration, string, error) {
	probe := func(name string) func() error {
		return func() error {
			if !b.processes[i].Running() {
				return fmt.Errorf("%s ends\n%s", b.pods[i].Name(), faults(b.processes[i].Log()))
			}
			return b.pods[i].Probe(b.run.Context, "kafka", name)
		}
	}
	if err := eventually(b.run.Context, 2*time.Minute, probe("startupProbe")); err != nil {
		return 0, "", err
	}
	open, said := time.Now(), ""
	err := eventually(b.run.Context, 2*time.Minute, func() error {
		err := probe("readinessProbe")()
		if err != nil && said == "" {
			said = err.Error()
		}
		return err
	})
	return time.Since(open), said, err
}

// coldStart kills all brokers at once and starts them again: first all but one,
// which must not wait for ever for it, and then all.
func (b *brokers) coldStart() error {
	if len(b.pods) == 1 {
		return nil
	}
	last := len(b.pods) - 1
	b.killAll()
	var said string
	for i := range last {
		if err := b.again(i); err != nil {
			return err
		}
	}
	for i := range last {
		_, words, err := b.available(i)
		if err != nil {
			return fmt.Errorf("without broker %d: %w", last, err)
		}
		said += words
	}
	if want := fmt.Sprintf("broker %d is not in sync", last); !strings.Contains(said, want) || !strings.Contains(said, "accepts no connection") {
		return fmt.Errorf("broker %d is away, and the readiness of the others says %q", last, said)
	}
	b.run.proved(kafkaServer, "%d of %d brokers start without the last, are not ready in the time in which a node comes back (shortened here), and then are", last, len(b.pods))
	b.killAll()
	for i := range b.pods {
		if err := b.again(i); err != nil {
			return err
		}
	}
	for i := range b.pods {
		if _, _, err := b.available(i); err != nil {
			return fmt.Errorf("all at once: %w", err)
		}
	}
	b.run.proved(kafkaServer, "%d brokers that were killed together start together, and are ready", len(b.pods))
	return nil
}

func (b *brokers) killAll() {
	for _, p := range b.processes {
		p.Kill()
	}
}
