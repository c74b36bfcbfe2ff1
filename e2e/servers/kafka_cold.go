package servers

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// coldStart kills all brokers at once and starts them again: first all but one,
// which must not wait for ever for it, and then all.
func (b *brokers) coldStart() error {
	if len(b.pods) == 1 {
		return nil
	}
	last := len(b.pods) - 1
	b.killAll()
	for i := range last {
		if err := b.again(i); err != nil {
			return err
		}
	}
	waiting := 0
	for i := range last {
		waits, err := b.waitsFor(i, last)
		if err != nil {
			return fmt.Errorf("without broker %d: %w", last, err)
		}
		if waits {
			waiting++
		}
	}
	if waiting == 0 {
		return fmt.Errorf("broker %d is away, and the others are ready at once", last)
	}
	for i := range last {
		if err := b.older(i); err != nil {
			return err
		}
		if _, _, err := b.available(i); err != nil {
			return fmt.Errorf("without broker %d: %w", last, err)
		}
	}
	b.run.proved(kafkaServer, "%d of %d brokers start without the last, are not ready in the time in which a node comes back (passed over here), and then are", last, len(b.pods))
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

// waitsFor tells whether a broker says that it is not ready for want of another one,
// which accepts no connection. It is ready at once if it asks before that one has
// been found missing.
func (b *brokers) waitsFor(i, other int) (bool, error) {
	want := fmt.Sprintf("broker %d is not in sync", other)
	waits := false
	if err := b.starts(i); err != nil {
		return false, err
	}
	err := eventually(b.run.Context, 2*time.Minute, func() error {
		err := b.probe(i, "readinessProbe")
		if err == nil {
			return nil
		}
		if said := err.Error(); strings.Contains(said, want) && strings.Contains(said, "accepts no connection") {
			waits = true
			return nil
		}
		return err
	})
	return waits, err
}

// older has a broker's start, as its readiness sees it, more than the 5 minutes ago
// in which a node comes back.
func (b *brokers) older(i int) error {
	began := time.Now().Add(-6 * time.Minute)
	return os.Chtimes(b.pods[i].Path("/opt/kafka/config")+"/server.properties", began, began)
}

func (b *brokers) killAll() {
	for _, p := range b.processes {
		p.Kill()
	}
}
