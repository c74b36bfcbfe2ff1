package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/judge"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/report"
)

// view is a form in which a difference is shown; html has no writer of its own here.
type view struct {
	name  string
	write report.Writer
}

var views = []view{
	{"text", report.WriteText},
	{"json", report.WriteJSON},
	{"markdown", report.WriteMarkdown},
	{"sarif", report.WriteSARIF},
	{"github", report.WriteAnnotations},
	{"codequality", report.WriteCodeQuality},
	{html, nil},
}

// html is the form that needs more than a report: see writePage.
const html = "html"

func viewNames() []string {
	names := make([]string, len(views))
	for i, v := range views {
		names[i] = v.name
	}
	return names
}

func diffCommand(s streams) *cobra.Command {
	g := generation{version: built(), secrets: s.secrets, only: true}
	var most limits
	form, noCache, strict := "", false, false
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
  whiskops diff --against origin/main -o markdown
  whiskops diff -o html > change.html      # pictures, and the files side by side`,
		RunE: func(_ *cobra.Command, args []string) error {
			write := slices.IndexFunc(views, func(v view) bool { return v.name == form })
			if write < 0 {
				return didYouMean(fmt.Sprintf("--output %q: write %s", form, oneOf(viewNames())), "", form, viewNames())
			}
			g.files = form == html
			watched := s
			watched.attended = s.attended && form == "text"
			done, err := g.asked(watched, &most, args, !noCache)
			if err != nil {
				return err
			}
			r := g.report(done)
			o := report.Options{Secrets: s.secrets, Dir: g.seenFrom(form, s), Read: os.ReadFile, Version: g.version.Name, Color: form == "text" && colored(s.out)}
			if form == html {
				err = writePage(s.out, done, r, o)
			} else {
				err = views[write].write(s.out, r, o)
			}
			if err != nil {
				return fmt.Errorf("print the difference: %w", err)
			}
			if finding.Stops(r.All(), strict) {
				return errFindings
			}
			return nil
		},
	}
	g.place.flags(cmd)
	most.flags(cmd)
	cmd.ValidArgsFunction = g.manyNames(s)
	cmd.Flags().StringVarP(&form, "output", "o", "text", "form: "+oneOf(viewNames()))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(viewNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().Var((*revisionName)(&g.against), "against", "a git revision, and not golden/")
	cmd.Flags().BoolVar(&strict, "strict", false, "warnings count as errors, but for those that are accepted")
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

// report of the change.
func (g *generation) report(done outcome) report.Report {
	r := report.Report{Against: render.GoldenFolder + "/", Commit: done.commit, Since: done.since}
	if g.against != "" {
		r.Against = g.against
	}
	if done.remembered {
		r.Same = done.environments
	}
	broken := brokenOf(done.findings)
	for _, was := range done.gone {
		r.Environments = append(r.Environments, report.Environment{Name: was.name, State: report.Gone, Findings: []finding.Finding{was.means}})
	}
	for _, env := range done.envs {
		judged, ok := done.judged[env.Name]
		judged.Findings = append(slices.Clip(judged.Findings), about(env.Name, done.left)...)
		if done.judged == nil || !ok && slices.Contains(broken, env.Name) {
			continue // it was not compared: see assign
		}
		if !judged.New && len(judged.Effects)+len(judged.Tool)+len(judged.Findings) == 0 {
			r.Same++
			continue
		}
		r.Environments = append(r.Environments, shown(env.Name, judged))
	}
	assign(&r, done.findings)
	slices.SortFunc(r.Environments, func(a, b report.Environment) int { return strings.Compare(a.Name, b.Name) })
	return r
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
		name := aboutOf(f)
		if name == "" {
			r.Findings = append(r.Findings, f)
			continue
		}
		i := slices.IndexFunc(r.Environments, func(e report.Environment) bool { return e.Name == name })
		if i < 0 {
			r.Environments = append(r.Environments, report.Environment{Name: name, State: report.Broken})
			i = len(r.Environments) - 1
		}
		r.Environments[i].State = report.Broken
		r.Environments[i].Findings = append(r.Environments[i].Findings, f)
	}
}

// brokenOf are the environments that errors are about.
func brokenOf(findings []finding.Finding) []string {
	var names []string
	for _, f := range findings {
		if f.Severity == finding.Error {
			names = append(names, aboutOf(f))
		}
	}
	return names
}

// about are the findings about an environment.
func about(name string, findings []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f finding.Finding) bool { return aboutOf(f) != name })
}

// aboutOf is the environment that a finding is about; empty: none.
func aboutOf(f finding.Finding) string {
	name, _, _ := strings.Cut(f.Path, ".")
	if unquoted, err := strconv.Unquote(name); err == nil {
		return unquoted
	}
	return name
}
