package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/whiskops/whiskops/internal/budget"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/lockfile"
	"github.com/whiskops/whiskops/internal/rules"
)

func validateCommand(s streams) *cobra.Command {
	var at place
	var out printer
	var most limits
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Say what is wrong with the environments",
		Example: `  whiskops validate
  whiskops validate --output json`,
		Args: allOfThem,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := out.check(); err != nil {
				return err
			}
			return at.with(s, &most, load, func(envs []environment.Environment, findings []finding.Finding) error {
				own, err := at.custom(envs, findings)
				if err != nil {
					return err
				}
				if err := out.print(s, finding.Sort(append(findings, own...))); err != nil {
					return err
				}
				if out.form == "text" {
					fmt.Fprintf(s.out, "%s fine\n", count(len(envs), "environment"))
				}
				return nil
			})
		},
	}
	at.flags(cmd)
	out.flags(cmd)
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
	root, environments, done := p.open()
	defer done()
	envs, findings, err := read(s.secrets, environment.Repository{FS: root, Dir: p.root}, environments, p.environments, watch)
	if err != nil {
		return err
	}
	return do(envs, findings)
}

// read reads the environments of a directory, through a file system of what is
// in it, and adds their secrets to those that nothing may print. Those with a
// mistake are left out.
func read(secrets *finding.Secrets, repo environment.Repository, system fs.FS, dir string, watch *budget.Watch) ([]environment.Environment, []finding.Finding, error) {
	repo.Begin = watch.Begin
	envs, findings, err := repo.Load(system, dir)
	if len(envs) > 0 { // all have those of their files
		secrets.Join(envs[0].Source.Secrets())
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nowhere(repo.Dir, dir)
	}
	return envs, findings, err
}

// nowhere says that there are no environments at dir in a repository, and where
// there are some: someone may be in a folder of it.
func nowhere(root, dir string) error {
	if target, err := os.Readlink(dir); err == nil {
		return fmt.Errorf("%s is a symbolic link to %q, where nothing is\n  help: put the directory there, or remove the link", dir, target)
	}
	name, err := filepath.Rel(root, dir)
	for at := root; err == nil && filepath.IsLocal(name) && filepath.Dir(at) != at; {
		at = filepath.Dir(at)
		if info, err := os.Stat(filepath.Join(at, name)); err == nil && info.IsDir() {
			return fmt.Errorf("there is no directory %s, but there is %s\n  help: add -C %s", dir, filepath.Join(at, name), quoted(at))
		}
	}
	return fmt.Errorf("there is no directory %s\n  help: name it with --environments, or begin with `whiskops init %s`", dir, quoted(root))
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
	return envs, finding.Sort(secrets.Seal(append(findings, rules.CheckAll(values)...))), nil
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
