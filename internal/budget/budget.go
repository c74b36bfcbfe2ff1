// Package budget stops a run that takes too long or too much memory. CUE's
// evaluator and kustomize's engine cannot be interrupted, so all that can be
// done is to say what was at work and to end the process.
//
// In: limits, and names of pieces of work as they begin and end. Out: what to
// say once a limit is passed. Time is that of one piece, so that a thousand
// environments have a thousand times as much; memory is the process's.
package budget

import (
	"fmt"
	"runtime/metrics"
	"slices"
	"sync"
	"time"
)

// Limits are what a run may use. Zero is no limit.
type Limits struct {
	Time   time.Duration // of one piece of work
	Memory uint64        // of the process, in bytes
}

// Gauge is how time and memory are measured.
type Gauge struct {
	Now    func() time.Time
	Memory func() uint64 // in bytes
}

// Machine measures what the Go runtime sees: memory is what it has from the
// operating system and has not given back, as for GOMEMLIMIT.
func Machine() Gauge {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	return Gauge{Now: time.Now, Memory: func() uint64 {
		metrics.Read(samples)
		return samples[0].Value.Uint64() - samples[1].Value.Uint64()
	}}
}

// Watch knows the work that is being done. A nil one watches nothing.
type Watch struct {
	limits Limits
	gauge  Gauge
	mu     sync.Mutex
	active []*work // the longest first
}

type work struct {
	name  string
	at    func() string
	since time.Time
}

func (w *work) String() string {
	if w.at != nil {
		if at := w.at(); at != "" {
			return fmt.Sprintf("%s (%s was read last)", w.name, at)
		}
	}
	return w.name
}

// New makes a watch over work that is yet to begin.
func New(limits Limits, gauge Gauge) *Watch {
	return &Watch{limits: limits, gauge: gauge}
}

// Begin says that a piece of work begins; call end when it ends. Pieces may be
// side by side, in several goroutines.
func (w *Watch) Begin(name string) (end func()) { return w.BeginAt(name, nil) }

// BeginAt is Begin of work that knows at which file it is: at is asked, in another
// goroutine, once a limit is passed, and may say "".
func (w *Watch) BeginAt(name string, at func() string) (end func()) {
	if w == nil {
		return func() {}
	}
	piece := &work{name, at, w.gauge.Now()}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.active = append(w.active, piece)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.active = slices.DeleteFunc(w.active, func(other *work) bool { return other == piece })
	}
}

// Over tells whether a limit is passed, and of which piece of work: the one that
// is at it for longest. Where nothing is at work there is no limit.
func (w *Watch) Over() (message string, over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.active) == 0 {
		return "", false
	}
	oldest := w.active[0]
	switch {
	case w.limits.Time > 0 && w.gauge.Now().Sub(oldest.since) > w.limits.Time:
		return fmt.Sprintf("%s takes more than %s; --timeout allows more", oldest, w.limits.Time), true
	case w.limits.Memory > 0 && w.gauge.Memory() > w.limits.Memory:
		return fmt.Sprintf("%s takes more than %d MiB of memory; --memory allows more", oldest, w.limits.Memory>>20), true
	}
	return "", false
}

// Guard looks at each tick whether a limit is passed, and says so once. It
// returns then, or when done is closed.
func (w *Watch) Guard(tick <-chan time.Time, done <-chan struct{}, stop func(message string)) {
	for {
		select {
		case <-done:
			return
		case <-tick:
			if message, over := w.Over(); over {
				stop(message)
				return
			}
		}
	}
}
