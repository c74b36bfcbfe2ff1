package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/cache"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/judge"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/report"
)

// forms of a difference, in the order in which they are offered.
var forms = []struct {
	name  string
	write report.Writer
}{
	{"text", report.WriteText},
	{"json", report.WriteJSON},
	{"markdown", report.WriteMarkdown},
	{"sarif", report.WriteSARIF},
	{"github", report.WriteAnnotations},
	{"codequality", report.WriteCodeQuality},
}

func formNames() []string {
	names := make([]string, len(forms))
	for i, f := range forms {
		names[i] = f.name
	}
	return names
}

func diffCommand(s streams) *cobra.Command {
	g := generation{version: built(), secrets: s.secrets, only: true}
	var most limits
	form, noCache := "", false
	cmd := &cobra.Command{
		Use:   "diff [ENVIRONMENT...]",
		Short: "Say what a change does to the running installations",
		Long: `diff compares the objects of the environments as they are written now with
golden/, or with a git revision, and says what the cluster makes of the
difference: what its API server refuses, what loses data or a quorum, what
restarts and for how long, what runs again, and what is left behind.

With --against it is judged what this branch changes: from where it left the
revision's history (the merge base) to the files on the disk.`,
		Example: `  whiskops diff                            # since the last generate
  whiskops diff production
  whiskops diff --against origin/main      # what this branch does
  whiskops diff --against origin/main -o markdown`,
		RunE: func(_ *cobra.Command, args []string) error {
			write := slices.IndexFunc(forms, func(f struct {
				name  string
				write report.Writer
			}) bool {
				return f.name == form
			})
			if write < 0 {
				return fmt.Errorf("--output %q: write %s", form, oneOf(formNames()))
			}
			g.place.resolve(s)
			watch, ended, err := most.watch(s)
			if err != nil {
				return err
			}
			defer ended()
			g.watch = watch
			if !noCache {
				g.store = cache.Open(s.cache, cache.BuildID())
				defer g.store.Close()
			}
			r, err := g.report(args)
			if err != nil {
				return err
			}
			o := report.Options{Secrets: s.secrets, Dir: g.seenFrom(form, s), Read: os.ReadFile, Version: g.version.Name, Color: form == "text" && colored(s.out)}
			if err := forms[write].write(s.out, r, o); err != nil {
				return fmt.Errorf("print the difference: %w", err)
			}
			if finding.HasErrors(r.All()) {
				return errFindings
			}
			return nil
		},
	}
	g.place.flags(cmd)
	most.flags(cmd)
	cmd.ValidArgsFunction = g.names(s)
	cmd.Flags().StringVarP(&form, "output", "o", "text", "form: "+oneOf(formNames()))
	cmd.Flags().StringVar(&g.against, "against", "", "a git revision, and not golden/")
	cmd.Flags().BoolVar(&noCache, "no-cache", false, "neither use nor keep what earlier runs found out")
	return cmd
}

// seenFrom is the directory that files are seen from. A forge shows findings at files
// from the top of the repository, which is where its jobs work.
func (g *generation) seenFrom(form string, s streams) string {
	switch form {
	case "sarif", "github", "codequality":
		return s.dir
	}
	return g.root
}

// oneOf names alternatives: "a, b or c".
func oneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// colored tells whether a writer is a terminal, whose user wants colours.
func colored(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// report of the change, of some environments or of all.
func (g *generation) report(only []string) (report.Report, error) {
	done, err := g.run()
	if err != nil {
		return report.Report{}, err
	}
	r := report.Report{Against: render.GoldenFolder + "/", Commit: done.commit, Since: done.since}
	if g.against != "" {
		r.Against = g.against
	}
	var there []string
	for _, e := range done.envs {
		there = append(there, e.Name)
	}
	for _, name := range only {
		if _, err := named(done.envs, name); err != nil && !slices.Contains(done.gone, name) {
			return r, err
		}
	}
	wanted := func(name string) bool { return len(only) == 0 || slices.Contains(only, name) }
	for _, name := range done.gone {
		if wanted(name) {
			r.Environments = append(r.Environments, report.Environment{Name: name, State: report.Gone})
		}
	}
	for _, name := range there {
		judged, ok := done.judged[name]
		if !wanted(name) {
			continue
		}
		if !ok || !judged.New && len(judged.Effects) == 0 && len(judged.Findings) == 0 {
			r.Same++
			continue
		}
		r.Environments = append(r.Environments, shown(name, judged))
	}
	assign(&r, done.findings)
	slices.SortFunc(r.Environments, func(a, b report.Environment) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// shown is an environment that differs.
func shown(name string, judged judge.Judged) report.Environment {
	e := report.Environment{Name: name, State: report.Changed, Tool: judged.Tool, Effects: judged.Effects, Findings: judged.Findings}
	if judged.New {
		e.State = report.Added
	}
	for _, a := range judged.Accepted {
		e.Accepted = append(e.Accepted, a.Code+" "+a.Object.String())
	}
	return e
}

// assign gives each error to the environment that it is about. Warnings about what
// did not change are no part of a difference.
func assign(r *report.Report, findings []finding.Finding) {
	for _, f := range findings {
		if f.Severity != finding.Error {
			continue
		}
		name, _, _ := strings.Cut(f.Path, ".")
		if name == "" {
			r.Findings = append(r.Findings, f)
			continue
		}
		i := slices.IndexFunc(r.Environments, func(e report.Environment) bool { return environment.JoinPath(e.Name) == name })
		if i < 0 {
			unquoted, err := strconv.Unquote(name)
			if err != nil {
				unquoted = name
			}
			r.Environments = append(r.Environments, report.Environment{Name: unquoted, State: report.Broken})
			i = len(r.Environments) - 1
		}
		r.Environments[i].State = report.Broken
		r.Environments[i].Findings = append(r.Environments[i].Findings, f)
	}
}
