package budget

import (
	"testing"
	"time"
)

// fake is a gauge that shows what it is told.
type fake struct {
	now    time.Time
	memory uint64
}

func (f *fake) gauge() Gauge {
	return Gauge{Now: func() time.Time { return f.now }, Memory: func() uint64 { return f.memory }}
}

func TestOver(t *testing.T) {
	limits := Limits{Time: time.Minute, Memory: 2 << 30}
	for _, tt := range []struct {
		name   string
		limits Limits
		passed time.Duration
		memory uint64
		want   string
	}{
		{"time below", limits, time.Minute - 1, 0, ""},
		{"time at", limits, time.Minute, 0, ""},
		{"time above", limits, time.Minute + 1, 0, "production takes more than 1m0s; --timeout allows more"},
		{"memory below", limits, 0, 2<<30 - 1, ""},
		{"memory at", limits, 0, 2 << 30, ""},
		{"memory above", limits, 0, 2<<30 + 1, "production takes more than 2048 MiB of memory; --memory allows more"},
		{"no limit", Limits{}, 1000 * time.Hour, 1 << 60, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{now: time.Unix(0, 0)}
			w := New(tt.limits, f.gauge())
			w.Begin("production")
			f.now, f.memory = f.now.Add(tt.passed), tt.memory
			if got, over := w.Over(); got != tt.want || over != (tt.want != "") {
				t.Errorf("Over = %q, %v, want %q", got, over, tt.want)
			}
		})
	}
}

// Time is counted for each piece of work, and not between them.
func TestPieces(t *testing.T) {
	f := &fake{now: time.Unix(0, 0), memory: 2}
	w := New(Limits{Time: 10 * time.Second, Memory: 1}, f.gauge())
	if got, over := w.Over(); over {
		t.Errorf("nothing is at work: %q", got)
	}
	f.memory = 0
	endA := w.Begin("a")
	f.now = f.now.Add(6 * time.Second)
	endB := w.Begin("b")
	f.now = f.now.Add(5 * time.Second)
	if got, _ := w.Over(); got != "a takes more than 10s; --timeout allows more" {
		t.Errorf("11 seconds of a: %q", got)
	}
	endA()
	if got, over := w.Over(); over {
		t.Errorf("5 seconds of b: %q", got)
	}
	endB()
	f.now = f.now.Add(time.Hour)
	if got, over := w.Over(); over {
		t.Errorf("nothing is at work any more: %q", got)
	}
}

// Work that knows its file is named with it, as it is when the limit is passed.
func TestAt(t *testing.T) {
	f := &fake{now: time.Unix(0, 0)}
	w := New(Limits{Time: time.Second}, f.gauge())
	file := ""
	w.BeginAt("a", func() string { return file })
	f.now = f.now.Add(2 * time.Second)
	if got, _ := w.Over(); got != "a takes more than 1s; --timeout allows more" {
		t.Errorf("without a file: %q", got)
	}
	file = "b.yaml"
	if got, _ := w.Over(); got != "a (b.yaml was read last) takes more than 1s; --timeout allows more" {
		t.Errorf("with a file: %q", got)
	}
}

// The guard says once what is over, and ends; or ends when the run does.
func TestGuard(t *testing.T) {
	f := &fake{now: time.Unix(0, 0)}
	w := New(Limits{Time: time.Second}, f.gauge())
	w.Begin("a")
	f.now = f.now.Add(2 * time.Second)
	ticks := make(chan time.Time, 2)
	ticks <- time.Time{}
	ticks <- time.Time{}
	var said []string
	w.Guard(ticks, nil, func(message string) { said = append(said, message) })
	if len(said) != 1 {
		t.Errorf("it said %q", said)
	}
	done := make(chan struct{})
	close(done)
	w.Guard(nil, done, func(message string) { t.Errorf("after the end: %s", message) })
}

func TestMachine(t *testing.T) {
	g := Machine()
	if m := g.Memory(); m == 0 || m > 1<<40 {
		t.Errorf("this process has %d bytes", m)
	}
	if g.Now().IsZero() {
		t.Error("no time")
	}
}
