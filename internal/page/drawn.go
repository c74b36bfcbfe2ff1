package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/quantity"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/topology"
)

// drawn is an environment as the template reads it.
type drawn struct {
	Name   string
	Number int
	Open   bool
	Graph  *graph
	Edges  []edge
	Pools  []pool
	Zones  []zoned
	Differences
}

// edge is a line of the table of connections.
type edge struct{ From, To, Ports string }

func draw(e Environment, number int, secrets *finding.Secrets) drawn {
	d := drawn{Name: seal(secrets, e.Name), Number: number}
	if e.Topology == nil {
		return d
	}
	say := func(s string) string { return seal(secrets, s) }
	d.Graph = graphOf(e, say)
	name := map[string]string{}
	for _, o := range e.Topology.Outside {
		name[o.ID] = o.Name
	}
	for _, t := range e.Topology.Edges {
		from, to := t.From, t.To
		if n, ok := name[from]; ok {
			from = n
		}
		if n, ok := name[to]; ok {
			to = n
		}
		d.Edges = append(d.Edges, edge{say(from), say(to), numbers(t.Ports)})
	}
	for _, s := range e.Topology.Pools {
		d.Pools = append(d.Pools, poolOf(s, say))
	}
	d.Zones = zonesOf(*e.Topology, say)
	return d
}

// numbers of ports, as people write them.
func numbers(ports []int) string {
	if len(ports) == 0 {
		return "not known"
	}
	words := make([]string, len(ports))
	for i, p := range ports {
		words[i] = strconv.Itoa(p)
	}
	return strings.Join(words, ", ")
}

// pool of nodes.
type pool struct {
	Name, About string
	Measures    []measure
}

// measure is a bar, and the numbers that it shows.
type measure struct {
	What                                     string
	Components, Reserve, Actions, Free, Have string
	// Over says that it is more than there is.
	Over bool
	// Parts of the bar, and where what there is ends.
	Parts []part
	End   float64
}

// part of a bar, in its thousandths.
type part struct {
	Class    string
	At, Wide float64
}

func poolOf(s rules.Sum, say func(string) string) pool {
	p := pool{Name: say(s.Pool), About: count(s.Nodes, "node")}
	if s.Zones > 1 {
		p.About += fmt.Sprintf(" in %d zones", s.Zones)
	}
	plain := func(n int64) string { return strconv.FormatInt(n, 10) }
	p.Measures = []measure{
		measureOf("CPUs", s.CPU, cpus), measureOf("memory", s.Memory, memory), measureOf("pods", s.Pods, plain),
	}
	return p
}

func measureOf(what string, m rules.Measure, say func(int64) string) measure {
	out := measure{
		What: what, Components: say(m.Components), Reserve: say(m.Reserve), Actions: say(m.Actions), Free: say(max(0, m.Free())), Have: say(m.Have),
		Over: m.Free() < 0,
	}
	if out.Over {
		out.Free = say(-m.Free()) + " too little"
	}
	// A pool without anything is an empty bar.
	whole := max(1, m.Have, m.Have-m.Free())
	share := func(n int64) float64 { return math.Round(float64(n)*10000/float64(whole)) / 10 }
	at := 0.0
	for _, p := range []struct {
		class string
		n     int64
	}{{"requests", m.Components}, {"reserve", m.Reserve}, {"actions", m.Actions}, {"free", max(0, m.Free())}} {
		if wide := share(p.n); wide > 0 {
			out.Parts = append(out.Parts, part{p.class, at, wide})
			at += wide
		}
	}
	out.End = share(m.Have)
	return out
}

// cpus writes thousandths.
func cpus(milli int64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%03d", milli/1000, milli%1000), "0"), ".")
}

// memory writes bytes, in GiB where a person reads them.
func memory(bytes int64) string {
	const gib = 1 << 30
	switch {
	case bytes == 0:
		return "0"
	case bytes < gib:
		return fmt.Sprintf("%d MiB", bytes/quantity.MiB)
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/gib)
}

// zoned are the components of a pool by its zones.
type zoned struct {
	Pool string
	// Numbers of the zones.
	Numbers []int
	Rows    []zoneRow
}

// zoneRow is a component.
type zoneRow struct {
	Component string
	// Pods in each zone; Anywhere where nothing spreads them.
	Pods     []int
	Anywhere string
	// Lost says what the loss of a zone takes; Stops that it may be too much.
	Lost  string
	Stops bool
}

func zonesOf(t topology.Topology, say func(string) string) []zoned {
	var all []zoned
	for _, s := range t.Zones {
		name := say(s.Pool)
		i := slices.IndexFunc(all, func(z zoned) bool { return z.Pool == name })
		if i < 0 {
			i = len(all)
			all = append(all, zoned{Pool: name})
		}
		z := &all[i]
		row := zoneRow{Component: say(s.Component), Pods: s.Pods, Stops: s.Stops()}
		if len(s.Pods) == 0 {
			row.Anywhere = count(s.All, "pod") + " anywhere"
		}
		row.Lost = fmt.Sprintf("up to %d of %s", s.Lost(), count(s.All, "pod"))
		if row.Stops {
			row.Lost += ", and its quorum with it"
		}
		z.Rows = append(z.Rows, row)
		for n := len(z.Numbers); n < len(s.Pods); n++ {
			z.Numbers = append(z.Numbers, n+1)
		}
	}
	slices.SortStableFunc(all, func(a, b zoned) int { return strings.Compare(a.Pool, b.Pool) })
	for i, z := range all {
		if len(z.Numbers) == 0 {
			all[i].Numbers = []int{1}
		}
	}
	return all
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
