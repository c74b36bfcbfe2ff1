// Command bench measures whole runs of bin/whiskops, side by side with helm
// where it is given, and prints a table of medians and ratios, and what is
// reached of the goals.
//
//	go run ./internal/bench -helm PATH -chart DIR
//
// Runs of all commands alternate, so that a busy moment of the machine hits
// them alike. Nothing here passes or fails.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	whiskops, helm, chart string
	// runs of each command; fleetRuns of those with a hundred environments, and
	// fleet is how many the largest has, which is measured once.
	runs, fleetRuns, fleet int
}

func main() {
	var o options
	flag.StringVar(&o.whiskops, "whiskops", "bin/whiskops", "the binary to measure")
	flag.StringVar(&o.helm, "helm", "", "a helm binary to compare with")
	flag.StringVar(&o.chart, "chart", "", "the chart that helm renders")
	flag.IntVar(&o.runs, "runs", 11, "runs of each command")
	flag.IntVar(&o.fleetRuns, "fleet-runs", 3, "runs of each command with a hundred environments")
	flag.IntVar(&o.fleet, "fleet", 1000, "environments of the largest fleet; 0 for none, it writes 100 files each")
	flag.Parse()
	if err := bench(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(o options) error {
	bin, err := filepath.Abs(o.whiskops)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "whiskops-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	subjects, err := subjects(o, bin, dir)
	if err != nil {
		return err
	}
	for i := range o.runs {
		for _, s := range subjects {
			if i < s.runs {
				if err := s.run(); err != nil {
					return err
				}
			}
		}
	}
	report(os.Stdout, subjects)
	return nil
}

// subject is one command line to measure.
type subject struct {
	name string
	args []string
	// root is the repository that it works on, if any.
	root *repository
	// before is run before each measured run, unmeasured.
	before func() error
	runs   int
	taken  []sample
}

type sample struct {
	wall, cpu time.Duration
	// peak resident set in MiB.
	peak int64
}

// helmName is the subject that all are compared with.
const helmName = "helm template, the official chart"

// subjects lists what is measured, in the order of a turn: what is there and
// what is remembered in a repository is left by the run before.
func subjects(o options, bin, dir string) ([]*subject, error) {
	all := []*subject{{name: "whiskops version (the process alone)", args: []string{bin, "version"}, runs: o.runs}}
	for _, of := range []struct {
		environments, runs int
	}{{1, o.runs}, {3, o.runs}, {100, min(o.runs, o.fleetRuns)}, {o.fleet, 1}} {
		if of.environments == 0 {
			continue
		}
		r, err := newRepository(filepath.Join(dir, fmt.Sprint(of.environments)), of.environments)
		if err != nil {
			return nil, err
		}
		add := func(what, command string, before func() error) {
			all = append(all, &subject{
				name: fmt.Sprintf("whiskops %s, %s, %s", command, r, what), args: append(append([]string{bin}, strings.Fields(command)...), "-C", r.dir),
				root: r, before: before, runs: of.runs,
			})
		}
		add("all is checked", "validate", nil)
		add("cold", "generate", r.cold)
		add("cold with known proofs", "generate", r.bare)
		add("nothing to do", "generate", nil)
		add("all is checked anew", "generate --check", nil)
		// It exits with 0: a limit loses nothing.
		add("one limit changed", "diff", r.change)
		add("one limit changed", "generate", r.change)
	}
	if o.helm != "" {
		all = append(all, &subject{name: helmName, runs: o.runs, args: []string{o.helm, "template", "owdev", o.chart, "-n", "openwhisk"}})
	}
	return all, nil
}

func (s *subject) run() error {
	if s.before != nil {
		if err := s.before(); err != nil {
			return err
		}
	}
	cmd := exec.Command(s.args[0], s.args[1:]...)
	if s.root != nil {
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+s.root.cache())
	}
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(start)
	if err != nil {
		return fmt.Errorf("%s: %w\n%.2000s", strings.Join(s.args, " "), err, out)
	}
	peak := int64(0)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = int64(usage.Maxrss) / 1024
	}
	s.taken = append(s.taken, sample{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak})
	return nil
}
