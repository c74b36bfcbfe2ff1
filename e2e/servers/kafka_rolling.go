package servers

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Topics of the writers, of one partition each, and what one broker lacks of them
// when it comes back: it is let to fetch so slowly that its port is open long
// before it is in sync.
const (
	openWhiskTopic = "invoker1"
	hastyTopic     = "invoker2"
	fetchRate      = "follower.replication.throttled.rate"
	lackedRecords  = "500" // of 10 kB, in each of both
	fetchedBytes   = "200000"
	// heldBack is longer than any broker is waited for by its leaders, which is
	// 30 s unless told otherwise. A limit that stays longer would slow down the
	// broker's next change of leaders, too.
	heldBack = 45 * time.Second
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
		released := make(chan error, 1)
		if i == last {
			go func() { released <- b.release(last) }()
		} else {
			released <- nil
		}
		open, words, err := b.available(i)
		if err := errors.Join(err, <-released); err != nil {
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
	silence := max(openWhisk.silence(), hasty.silence())
	if silence >= hastyPatience {
		return fmt.Errorf("a writer waits %v for an acknowledgement, in which one that waits %v is refused", silence, hastyPatience)
	}
	b.run.proved(kafkaServer, "a rolling restart of %d brokers, of which one catches up slowly and is not ready for %.0f s after its port is open (%q): OpenWhisk's writer with %d messages and one with acks=all and five retries with %d are refused none and lose none, and wait %.1f s at most",
		len(b.pods), waited.Seconds(), said, one, all, silence.Seconds())
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
		if err := b.alter("topics", topic, "--add-config", "follower.replication.throttled.replicas=*"); err != nil {
			return err
		}
	}
	return b.alter("brokers", fmt.Sprint(i), "--add-config", fetchRate+"="+fetchedBytes)
}

// release lets a broker fetch as it can, after a time.
func (b *brokers) release(i int) error {
	select {
	case <-b.run.Context.Done():
		return b.run.Context.Err()
	case <-time.After(heldBack):
		return b.alter("brokers", fmt.Sprint(i), "--delete-config", fetchRate)
	}
}

// writeMuch writes what a stopped broker will lack, soon: how long it was away is
// what the others reckon with.
func (b *brokers) writeMuch() error {
	topics := []string{openWhiskTopic, hastyTopic}
	failed := make([]error, len(topics))
	var all sync.WaitGroup
	for i, topic := range topics {
		all.Go(func() {
			_, failed[i] = b.tools.run(b.run.Context, "kafka-producer-perf-test.sh", "--topic", topic, "--num-records", lackedRecords, "--record-size", "10000",
				"--throughput", "-1", "--producer-props", "bootstrap.servers="+b.bootstrap, "acks=all")
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

var lagTime = regexp.MustCompile(`(?m)^\s*replica\.lag\.time\.max\.ms = (\d+)$`)

// noLongWait holds what each broker says that it runs with. A leader acknowledges
// nothing while one that was away for less than this catches up: a machine that
// restarts it slowly does not show it, so it is not left to the writers.
func (b *brokers) noLongWait() error {
	if len(b.pods) == 1 {
		return nil
	}
	for i, p := range b.processes {
		found := lagTime.FindStringSubmatch(p.Log())
		if found == nil {
			return fmt.Errorf("%s does not say what its replica.lag.time.max.ms is", b.pods[i].Name())
		}
		if wait, err := time.ParseDuration(found[1] + "ms"); err != nil || wait >= hastyPatience {
			return fmt.Errorf("%s has a replica.lag.time.max.ms of %s: a writer is kept waiting for so long, and one that waits %v is refused", b.pods[i].Name(), found[1], hastyPatience)
		}
	}
	return nil
}

func (b *brokers) alter(entity, name, how, setting string) error {
	_, err := b.tools.run(b.run.Context, "kafka-configs.sh", "--bootstrap-server", b.bootstrap, "--alter", "--entity-type", entity, "--entity-name", name, how, setting)
	return err
}

// available waits as the kubelet and the StatefulSet's controller do, until a
// broker's startup and then its readiness hold. It returns for how long the port
// was open and the broker not ready, and the first reason that was given.
func (b *brokers) available(i int) (time.Duration, string, error) {
	if err := b.starts(i); err != nil {
		return 0, "", err
	}
	open, said := time.Now(), ""
	err := eventually(b.run.Context, 2*time.Minute, func() error {
		err := b.probe(i, "readinessProbe")
		if err != nil && said == "" {
			said = err.Error()
		}
		return err
	})
	return time.Since(open), said, err
}

// starts waits until a broker's startup probe holds.
func (b *brokers) starts(i int) error {
	return eventually(b.run.Context, 2*time.Minute, func() error { return b.probe(i, "startupProbe") })
}

// probe asks a broker that runs.
func (b *brokers) probe(i int, name string) error {
	if !b.processes[i].Running() {
		return fmt.Errorf("%s ends\n%s", b.pods[i].Name(), faults(b.processes[i].Log()))
	}
	return b.pods[i].Probe(b.run.Context, "kafka", name)
}
