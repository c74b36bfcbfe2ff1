package rules

import "fmt"

// throttles looks at the two limits of one flow: what may start in a minute, and
// what may run at a time.
func (c *checker) throttles() {
	const minute, once = "limits.invocationsPerMinute", "limits.concurrentInvocations"
	l := c.Env.Limits
	if l.ConcurrentInvocations <= l.InvocationsPerMinute {
		return
	}
	starts, runs := c.Throttled(l.InvocationsPerMinute), c.Throttled(l.ConcurrentInvocations)
	c.warn("WO230", c.written(once, minute),
		fmt.Sprintf("%s lets more activations of a namespace run at a time than %s lets start in a minute: each of %s starts %d a minute and would run %d at a time, and users get 429 long before",
			c.show(once, l.ConcurrentInvocations), c.show(minute, l.InvocationsPerMinute), count(starts.Controllers, c.Catalog.Throttle.By), starts.Each, runs.Each),
		fmt.Sprintf("write %s or more, or a smaller %s", cue(minute, l.ConcurrentInvocations), once))
}

// shares looks at which invokers run what. OpenWhisk rounds the first share up and
// the second down, each to no less than one invoker.
// Source: ShardingContainerPoolBalancer.scala at 2.0.0 (updateInvokers).
func (c *checker) shares() {
	const managed, blackbox = "invoker.managedShare", "invoker.blackboxShare"
	s, n := c.Shares, c.Replicas(c.Catalog.Actions.By)
	if s.Managed+s.Blackbox < 100 {
		c.warn("WO220", c.written(blackbox, managed),
			fmt.Sprintf("%s and %s leave %d %% of the invokers to nobody: OpenWhisk gives them to images of users' own", c.show(managed, s.Managed), c.show(blackbox, s.Blackbox), 100-s.Managed-s.Blackbox),
			fmt.Sprintf("write %s, or leave both out", cue(blackbox, 100-s.Managed)))
		return
	}
	for _, share := range []struct {
		field, what      string
		percent, rounded int
	}{
		{managed, "OpenWhisk's languages run", s.Managed, (n*s.Managed + 99) / 100},
		{blackbox, "images of users' own run", s.Blackbox, n * s.Blackbox / 100},
	} {
		if n > 1 && share.rounded <= 1 {
			c.warn("WO220", c.written(share.field, "invoker.replicas"),
				fmt.Sprintf("%s: %s on 1 of %d invokers alone, and while it restarts their calls are answered 503", c.show(share.field, share.percent), share.what, n),
				fmt.Sprintf("leave out %s, or write %s or more", share.field, cue(share.field, (200+n-1)/n)))
		}
	}
}
