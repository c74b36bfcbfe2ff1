package revision

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ciHelp = "(`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)"

// TestErrors: what is wrong, and what to do, whole. DIR is the directory asked for.
func TestErrors(t *testing.T) {
	one := func(t *testing.T) repo {
		r := newRepo(t)
		r.commit(map[string]string{"p/a": "1"})
		return r
	}
	for _, tt := range []struct {
		name string
		at   func(t *testing.T) string
		rev  string
		want string
	}{
		{"no directory", func(t *testing.T) string { return filepath.Join(one(t).dir, "none") }, "HEAD",
			"DIR is not a directory\n  help: name the directory of the repository with --root"},
		{"no repository", func(t *testing.T) string { apart(t); return t.TempDir() }, "HEAD",
			"DIR is in no git repository\n  help: `git init` and commit, or compare with golden/ on the disk by leaving out the revision"},
		{"no commit", func(t *testing.T) string { return newRepo(t).dir }, "HEAD",
			"there is nothing to compare with: \"HEAD\" is not in the repository, and it has no commit\n  help: commit first: what is compared with is what was committed"},
		{"no such branch", func(t *testing.T) string { return one(t).dir }, "mian",
			"the repository has no commit \"mian\"\n  help: `git log` shows what there is; a branch of the remote is fetched with `git fetch origin main`, and named origin/main"},
		{"a remote's branch", func(t *testing.T) string { return one(t).dir }, "origin/feature/x",
			"the repository has no commit \"origin/feature/x\"\n  help: fetch it first: `git fetch origin feature/x:refs/remotes/origin/feature/x`; in CI, want all branches " + ciHelp},
		{"a hostile branch", func(t *testing.T) string { return one(t).dir }, "origin/$(touch${IFS}x)`x`",
			"the repository has no commit \"origin/$(touch${IFS}x)`x`\"\n  help: `git log` shows what there is; a branch of the remote is fetched with `git fetch origin main`, and named origin/main"},
		{"only at the remote", func(t *testing.T) string {
			r := one(t)
			r.git("update-ref", "refs/remotes/origin/next", "HEAD")
			return r.dir
		}, "next", "the repository has no commit \"next\"\n  help: the remote has it: ask for origin/next"},
		{"shallow", func(t *testing.T) string {
			r := one(t)
			r.commit(map[string]string{"p/a": "2"})
			return clone(r, "--depth=1").dir
		}, "0123456789abcdef0123456789abcdef01234567",
			"the repository has no commit \"0123456789abcdef0123456789abcdef01234567\"\n  help: the clone is shallow, and ends before it: `git fetch --unshallow`; in CI, want the whole history " + ciHelp},
		{"no commit but a file", func(t *testing.T) string { return one(t).dir }, "HEAD:p/a",
			"the repository has no commit \"HEAD:p/a\"\n  help: `git log` shows what there is; a branch of the remote is fetched with `git fetch origin main`, and named origin/main"},
		{"a range", func(t *testing.T) string { return one(t).dir }, "HEAD..main",
			"the repository has no commit \"HEAD..main\"\n  help: `git log` shows what there is; a branch of the remote is fetched with `git fetch origin main`, and named origin/main"},
		{"an option", func(t *testing.T) string { return one(t).dir }, "--output=/tmp/x",
			"\"--output=/tmp/x\" looks like an option, and is no revision\n  help: name a branch, a tag or a hash; a branch whose name begins so is `refs/heads/-name`"},
		{"empty", func(t *testing.T) string { return one(t).dir }, "",
			"the name of the revision is empty\n  help: name a branch, a tag or a hash: origin/main"},
		{"two lines", func(t *testing.T) string { return one(t).dir }, "HEAD\nHEAD",
			"\"HEAD\\nHEAD\" is no name of a revision\n  help: name a branch, a tag or a hash: origin/main"},
		{"long", func(t *testing.T) string { return one(t).dir }, strings.Repeat("a", mostName+1),
			"\"" + strings.Repeat("a", 80) + "\" is no name of a revision\n  help: name a branch, a tag or a hash: origin/main"},
		{"bare", func(t *testing.T) string { return newRepo(t, "--bare").dir }, "HEAD",
			"DIR is in a bare repository, or in git's own directory, and has no files to compare\n  help: run it in a clone, or in the folder that has environments/"},
		{"git's directory", func(t *testing.T) string { return filepath.Join(one(t).dir, ".git") }, "HEAD",
			"DIR is in a bare repository, or in git's own directory, and has no files to compare\n  help: run it in a clone, or in the folder that has environments/"},
		{"a file where the folder is", func(t *testing.T) string {
			r := one(t)
			r.commit(map[string]string{"q": "a file"})
			r.git("rm", "-q", "q")
			r.commit(map[string]string{"q/a": "1"})
			return filepath.Join(r.dir, "q")
		}, "HEAD~1", "\"q\" was no folder in the revision, but a file or a link\n  help: compare with a revision in which it was a folder"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := tt.at(t)
			r, err := Open(t.Context(), dir, tt.rev)
			if err == nil {
				t.Fatalf("no error, but %s", r.Commit)
			}
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(err.Error(), dir, "DIR")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if e := (*Error)(nil); !errors.As(err, &e) {
				t.Errorf("%T is none of ours", err)
			}
			if _, err := MergeBase(t.Context(), dir, tt.rev); err == nil && tt.name != "a file where the folder is" {
				t.Error("there is a merge base")
			}
		})
	}
}

// clone makes a clone of a repository, with what git takes from a remote alone.
func clone(r repo, options ...string) repo {
	r.t.Helper()
	c := repo{r.t, filepath.Join(r.t.TempDir(), "clone")}
	r.git(append(append([]string{"clone", "-q"}, options...), "file://"+filepath.ToSlash(r.dir), c.dir)...)
	return c
}

