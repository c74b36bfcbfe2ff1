package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// report gathers what is wrong. One fault is seen from many places and on many
// ports, so what has one cause is one line.
type report struct {
	own   Evaluator
	lines []string
	// Closed and opened are in the order in which they were found.
	closed, opened []cause
}

// cause is what is wrong, and why.
type cause struct {
	what, why string
	pairs     []pair
}

type pair struct {
	from, to string
	ports    []string
}

const (
	longestReport = 20
	mostPairs     = 4
	mostPorts     = 4
)

func (r *report) note(q Question, got, library, want Verdict) {
	if got == library && got == want {
		return
	}
	if got != library {
		add(&r.closed, q, "is judged differently", fmt.Sprintf("this package says %q, the library %q", got, library))
	}
	if !got.Leaves && want.Leaves {
		add(&r.closed, q, "may not leave, and the graph needs it", r.own.holding(q.From))
	}
	if !got.Enters && want.Enters {
		add(&r.closed, q, "may not enter, and the graph needs it", r.own.holding(q.To))
	}
	if got.Leaves && !want.Leaves {
		add(&r.opened, q, "may leave, and the graph does not have it", r.own.lettingOut(q))
	}
	if got.Enters && !want.Enters {
		add(&r.opened, q, "may enter, and the graph does not have it", r.own.lettingIn(q))
	}
}

func add(to *[]cause, q Question, what, why string) {
	i := slices.IndexFunc(*to, func(c cause) bool { return c.what == what && c.why == why })
	if i < 0 {
		i = len(*to)
		*to = append(*to, cause{what: what, why: why})
	}
	c := &(*to)[i]
	// The questions of a pair follow each other.
	last := len(c.pairs) - 1
	if last < 0 || c.pairs[last].from != q.From.Name || c.pairs[last].to != q.To.Name {
		c.pairs = append(c.pairs, pair{from: q.From.Name, to: q.To.Name})
		last++
	}
	c.pairs[last].ports = append(c.pairs[last].ports, fmt.Sprintf("%d/%s", q.Port, q.Protocol))
}

func (c cause) String() string {
	var pairs []string
	for _, p := range c.pairs {
		pairs = append(pairs, fmt.Sprintf("%s -> %s %s", p.from, p.to, strings.Join(first(p.ports, mostPorts), ", ")))
	}
	return fmt.Sprintf("%s: %s (%s)", c.what, strings.Join(first(pairs, mostPairs), "; "), c.why)
}

// first of all, and how many more there are.
func first(all []string, most int) []string {
	if more := len(all) - most; more > 0 {
		return append(slices.Clone(all[:most]), fmt.Sprintf("and %d more", more))
	}
	return all
}

func (r *report) err() error {
	lines := r.lines
	for _, c := range slices.Concat(r.closed, r.opened) {
		lines = append(lines, c.String())
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(first(lines, longestReport), "\n"))
}
