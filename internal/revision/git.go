package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/finding"
)

// patience is how long git may take for one answer.
const patience = 30 * time.Second

// git is the user's program, in a directory. It is given so long for one answer.
type git struct {
	path, dir string
	patience  time.Duration
}

// place is where a directory is in a repository.
type place struct {
	// prefix is the slash path from the top of the work tree; empty at the top.
	prefix string
	// shallow clones have not the whole history.
	shallow bool
}

// find looks for git in the path, and asks it about a directory.
func find(ctx context.Context, dir string) (git, place, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return git{}, place{}, &Error{"the program git, which reads what was committed, is not in the path",
			"install it, or compare with golden/ on the disk by leaving out the revision"}
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return git{}, place{}, &Error{fmt.Sprintf("%s is not a directory", dir), "name the directory of the repository with --root"}
	}
	g := git{path, dir, patience}
	// A prefix may have a line feed in it, and comes last.
	out, code, err := g.run(ctx, "rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-prefix")
	if err != nil {
		return git{}, place{}, err
	}
	lines := strings.SplitN(string(out.kept), "\n", 3)
	if code != 0 {
		return git{}, place{}, g.noPlace(out.said)
	}
	if len(lines) != 3 || lines[0] != "true" {
		return git{}, place{}, g.noPlace("must be run in a work tree")
	}
	prefix := strings.TrimSuffix(strings.TrimSuffix(lines[2], "\n"), "/")
	return g, place{prefix: prefix, shallow: lines[1] == "true"}, nil
}

// noPlace says why git has no repository here. The texts of git that tell them apart are
// those of the locale C, and a test of each.
func (g git) noPlace(said string) error {
	switch {
	case strings.Contains(said, "not a git repository"):
		return &Error{fmt.Sprintf("%s is in no git repository", g.dir),
			"`git init` and commit, or compare with golden/ on the disk by leaving out the revision"}
	case strings.Contains(said, "dubious ownership"), strings.Contains(said, "unsafe repository"):
		return &Error{fmt.Sprintf("the git repository of %s belongs to somebody else, and git does not read it", g.dir),
			"if you trust it: `git config --global --add safe.directory` and the path of its top (in a container of CI, the path of the checkout)"}
	case strings.Contains(said, "bare repository"), strings.Contains(said, "must be run in a work tree"):
		return &Error{fmt.Sprintf("%s is in a bare repository, or in git's own directory, and has no files to compare", g.dir),
			"run it in a clone, or in the folder that has environments/"}
	}
	return g.fault("rev-parse", said)
}

// fault is what git said, where nothing better is known.
func (g git) fault(what, said string) error {
	return &Error{fmt.Sprintf("git %s in %s says: %s", what, g.dir, finding.Plain(said)), "run it by hand there: `git status`, `git fsck`"}
}

// output of a run.
type output struct {
	kept []byte
	said string
}

// mostOutput of a run, in bytes: a path, or a hash.
const mostOutput = 64 << 10

// run runs git to its end, and returns its exit code.
func (g git) run(parent context.Context, args ...string) (output, int, error) {
	ctx, cancel := context.WithTimeout(parent, g.patience)
	defer cancel()
	cmd := g.command(ctx, args...)
	out, said := &limited{most: mostOutput}, &limited{most: 2 << 10}
	cmd.Stdout, cmd.Stderr = out, said
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case parent.Err() != nil:
		return output{}, 0, parent.Err()
	case ctx.Err() != nil:
		return output{}, 0, g.late()
	case err != nil && !errors.As(err, &exit):
		return output{}, 0, &Error{fmt.Sprintf("%s cannot be run: %v", g.path, err), "install git"}
	}
	return output{out.kept.Bytes(), said.text()}, cmd.ProcessState.ExitCode(), nil
}

// late says that git was stopped.
func (g git) late() error {
	return &Error{fmt.Sprintf("git gave no answer within %s, and was stopped", g.patience), "see whether the disk answers: `git status`"}
}

// command of git that asks nobody, fetches nothing, and shows no pages.
func (g git) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, g.path, append([]string{"--no-pager", "-c", "safe.bareRepository=explicit"}, args...)...)
	cmd.Dir = g.dir
	cmd.Env = append(kept(os.Environ()),
		"LC_ALL=C", "LANGUAGE=C",
		"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", // no transport has that name
	)
	cmd.WaitDelay = time.Second
	return cmd
}

// kept is what is left of an environment when a repository is looked for from a
// directory. A hook of git finds GIT_DIR and GIT_INDEX_FILE set, to another
// repository perhaps. What a user says of git's configuration stays: safe.directory may be
// there.
func kept(environ []string) []string {
	var env []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		switch {
		case !strings.HasPrefix(name, "GIT_"),
			strings.HasPrefix(name, "GIT_CONFIG_"),
			name == "GIT_CEILING_DIRECTORIES", name == "GIT_DISCOVERY_ACROSS_FILESYSTEM", name == "GIT_EXEC_PATH":
			env = append(env, variable)
		}
	}
	return env
}

// limited keeps no more than so many bytes.
type limited struct {
	kept bytes.Buffer
	most int
}

func (l *limited) Write(p []byte) (int, error) {
	l.kept.Write(p[:min(l.most-l.kept.Len(), len(p))])
	return len(p), nil
}

// text is what was said, on one line.
func (l *limited) text() string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(l.kept.String(), "?")), " ")
}