// TestNoGit: a machine without git.
func TestNoGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Open(t.Context(), t.TempDir(), "HEAD")
	const want = "the program git, which reads what was committed, is not in the path\n  help: install it, or compare with golden/ on the disk by leaving out the revision"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestDubious: git refuses a repository of another user's, and is not told otherwise.
func TestDubious(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"a": "1"})
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	// The variable is git's own way to test this; a user's would be taken out.
	g, _, err := find(t.Context(), r.dir)
	if err != nil {
		t.Fatal(err)
	}
	cmd := g.command(t.Context(), "rev-parse", "--show-prefix")
	cmd.Env = append(cmd.Env, "GIT_TEST_ASSUME_DIFFERENT_OWNER=1")
	var said limited
	said.most = 1 << 10
	cmd.Stderr = &said
	if cmd.Run() == nil {
		t.Skip("this git does not know GIT_TEST_ASSUME_DIFFERENT_OWNER")
	}
	const want = "the git repository of DIR belongs to somebody else, and git does not read it\n" +
		"  help: if you trust it: `git config --global --add safe.directory` and the path of its top (in a container of CI, the path of the checkout)"
	if got := strings.ReplaceAll(g.noPlace(said.text()).Error(), r.dir, "DIR"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestSafeDirectory: what the user says in the environment of whose repositories are
// read stays said.
func TestSafeDirectory(t *testing.T) {
	env := kept([]string{"HOME=/h", "GIT_DIR=/x", "GIT_INDEX_FILE=/x", "GIT_OBJECT_DIRECTORY=/x", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory",
		"GIT_CONFIG_VALUE_0=/r", "GIT_CONFIG_GLOBAL=/g", "GIT_TRACE=/t", "GIT_EXTERNAL_DIFF=x", "GIT_CEILING_DIRECTORIES=/c", "GITLAB_CI=1", "GIT_WORK_TREE=/w"})
	want := []string{"HOME=/h", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=/r", "GIT_CONFIG_GLOBAL=/g", "GIT_CEILING_DIRECTORIES=/c", "GITLAB_CI=1"}
	if diff := cmp.Diff(want, env); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

// TestInHook: in a hook, git says where another repository is.
func TestInHook(t *testing.T) {
	other := newRepo(t)
	other.commit(map[string]string{"a": "other"})
	r := newRepo(t)
	r.commit(map[string]string{"a": "mine"})
	t.Setenv("GIT_DIR", filepath.Join(other.dir, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other.dir, ".git", "index"))
	if got, err := r.open("", "HEAD").FS.ReadFile("a"); err != nil || string(got) != "mine" {
		t.Errorf("read %q, error %v", got, err)
	}
}

// TestElsewhere: submodules and files of Git LFS are told, not read as something else.
func TestElsewhere(t *testing.T) {
	sub := newRepo(t)
	sub.commit(map[string]string{"a": "1"})
	r := newRepo(t)
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:" + strings.Repeat("0", 64) + "\nsize 12\n"
	r.commit(map[string]string{"big": pointer, "like": pointer + strings.Repeat("#", mostLFS-len(pointer))})
	r.git("submodule", "--quiet", "add", "file://"+sub.dir, "sub")
	r.git("commit", "-qm", "a submodule")
	files := r.open("", "HEAD").FS
	for name, want := range map[string]string{
		"big":   "Git LFS keeps the content of the file",
		"sub/a": "sub is a submodule, whose files another repository has",
	} {
		_, err := files.ReadFile(name)
		if e := (*Error)(nil); !errors.As(err, &e) || !strings.HasPrefix(e.Message, want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := fs.ReadDir(files, "sub"); err == nil {
		t.Error("a submodule is read as an empty folder")
	}
	if _, err := files.ReadFile("like"); err != nil {
		t.Errorf("a file that is no pointer: %v", err)
	}
	if _, err := files.Open("big"); err == nil {
		t.Error("a pointer is opened")
	}
	if _, err := Open(t.Context(), filepath.Join(r.dir, "sub"), "HEAD"); err != nil {
		t.Errorf("in the submodule itself: %v", err)
	}
}

// TestFolderNotThere: a folder that came later was empty.
func TestFolderNotThere(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"a": "1"})
	r.commit(map[string]string{"new/p/a": "1"})
	files := r.open("new/p", "HEAD~1").FS
	entries, err := fs.ReadDir(files, ".")
	if err != nil || len(entries) != 0 {
		t.Errorf("%v, error %v", entries, err)
	}
	if _, err := files.ReadFile("a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if info, err := files.Stat("."); err != nil || !info.IsDir() {
		t.Errorf("%v, error %v", info, err)
	}
}

// TestTime: who waits no longer gets an answer, and nothing hangs.
func TestTime(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"a": "1"})
	ctx, cancel := context.WithCancel(t.Context())
	got, err := Open(ctx, r.dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	cancel()
	for range 2 {
		if _, err := got.FS.ReadFile("a"); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	}
	if _, err := Open(ctx, r.dir, "HEAD"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestSlow: a git that says nothing is stopped.
func TestSlow(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"a": "1"})
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\ncase \"$*\" in *cat-file*) exec sleep 60;; esac\nprintf 'true\\nfalse\\n\\n'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	g, _, err := find(t.Context(), r.dir)
	if err != nil {
		t.Fatal(err)
	}
	g.patience = 50 * time.Millisecond
	o, err := g.objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	if _, err := o.ask("HEAD", 0); err == nil || !strings.HasPrefix(err.Error(), "git gave no answer within 50ms, and was stopped") {
		t.Errorf("error %v", err)
	}
}
