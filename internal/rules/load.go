package rules

import (
	"fmt"
	"math"
	"time"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// Bounds of a run under load. Source: schema/catalog/load/load.js.
const (
	mostColdActions = 1000
	longestRun      = 4 * time.Hour
	// firstCalls are those that are made before it begins, and count for the
	// subject too.
	firstCalls = 2
)

// load looks at a test under load: whether it can be run, and can prove anything.
func (c *checker) load() {
	l := c.Env.Load
	if l == nil {
		return
	}
	c.loadSubject(l)
	c.loadTime(l)
	if c.loadShares(l.Requests) {
		p := patternOf(l)
		c.loadRate(p)
		c.loadAtOnce(l, p)
		c.loadCold(l, p)
		c.loadThresholds(l, p)
	}
}

// pattern is what the stages come to.
type pattern struct {
	all float64
	// perSecond are the requests of each second.
	perSecond []float64
	// field of the stage that has the highest rate, and that rate in a minute.
	field string
	peak  int
}

// patternOf adds the stages up as plan.js does.
func patternOf(l *environment.LoadTest) pattern {
	var p pattern
	before := 0
	for i, s := range l.Stages {
		from := s.PerMinute
		if s.Kind == "ramp" {
			from = before
		}
		before = s.PerMinute
		if s.PerMinute > p.peak {
			p.peak, p.field = s.PerMinute, fmt.Sprintf("load.stages[%d].perMinute", i)
		}
		seconds := int(lasts(s.Duration).Seconds())
		slope := float64(s.PerMinute-from) / float64(seconds)
		for t := range min(seconds, int(longestRun.Seconds())) {
			n := (float64(from) + slope*(float64(t)+0.5)) / 60
			p.perSecond = append(p.perSecond, n)
			p.all += n
		}
	}
	return p
}

// busiest is the largest number of requests in any minute.
func (p pattern) busiest() int {
	most, sum := 0.0, 0.0
	for i, n := range p.perSecond {
		sum += n
		if i >= 60 {
			sum -= p.perSecond[i-60]
		}
		most = max(most, sum)
	}
	return int(math.Ceil(most - 1e-6))
}

// loadTime lets a run end before it is stopped.
func (c *checker) loadTime(l *environment.LoadTest) {
	stages := derived.LoadDuration(l)
	if stages > longestRun {
		c.fail("WO557", "load.stages",
			fmt.Sprintf("load.stages take %s: a run takes %s at most", stages, longestRun),
			"write shorter stages: what a run shows, it shows in minutes")
		return
	}
	if needs := c.LoadNeeds(); l.Deadline != "" && lasts(l.Deadline) < needs {
		c.fail("WO557", "load.deadline",
			fmt.Sprintf("load.deadline is %q, and a run may take %s: %s until it begins, %s of stages, and the rest for the last call and the report; it would be stopped without one", l.Deadline, needs, derived.LoadBefore, stages),
			fmt.Sprintf("write %s, or leave it out", cue("load.deadline", inSeconds(int(math.Ceil(needs.Seconds()))))))
	}
}

// loadShares wants some request.
func (c *checker) loadShares(r environment.LoadTestRequests) bool {
	if r.Warm+r.Cold+r.Web+r.NonBlocking > 0 {
		return true
	}
	c.fail("WO556", c.written("load.requests.warm", "load.requests"),
		"load.requests has no share above 0: there is nothing to send",
		"write load: requests: warm: 100")
	return false
}

// loadRate keeps a run within the limit of its subject: it would measure refusals.
func (c *checker) loadRate(p pattern) {
	at, limit := c.loadLimit("invocationsPerMinute", c.Env.Limits.InvocationsPerMinute)
	if busiest := p.busiest() + firstCalls; busiest > limit {
		c.fail("WO555", c.written(p.field, at),
			fmt.Sprintf("load.stages come to %d calls in one minute, with %d before they begin, and %s: the rest is answered 429, and counts as an error",
				busiest, firstCalls, c.show(at, limit)),
			fmt.Sprintf("write %s, or lower rates", cue(at, busiest)))
	}
}

// loadAtOnce looks at how many calls there are at a time while the action works,
// and when the threshold is just met.
func (c *checker) loadAtOnce(l *environment.LoadTest, p pattern) {
	perSecond := float64(p.peak) / 60
	at, limit := c.loadLimit("concurrentInvocations", c.Env.Limits.ConcurrentInvocations)
	if busy := max(1, int(math.Ceil(perSecond*lasts(l.Work).Seconds()))); busy > limit {
		c.fail("WO559", c.written("load.work", p.field),
			fmt.Sprintf("%d calls in a minute, of %s each, are %d at a time, and %s: the rest is answered 429",
				p.peak, l.Work, busy, c.show(at, limit)),
			fmt.Sprintf("write %s, a shorter load.work or lower rates", cue(at, busy)))
		return
	}
	if l.Thresholds.P95 == "" {
		return
	}
	if busy := int(math.Ceil(perSecond * lasts(l.Thresholds.P95).Seconds())); busy > l.Connections {
		c.warn("WO559", c.written("load.connections", "load.thresholds.p95", p.field),
			fmt.Sprintf("load.connections is %d, and %d calls in a minute that take load.thresholds.p95, %s, are %d at a time: requests would wait for a connection, and the run might prove nothing",
				l.Connections, p.peak, l.Thresholds.P95, busy),
			fmt.Sprintf("write %s or more", cue("load.connections", busy)))
	}
}

// loadCold bounds the actions that are made.
func (c *checker) loadCold(l *environment.LoadTest, p pattern) {
	r := l.Requests
	if cold := int(p.all * float64(r.Cold) / float64(r.Warm+r.Cold+r.Web+r.NonBlocking)); cold > mostColdActions {
		c.fail("WO557", c.written("load.requests.cold", "load.stages"),
			fmt.Sprintf("%d of %d calls are to start cold: each needs an action of its own, and %d are made at most", cold, int(p.all), mostColdActions),
			"write a smaller load.requests.cold")
	}
	if r.Cold == 0 && r.Warm+r.NonBlocking == 0 && l.Thresholds.ColdP95 != "" {
		c.fail("WO556", "load.thresholds.coldP95",
			"load.thresholds.coldP95 is given, and no call of load.requests shows whether it started cold: nothing would be measured for it",
			"write load: requests: cold: 5")
	}
}

// loadThresholds must be such that a run can meet each, and can miss it.
func (c *checker) loadThresholds(l *environment.LoadTest, p pattern) {
	t := l.Thresholds
	order := []struct{ field, value string }{{"load.thresholds.p50", t.P50}, {"load.thresholds.p95", t.P95}, {"load.thresholds.p99", t.P99}}
	least, of, is := lasts(l.Work), "load.work", l.Work
	for _, o := range order {
		if o.value == "" {
			continue
		}
		if l.Requests.Warm == 0 {
			c.fail("WO556", o.field,
				fmt.Sprintf("%s is given, and load.requests.warm is 0: nothing would be measured for it", o.field),
				"write load: requests: warm: 85, or leave out the threshold")
			return
		}
		if lasts(o.value) < least || of == "load.work" && lasts(o.value) == least {
			c.fail("WO556", c.written(o.field, of),
				fmt.Sprintf("%s is %q, and %s: every run misses it", o.field, o.value, c.show(of, is)),
				fmt.Sprintf("write a longer %s", o.field))
			return
		}
		least, of, is = lasts(o.value), o.field, o.value
	}
	if t.ColdP95 != "" && lasts(t.ColdP95) <= lasts(l.Work) {
		c.fail("WO556", c.written("load.thresholds.coldP95", "load.work"),
			fmt.Sprintf("load.thresholds.coldP95 is %q, and %s: every run misses it", t.ColdP95, c.show("load.work", l.Work)),
			"write a longer load.thresholds.coldP95")
	}
	if t.Errors == 1000 {
		c.fail("WO556", "load.thresholds.errors",
			"load.thresholds.errors is 1000 of a thousand: no run misses it, whatever happens",
			"write load: thresholds: errors: 10")
	}
	if minutes := float64(len(p.perSecond)) / 60; t.Throughput > 0 && float64(t.Throughput)*minutes > p.all+1e-6 {
		c.fail("WO556", "load.thresholds.throughput",
			fmt.Sprintf("load.thresholds.throughput is %d, and load.stages send %d in a minute on average: every run misses it", t.Throughput, int(p.all/minutes)),
			lessThroughput(int(p.all/minutes*0.95)))
	}
}

// lessThroughput is what to do about one that no run reaches, where n are reached.
func lessThroughput(n int) string {
	if n < 1 {
		return "leave it out, or write higher rates"
	}
	return fmt.Sprintf("write %s or less", cue("load.thresholds.throughput", n))
}
