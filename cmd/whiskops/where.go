package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/whiskops/whiskops/internal/render"
	"github.com/whiskops/whiskops/internal/tree"
	"github.com/whiskops/whiskops/internal/version"
)

// search finds the root of the repository that a directory is in: upwards, never
// past the top of a git repository. It is the first that has environments, else
// one that has what was generated, or is a module of CUE, so that what is missing
// there can be named. top is the last directory that was looked at.
func search(dir, environments string) (root, top string) {
	above, _ := upwards(dir)
	top = above[len(above)-1]
	for _, sign := range []func(at string) bool{
		func(at string) bool { return holdsCUE(from(at, environments)) },
		generated,
		func(at string) bool { return isDir(filepath.Join(at, "cue.mod")) },
	} {
		for _, at := range above {
			if sign(at) {
				return at, top
			}
		}
	}
	return dir, top
}

// upwards are a directory and those above it, up to the top of the git repository that
// it is in, or to the root of the disk.
func upwards(dir string) (all []string, inGit bool) {
	for at := dir; ; at = filepath.Dir(at) {
		all = append(all, at)
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return all, true
		}
		if filepath.Dir(at) == at {
			return all, false
		}
	}
}

// holdsCUE tells whether a directory has a file of environments.
func holdsCUE(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".cue") && !e.IsDir() {
			return true
		}
	}
	return false
}

// generated tells whether a directory has what whiskops writes.
func generated(dir string) bool {
	for _, name := range []string{version.File, filepath.Join(render.BaseFolder, "*", tree.ManifestName)} {
		if found, err := filepath.Glob(filepath.Join(escape(dir), filepath.FromSlash(name))); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

// escape a path for Glob.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// nowhere says that there are no environments, where was looked, and where there
// are some: someone may be in a folder of that repository.
func (p *place) nowhere() error {
	dir := p.environments
	if target, err := os.Readlink(dir); err == nil {
		return fmt.Errorf("%s is a symbolic link to %q, where nothing is\n  help: put the directory there, or remove the link", dir, target)
	}
	name, err := filepath.Rel(p.root, dir)
	local := err == nil && filepath.IsLocal(name)
	for at := p.root; local && filepath.Dir(at) != at; {
		at = filepath.Dir(at)
		if isDir(filepath.Join(at, name)) {
			return fmt.Errorf("there is no directory %s%s, but there is %s\n  help: add -C %s", dir, p.looked(local), filepath.Join(at, name), quoted(at))
		}
	}
	return fmt.Errorf("there is no directory %s%s\n  help: name it with --environments, or begin with `whiskops init %s`", dir, p.looked(local), quoted(p.root))
}

// looked says up to where the root was looked for.
func (p *place) looked(local bool) string {
	if p.top == "" || p.top == p.root || !local {
		return ""
	}
	return ", nor one in a folder above it up to " + p.top
}
