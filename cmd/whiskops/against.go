package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/judge"
	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/revision"
	"github.com/whiskops/whiskops/internal/version"
)

// acceptances are the values of --accept.
type acceptances []judge.Accept

func (a *acceptances) Set(text string) error {
	one, err := judge.ParseAccept(text)
	if err == nil {
		*a = append(*a, one)
	}
	return err
}

func (a *acceptances) String() string {
	texts := make([]string, len(*a))
	for i, one := range *a {
		texts[i] = one.String()
	}
	return strings.Join(texts, " ")
}

func (a *acceptances) Type() string { return "CODE:OBJECT" }

// revisionName is the value of --against. A variable of a script that has nothing in it is
// no wish to compare with what is on the disk.
type revisionName string

func (r *revisionName) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("name a revision, as origin/main, or leave the flag out to compare with golden/")
	}
	*r = revisionName(text)
	return nil
}

func (r *revisionName) String() string { return string(*r) }

func (r *revisionName) Type() string { return "string" }

// sides are what the change is between: the golden files of where this branch left a
// revision's history, or those on the disk, and those on the disk.
func (g *generation) sides(done *outcome, root fs.FS) (sides judge.Sides, closed func(), err error) {
	sides = judge.Sides{Now: judge.Golden{Root: root, Folder: render.GoldenFolder}, Accept: g.accept, Against: g.against, Files: g.files}
	closed = func() {}
	was := root
	if g.against != "" {
		ctx := context.Background()
		if done.commit, err = revision.MergeBase(ctx, g.root, g.against); err != nil {
			return sides, nil, err
		}
		at, err := revision.Open(ctx, g.root, done.commit)
		if err != nil {
			return sides, nil, err
		}
		closed = func() { at.Close() }
		was = at.FS
		sides.Before = &judge.Golden{Root: at.FS, Folder: render.GoldenFolder}
		sides.Midway = g.midway(done, at.FS)
	}
	before, err := sides.Environments()
	if err != nil {
		closed()
		return sides, nil, err
	}
	if g.only {
		done.left = render.LeftByTools(done.envs, was)
	}
	if len(g.chosen) == 0 && len(g.met) > 0 {
		for _, name := range before {
			if !slices.Contains(g.met, name) {
				done.gone = append(done.gone, gone{name, render.Left(was, name)})
			}
		}
	}
	return sides, closed, nil
}

// gone is an environment that was there before a change, and what becomes of it.
type gone struct {
	name  string
	means finding.Finding
}

// midway is what this whiskops makes of what people wrote at a revision whose tree
// another wrote: the difference to that tree is the tool's own. Nil where it is the same, or
// where it takes what was written no more.
func (g *generation) midway(done *outcome, at *revision.FS) map[string]map[string][]byte {
	mark, err := fs.ReadFile(at, version.File)
	if err != nil { // nobody wrote a tree, or a development build
		return nil
	}
	wrote := version.Wrote(mark)
	if wrote == "" || wrote == g.version.Release() {
		return nil
	}
	done.since = wrote
	dir, err := filepath.Rel(g.root, g.environments)
	if err != nil || !filepath.IsLocal(dir) {
		return nil
	}
	environments, err := fs.Sub(at, filepath.ToSlash(dir))
	if err != nil {
		return nil
	}
	envs, findings, err := load(g.secrets, environment.Repository{FS: at, Dir: g.root}, environments, g.environments, g.watch)
	if err != nil || finding.HasErrors(findings) {
		return nil
	}
	folders, err := render.Tree(envs, at, render.Options{Begin: g.watch.BeginAt})
	if err != nil {
		return nil
	}
	made := map[string]map[string][]byte{}
	for _, f := range folders {
		if name, ok := strings.CutPrefix(f.Path, render.GoldenFolder+"/"); ok {
			made[name] = f.Files
		}
	}
	return made
}
