// Mutate asks whether tests would notice a mistake: it changes the code of a
// package in one place at a time (a comparison that includes its bound or not,
// "and" for "or", a number off by one, the least for the most, a condition
// negated, an early return forgotten), runs the package's tests on each mutant,
// and lists those that survive. equivalent.txt names the mutants that nobody
// could tell from the original, with the reason. One that survives without
// being named is a test that is missing, and exit code 1.
//
// Run it from the root of the module; nothing there is written. All mutants of
// a package are compiled into its tests at once, where an environment variable
// chooses one; the few in constants, which nothing can choose when it runs, are
// compiled one by one. So each costs little more than the tests that kill it.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed equivalent.txt
var equivalent string

// defaults are the packages whose code decides.
const defaults = "internal/rules,internal/derived,internal/overlay,generators/..."

// guards have tests that judge another package too.
var guards = map[string][]string{
	"internal/derived": {"internal/plan"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var o options
	packages := flag.String("packages", defaults, "folders of packages, separated by commas; ... is all below")
	flag.Func("files", "only those whose names match a regular expression", func(text string) (err error) {
		o.files, err = regexp.Compile(text)
		return err
	})
	flag.IntVar(&o.sample, "sample", 0, "mutants of each package, chosen by chance; 0 is all")
	flag.Uint64Var(&o.seed, "seed", 1, "of the chance")
	flag.IntVar(&o.jobs, "jobs", 2, "mutants at a time")
	flag.DurationVar(&o.runner.timeout, "timeout", 2*time.Minute, "of the tests of one mutant; one that takes longer is killed")
	flag.Parse()
	o.packages, o.runner.guards = strings.Split(*packages, ","), guards
	missed, err := o.run(ctx, equivalent, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if missed > 0 {
		os.Exit(1)
	}
}

// options of a run.
type options struct {
	packages     []string
	files        *regexp.Regexp // nil is all
	sample, jobs int
	seed         uint64
	runner       runner
}

// run reports to out, and what it is at to progress. It returns how many
// mutants survived, and how many entries of equivalent.txt do not stand for one.
func (o options) run(ctx context.Context, equivalent string, out, progress io.Writer) (missed int, err error) {
	known, err := parseEquivalent(equivalent)
	if err != nil {
		return 0, fmt.Errorf("equivalent.txt: %w", err)
	}
	if o.runner.root, err = filepath.Abs("."); err != nil {
		return 0, err
	}
	if o.runner.scratch, err = os.MkdirTemp("", "mutate"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(o.runner.scratch)
	packages, err := list(ctx, o.runner.root, o.packages)
	if err != nil {
		return 0, err
	}
	for _, p := range packages {
		if o.files != nil {
			p.files = slices.DeleteFunc(p.files, func(name string) bool { return !o.files.MatchString(name) })
		}
		mutants, err := p.mutants(o.runner.root)
		if err != nil {
			return 0, err
		}
		stale := p.stale(known, mutants)
		for _, c := range stale {
			fmt.Fprintf(out, "equivalent.txt names what is no mutant of %s, or several:\n\t- %s\n\t+ %s\n", c.file, c.before, c.after)
		}
		report, err := o.judge(ctx, p, o.choose(mutants), known, progress)
		if err != nil {
			return 0, err
		}
		report.write(out)
		missed += len(stale) + len(report.survivors)
	}
	return missed, nil
}

// choose a sample of the mutants.
func (o options) choose(mutants []mutant) []mutant {
	if o.sample == 0 || o.sample >= len(mutants) {
		return mutants
	}
	chosen := make([]mutant, o.sample)
	places := rand.New(rand.NewPCG(o.seed, 0)).Perm(len(mutants))[:o.sample]
	slices.Sort(places)
	for i, place := range places {
		chosen[i] = mutants[place]
	}
	return chosen
}

// report of one package.
type report struct {
	folder                          string
	made, killed, unbuilt, excepted int
	survivors                       []mutant
}

func (r report) write(out io.Writer) {
	for _, m := range r.survivors {
		fmt.Fprintln(out, m)
	}
	share := 100.0
	if n := r.killed + len(r.survivors); n > 0 {
		share = 100 * float64(r.killed) / float64(n)
	}
	fmt.Fprintf(out, "%s: %d mutants, %d do not compile, %d equivalent, %d killed, %d survived: %.1f %% killed\n",
		r.folder, r.made, r.unbuilt, r.excepted, r.killed, len(r.survivors), share)
}

// judge tries the mutants of a package that are not known to be equivalent.
func (o options) judge(ctx context.Context, p pkg, mutants []mutant, known map[change]string, progress io.Writer) (report, error) {
	r := report{folder: p.folder, made: len(mutants)}
	var tried []mutant
	for _, m := range mutants {
		if _, ok := known[m.change()]; ok {
			r.excepted++
			continue
		}
		tried = append(tried, m)
	}
	tests, err := o.runner.compile(ctx, p.folder, p.name, tried)
	if err != nil {
		return r, err
	}
	n := 0
	fates, err := o.runner.all(ctx, p.folder, tests, tried, o.jobs, func(m mutant, f fate) {
		if n++; f == survived {
			fmt.Fprintf(progress, "%s %d/%d survived: %v\n", p.folder, n, len(tried), m)
		} else if n%20 == 0 {
			fmt.Fprintf(progress, "%s %d/%d\n", p.folder, n, len(tried))
		}
	})
	if err != nil {
		return r, err
	}
	for i, f := range fates {
		switch f {
		case killed:
			r.killed++
		case unbuilt:
			r.unbuilt++
		case survived:
			r.survivors = append(r.survivors, tried[i])
		}
	}
	return r, nil
}

// pkg is a package with its folder, with slashes, and its files.
type pkg struct {
	name, folder string
	files        []string
}

// list the packages of the patterns.
func list(ctx context.Context, root string, patterns []string) ([]pkg, error) {
	args := []string{"list", "-f", "{{.Name}}\t{{.Dir}}{{range .GoFiles}}\t{{.}}{{end}}"}
	for _, p := range patterns {
		args = append(args, "./"+p)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	var all []pkg
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		folder, err := filepath.Rel(root, fields[1])
		if err != nil {
			return nil, err
		}
		all = append(all, pkg{fields[0], filepath.ToSlash(folder), fields[2:]})
	}
	return all, nil
}

// mutants of all files of a package.
func (p pkg) mutants(root string) ([]mutant, error) {
	var all []mutant
	for _, name := range p.files {
		file := p.folder + "/" + name
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		found, err := mutantsOf(file, source)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
