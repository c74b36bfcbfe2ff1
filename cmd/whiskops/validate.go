package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/acknowledge"
	"github.com/whiskops/whiskops/internal/budget"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/lockfile"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/rules"
)

func validateCommand(s streams) *cobra.Command {
	g := generation{version: built(), secrets: s.secrets, only: true}
	var out printer
	var most limits
	cmd := &cobra.Command{
		Use:   "validate [ENVIRONMENT...]",
		Short: "Say what is wrong with the environments",
		Long: `validate says what is wrong with the environments, or with those that are named:
each by itself, in what it shares with the others, and in what it changes of what
golden/ has. It builds everything, and writes nothing.`,
		Example: `  whiskops validate
  whiskops validate production staging
  whiskops validate --output json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := out.check(); err != nil {
				return err
			}
			g.strict = out.strict
			done, err := g.asked(out.watched(s), &most, args, true)
			if err != nil {
				return err
			}
			if err := out.print(s, done.all()); err != nil {
				return err
			}
			if out.form == "text" {
				fmt.Fprintf(s.out, "%s fine\n", count(done.environments, "environment"))
			}
			return nil
		},
	}
	cmd.ValidArgsFunction = g.manyNames(s)
	g.place.flags(cmd)
	out.flags(cmd)
	out.strictFlag(cmd)
	most.flags(cmd)
	return cmd
}

// reader is read or load.
type reader func(secrets *finding.Secrets, repo environment.Repository, system fs.FS, dir string, watch *budget.Watch) ([]environment.Environment, []finding.Finding, error)

// with does something with what is read at a place. The limits hold until that
// is done.
func (p *place) with(s streams, most *limits, read reader, do func([]environment.Environment, []finding.Finding) error) error {
	p.resolve(s)
	watch, ended, err := most.watch(s)
	if err != nil {
		return err
	}
	defer ended()
	line := newProgress(s)
	line.at("reading the environments")
	defer line.end()
	root, environments, done := p.open()
	defer done()
	envs, findings, err := p.take(read, s.secrets, root, environments, watch)
	line.end()
	if err != nil {
		return err
	}
	return do(envs, findings)
}

// rest is what was read, chosen or not.
type rest struct {
	// all environments without a mistake.
	all []environment.Environment
	// met are the names of all, the broken ones too.
	met []string
	// lacking are those of them with a value that refers to nothing.
	lacking []string
	// sound says that no mistake was found in any.
	sound bool
}

// take reads the environments, and returns the chosen ones and what was found about
// them. What else was read is kept.
func (p *place) take(read reader, secrets *finding.Secrets, root, environments fs.FS, watch *budget.Watch) ([]environment.Environment, []finding.Finding, error) {
	p.rest = rest{}
	met := func(name string, lacks bool) {
		p.met = append(p.met, name)
		if lacks {
			p.lacking = append(p.lacking, name)
		}
	}
	repo := environment.Repository{FS: root, Dir: p.root, Met: met}
	all, found, err := read(secrets, repo, environments, p.environments, watch)
	if errors.Is(err, fs.ErrNotExist) {
		err = p.nowhere()
	}
	if err != nil {
		return nil, nil, err
	}
	p.all, p.sound = all, !finding.HasErrors(found)
	return p.chosen.of(p.rest, found)
}

// read reads the environments of a directory, through a file system of what is
// in it, with the files that they name, and adds their secrets to those that nothing
// may print. Those with a mistake are left out.
func read(secrets *finding.Secrets, repo environment.Repository, system fs.FS, dir string, watch *budget.Watch) ([]environment.Environment, []finding.Finding, error) {
	repo.Begin = watch.Begin
	envs, findings, err := repo.Load(system, dir)
	if len(envs) > 0 { // all have those of their files
		secrets.Join(envs[0].Source.Secrets())
	}
	envs, wrong := withManifests(envs, repo)
	return envs, append(findings, wrong...), err
}

// load is read, and pins the images of what was read and judges it: the sound ones
// too if others are not.
func load(secrets *finding.Secrets, repo environment.Repository, system fs.FS, dir string, watch *budget.Watch) ([]environment.Environment, []finding.Finding, error) {
	envs, findings, err := read(secrets, repo, system, dir, watch)
	if err != nil {
		return nil, nil, err
	}
	var lock environment.Lock
	if repo.FS != nil {
		var wrong []finding.Finding
		if lock, wrong, err = lockfile.Load(repo.FS, repo.Dir); err != nil {
			return nil, nil, err
		}
		findings = append(findings, wrong...)
	}
	values := make([]*derived.Values, len(envs))
	for i := range envs {
		envs[i].Lock = lock
		v, err := derived.New(&envs[i])
		if err != nil {
			return nil, nil, err
		}
		values[i] = &v
	}
	unread := finding.HasErrors(findings)
	findings = acknowledge.Mark(envs, append(findings, rules.CheckAll(values)...))
	findings = append(findings, acknowledge.Mistakes(envs, acknowledge.Rules(), render.Warnings())...)
	if !unread {
		findings = append(findings, acknowledge.Unused(envs, findings, acknowledge.Rules())...)
	}
	return envs, finding.Sort(secrets.Seal(findings)), nil
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
