// Command bench measures whole runs of bin/whiskops, side by side with other
// tools where they are given, and prints a table of medians and ratios.
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
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	whiskops := flag.String("whiskops", "bin/whiskops", "the binary to measure")
	helm := flag.String("helm", "", "a helm binary to compare with")
	chart := flag.String("chart", "", "the chart that helm renders")
	runs := flag.Int("runs", 11, "runs of each command")
	flag.Parse()
	if err := bench(*whiskops, *helm, *chart, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// subject is one command line to measure.
type subject struct {
	name string
	args []string
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

func bench(whiskops, helm, chart string, runs int) error {
	bin, err := filepath.Abs(whiskops)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "whiskops-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	one, three, hundred := filepath.Join(dir, "one"), filepath.Join(dir, "three"), filepath.Join(dir, "hundred")
	if err := repositories(one, three, hundred); err != nil {
		return err
	}
	cold := func(root string) func() error {
		return func() error {
			for _, folder := range []string{"base", "overlays", "golden"} {
				if err := os.RemoveAll(filepath.Join(root, folder)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	generate := func(root string) []string { return []string{bin, "generate", "-C", root} }
	subjects := []*subject{
		{name: "whiskops version (the process alone)", args: []string{bin, "version"}, runs: runs},
		{name: "whiskops generate, production, cold", args: generate(one), before: cold(one), runs: runs},
		{name: "whiskops generate, production, nothing to do", args: generate(one), runs: runs},
		{name: "whiskops validate, 3 environments", args: []string{bin, "validate", "-C", three}, runs: runs},
		{name: "whiskops generate, 3 environments, cold", args: generate(three), before: cold(three), runs: runs},
		{name: "whiskops validate, 100 environments", args: []string{bin, "validate", "-C", hundred}, runs: 3},
		{name: "whiskops generate, 100 environments, cold", args: generate(hundred), before: cold(hundred), runs: 3},
		{name: "whiskops generate, 100 environments, nothing to do", args: generate(hundred), runs: 3},
	}
	if helm != "" {
		subjects = append(subjects, &subject{
			name: "helm template, the official chart", runs: runs,
			args: []string{helm, "template", "owdev", chart, "-n", "openwhisk"},
		})
	}
	for i := range runs {
		for _, s := range subjects {
			if i < s.runs {
				if err := s.run(); err != nil {
					return err
				}
			}
		}
	}
	report(subjects)
	return nil
}

func (s *subject) run() error {
	if s.before != nil {
		if err := s.before(); err != nil {
			return err
		}
	}
	cmd := exec.Command(s.args[0], s.args[1:]...)
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

// repositories makes roots with the production example alone, with all three,
// and with a hundred.
func repositories(one, three, hundred string) error {
	examples, err := filepath.Glob("examples/environments/*.cue")
	if err != nil {
		return err
	}
	for _, example := range examples {
		text, err := os.ReadFile(example)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(example), ".cue")
		files := map[string]string{filepath.Join(three, "environments", name+".cue"): string(text)}
		if name == "production" {
			files[filepath.Join(one, "environments", name+".cue")] = string(text)
		}
		for i := range 34 {
			if len(examples)*i < 100 {
				copied := fmt.Sprintf("%s-%d", name, i)
				// A copy has its own name, and its own directory on the NFS server.
				files[filepath.Join(hundred, "environments", copied+".cue")] = strings.NewReplacer(
					"\n"+name+":", fmt.Sprintf("\n%q:", copied), "/exports/couchdb", "/exports/"+copied).Replace(string(text))
			}
		}
		for path, text := range files {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func report(subjects []*subject) {
	fmt.Printf("%s/%s, %d CPUs, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	base := median(subjects[len(subjects)-1].taken, func(s sample) time.Duration { return s.wall })
	against := subjects[len(subjects)-1].name
	fmt.Printf("| run | wall | CPU | peak memory | wall against %q |\n|---|---|---|---|---|\n", against)
	for _, s := range subjects {
		wall := median(s.taken, func(s sample) time.Duration { return s.wall })
		cpu := median(s.taken, func(s sample) time.Duration { return s.cpu })
		peak := median(s.taken, func(s sample) int64 { return s.peak })
		fmt.Printf("| %s | %d ms | %d ms | %d MiB | %.2f |\n", s.name, wall.Milliseconds(), cpu.Milliseconds(), peak, float64(wall)/float64(base))
	}
}

func median[T int64 | time.Duration](samples []sample, of func(sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
