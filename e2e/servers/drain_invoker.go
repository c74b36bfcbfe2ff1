package servers

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/whiskops/whiskops/e2e/servers/podproc"
)

// span is a time in which an invoker has work, from the first request to disable it.
type span struct{ from, to time.Duration }

// fakeInvoker has the paths of OpenWhisk's (DefaultInvokerServer.scala), and shows
// what runs as it does: containers in use are counted every 10 s, the first time
// 30 s after the start, and are shown a second later (ContainerPool.scala; the
// text is that of Kamon 2.1.12, which was run).
type fakeInvoker struct {
	work    []span
	started time.Time

	mu       sync.Mutex
	disabled time.Time
	first    string // Authorization of the first request to disable it
	shown    string // a command line with the password in it
}

func (f *fakeInvoker) serve(w http.ResponseWriter, q *http.Request) bool {
	switch q.Method + " " + q.URL.Path {
	case "POST /disable":
		f.mu.Lock()
		if f.disabled.IsZero() {
			f.disabled, f.first = time.Now(), q.Header.Get("Authorization")
			f.shown = inProcessList(madeSecrets()["openwhisk-admin"]["invoker-password"])
		}
		f.mu.Unlock()
		fmt.Fprint(w, "invoker0 is now disabled.")
	case "GET /metrics":
		fmt.Fprint(w, f.metrics(time.Now()))
	default:
		w.WriteHeader(http.StatusUnauthorized)
	}
	return true
}

func (f *fakeInvoker) metrics(now time.Time) string {
	const period, tick = 10 * time.Second, time.Second
	age := now.Sub(f.started) - tick
	if age < 3*period {
		return "# The kamon-prometheus module didn't receive any data just yet.\n"
	}
	running := f.running(f.started.Add(age.Truncate(period)))
	var text strings.Builder
	for _, gauge := range []struct {
		name  string
		value int
	}{{"runBufferCount", 0}, {"activeCount", running}, {"prewarmCount", 2}, {"idlesCount", 1 - running}} {
		fmt.Fprintf(&text, "# TYPE gauge_containerPool_%s_counter gauge\ngauge_containerPool_%[1]s_counter %d.0\n", gauge.name, gauge.value)
	}
	return text.String()
}

func (f *fakeInvoker) running(at time.Time) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.work {
		if since := at.Sub(f.disabled); !f.disabled.IsZero() && since >= s.from && since < s.to {
			return 1
		}
	}
	return 0
}

// forever is work that no drain waits for.
const forever = time.Hour

var invokerDrains = []struct {
	name string
	work []span
	// age of the invoker when it is asked to stop.
	age time.Duration
	// Between the two the preStop must end.
	least, most time.Duration
}{
	{"an idle one", nil, time.Minute, 25 * time.Second, 40 * time.Second},
	{"one that has just started", nil, 0, 27 * time.Second, 70 * time.Second},
	// A controller that has not taken note sends for 10 s more.
	{"a busy one", []span{{0, time.Second}, {4 * time.Second, 5 * time.Second}, {9500 * time.Millisecond, 40 * time.Second}}, time.Minute, 40 * time.Second, 75 * time.Second},
	{"one whose work does not end", []span{{0, forever}}, time.Minute, 60 * time.Second, 70 * time.Second},
}

// drainInvoker runs the preStop of invokers that are idle, busy and absent, side
// by side. The first error is that of the first in the list.
func drainInvoker(r *Run) error {
	errs := make([]error, len(invokerDrains)+1)
	var wait sync.WaitGroup
	for i, d := range invokerDrains {
		f := &fakeInvoker{work: d.work, started: time.Now().Add(-d.age)}
		wait.Go(func() {
			if err := r.invokerStops(f, d.least, d.most); err != nil {
				errs[i] = fmt.Errorf("invoker, %s: %w", d.name, err)
			}
		})
	}
	wait.Go(func() {
		if err := r.invokerStops(nil, 14*time.Second, 25*time.Second); err != nil {
			errs[len(invokerDrains)] = fmt.Errorf("invoker, one that is not there: %w", err)
		}
	})
	wait.Wait()
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	r.proved("sh, curl, a fake with the invoker's paths and gauges", "preStop of invoker disables it with its login, which is in no list of processes; it ends half a minute after the start when nothing runs, after the last activation when something does, at the end of the drain (shortened here) in any case, and soon without an invoker")
	return nil
}

// invokerStops runs the preStop of one invoker, or where there is none.
func (r *Run) invokerStops(f *fakeInvoker, least, most time.Duration) error {
	pod, ip, err := r.drainPod("invoker", podproc.Rule{In: "file drain.sh", From: "$begun + 330", To: "$begun + 60", Always: true})
	if err != nil {
		return err
	}
	if f != nil {
		if _, err := r.newFake("invoker", ip, 8080, f.serve); err != nil {
			return err
		}
	}
	command, err := pod.PreStop("invoker")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context, most)
	defer cancel()
	begun := time.Now()
	log, err := pod.Exec(ctx, "invoker", command)
	took := time.Since(begun)
	if err != nil {
		return fmt.Errorf("%s: %w, after %.0f s: %s", strings.Join(command, " "), err, took.Seconds(), tail(log))
	}
	if f != nil {
		if err := authorized(f.first, "invoker"); err != nil {
			return err
		}
	}
	if f != nil && f.shown != "" {
		return fmt.Errorf("the password is in the list of processes: %s", f.shown)
	}
	if took < least-time.Second {
		return fmt.Errorf("ends after %.0f s, and not after %v or more", took.Seconds(), least)
	}
	return pod.Checked()
}
