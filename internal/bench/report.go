package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// measured are the medians of a subject.
type measured struct {
	wall, cpu time.Duration
	peak      int64 // the largest, MiB
}

func (s *subject) median() measured {
	var m measured
	for _, t := range s.taken {
		m.peak = max(m.peak, t.peak)
	}
	m.wall = median(s.taken, func(t sample) time.Duration { return t.wall })
	m.cpu = median(s.taken, func(t sample) time.Duration { return t.cpu })
	return m
}

func median(samples []sample, of func(sample) time.Duration) time.Duration {
	values := make([]time.Duration, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func report(w io.Writer, subjects []*subject) {
	fmt.Fprintf(w, "%s/%s, %d CPUs, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	var helm measured
	for _, s := range subjects {
		if s.name == helmName {
			helm = s.median()
		}
	}
	fmt.Fprint(w, "| run | wall | CPU | peak memory | wall / helm | CPU / helm | CPU each |\n|---|---|---|---|---|---|---|\n")
	for _, s := range subjects {
		m := s.median()
		each := ""
		if s.root != nil && s.root.environments > 1 {
			each = fmt.Sprintf("%.1f ms", milliseconds(m.cpu)/float64(s.root.environments))
		}
		fmt.Fprintf(w, "| %s | %.0f ms | %.0f ms | %d MiB | %s | %s | %s |\n",
			s.name, milliseconds(m.wall), milliseconds(m.cpu), m.peak, ratio(m.wall, helm.wall), ratio(m.cpu, helm.cpu), each)
	}
	fmt.Fprint(w, "\n| goal | at most | seen | |\n|---|---|---|---|\n")
	for _, g := range goals {
		for _, s := range subjects {
			if s.name == g.subject {
				g.report(w, s.median(), helm, s.root.environments)
			}
		}
	}
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func ratio(a, b time.Duration) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}

// goal is what a subject should reach.
type goal struct {
	subject string
	unit    unit
	most    float64
}

// unit is what a goal is counted in.
type unit string

const (
	wall   unit = "of helm's wall"
	cpu    unit = "of helm's CPU"
	each   unit = "ms of CPU each"
	memory unit = "MiB"
)

var goals = []goal{
	{"whiskops generate, production, cold", wall, 1},
	{"whiskops generate, production, cold", cpu, 2},
	{"whiskops generate, production, cold with known proofs", wall, 0.8},
	{"whiskops generate, production, nothing to do", cpu, 0.3},
	{"whiskops generate, 1000 environments, cold with known proofs", each, 40},
	{"whiskops generate, 1000 environments, nothing to do", each, 8},
	{"whiskops generate, 1000 environments, cold", memory, 512},
	{"whiskops generate, 1000 environments, cold with known proofs", memory, 512},
	{"whiskops generate, 1000 environments, nothing to do", memory, 512},
}

func (g goal) report(w io.Writer, m, helm measured, environments int) {
	var seen float64
	switch g.unit {
	case wall:
		seen = float64(m.wall) / float64(helm.wall)
	case cpu:
		seen = float64(m.cpu) / float64(helm.cpu)
	case each:
		seen = milliseconds(m.cpu) / float64(environments)
	case memory:
		seen = float64(m.peak)
	}
	if helm.wall == 0 && (g.unit == wall || g.unit == cpu) {
		return
	}
	verdict := "hit"
	if seen > g.most {
		verdict = "missed"
	}
	fmt.Fprintf(w, "| %s | %g %s | %.2f | %s |\n", strings.TrimPrefix(g.subject, "whiskops "), g.most, g.unit, seen, verdict)
}
