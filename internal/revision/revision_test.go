package revision

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// repo is a repository that a test makes.
type repo struct {
	t   *testing.T
	dir string
}

// newRepo makes one with git, apart from what the user has configured.
func newRepo(t *testing.T, options ...string) repo {
	t.Helper()
	apart(t)
	r := repo{t, t.TempDir()}
	r.git(append([]string{"init", "-q", "-b", "main"}, options...)...)
	return r
}

// apart makes git read no configuration but a repository's.
func apart(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git in the path, which these repositories are made with")
	}
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": filepath.Join(home, ".gitconfig"),
		"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always",
	} {
		t.Setenv(name, value)
	}
}

// git runs git in the repository, and returns what it wrote.
func (r repo) git(args ...string) string { r.t.Helper(); return r.gitWith("", args...) }

func (r repo) gitWith(stdin string, args ...string) string {
	r.t.Helper()
	cmd := command(r, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return strings.TrimSpace(string(out))
}

func command(r repo, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	return cmd
}

// commit writes files, by slash path, and commits all there is; a content that begins with "->"
// is a link.
func (r repo) commit(files map[string]string) string {
	r.t.Helper()
	for name, content := range files {
		at := filepath.Join(r.dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(at), 0o755)
		if target, is := strings.CutPrefix(content, "->"); err == nil && is {
			err = os.Symlink(target, at)
		} else if err == nil {
			err = os.WriteFile(at, []byte(content), 0o644)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "a commit")
	return r.git("rev-parse", "HEAD")
}

func (r repo) open(dir, rev string) *Revision {
	r.t.Helper()
	got, err := Open(r.t.Context(), filepath.Join(r.dir, dir), rev)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { got.Close() })
	return got
}

// TestFS holds the file system to the contract of io/fs, in both kinds of
// repository.
func TestFS(t *testing.T) {
	files := map[string]string{
		"environments/a.cue": "a", "golden/eu/1.yaml": "x: 1\n", "golden/eu/2.yaml": strings.Repeat("y: 2\n", 50_000), "empty": "",
		"link": "->golden/eu", "golden/up": "->../environments/a.cue", "golden/eu-2/a": "sorted after eu/", "golden/eu.txt": "",
	}
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			r := newRepo(t, "--object-format="+format)
			want := r.commit(files)
			if err := os.Chmod(filepath.Join(r.dir, "empty"), 0o755); err != nil {
				t.Fatal(err)
			}
			want2 := r.commit(map[string]string{"environments/a.cue": "changed"})
			for rev, commit := range map[string]string{"HEAD~1": want, "main": want2, want[:10]: want, "@": want2} {
				if got := r.open("", rev).Commit; got != commit {
					t.Errorf("%s is %s, want %s", rev, got, commit)
				}
			}
			old := r.open("", "HEAD~1").FS
			var names []string
			for name, content := range files {
				names = append(names, name)
				if strings.HasPrefix(content, "->") {
					continue
				}
				if got, err := old.ReadFile(name); err != nil || string(got) != content {
					t.Errorf("%s: %q, error %v", name, got, err)
				}
			}
			if err := fstest.TestFS(old, names...); err != nil {
				t.Error(err)
			}
			sub, err := fs.Sub(r.open("", "HEAD").FS, "golden")
			if err != nil {
				t.Fatal(err)
			}
			if err := fstest.TestFS(sub, "eu/1.yaml"); err != nil {
				t.Error(err)
			}
			if target, err := fs.ReadLink(sub, "up"); err != nil || target != "../environments/a.cue" {
				t.Errorf("link to %q, error %v", target, err)
			}
			if got, err := fs.ReadFile(sub, "up"); err != nil || string(got) != "changed" {
				t.Errorf("through a link: %q, error %v", got, err)
			}
			info, err := r.open("", "HEAD").FS.Stat("empty")
			if err != nil || info.Mode() != 0o755 {
				t.Errorf("a program: %v, error %v", info, err)
			}
		})
	}
}

// TestLikeDisk: a checkout of the revision, read with os.Root, says the same of each path.
func TestLikeDisk(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{
		"p/a/file": "1", "p/a/deep/file": "2", "p/up": "->a/../a/deep/./file", "p/folder": "->a/deep/", "p/out": "->../other", "p/abs": "->/etc/passwd",
		"p/far": "->a/deep/../../../other", "p/loop": "->loop", "p/none": "->nothing", "p/two": "->folder/file", "p/slash": "->a/file/",
		"p/self": "->.", "p/filedot": "->a/file/..", "p/a/back": "->../up", "other": "outside", "p/toroot": "->a/..", "p/a/outdir": "->../..",
	})
	disk, err := os.OpenRoot(filepath.Join(r.dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	root, rev := disk.FS(), r.open("p", "HEAD").FS
	for _, name := range []string{
		".", "a", "a/file", "a/deep/file", "up", "folder", "folder/file", "out", "abs", "far", "loop", "none", "two", "slash", "self", "self/self/up",
		"filedot", "a/back", "toroot", "toroot/a/file", "a/outdir", "a/outdir/other", "a/file/x", "nothing", "nothing/x", "a//file", "../other", "/a", "",
	} {
		wantContent, wantErr := fs.ReadFile(root, name)
		content, err := fs.ReadFile(rev, name)
		if (err == nil) != (wantErr == nil) || string(content) != string(wantContent) {
			t.Errorf("read %q: %q and %v, on the disk %q and %v", name, content, err, wantContent, wantErr)
		}
		alike(t, "read", name, err, wantErr)
		wantInfo, wantErr := fs.Stat(root, name)
		info, err := fs.Stat(rev, name)
		alike(t, "stat", name, err, wantErr)
		if err == nil && wantErr == nil && (info.Mode().Type() != wantInfo.Mode().Type() || !info.IsDir() && info.Size() != wantInfo.Size()) {
			t.Errorf("stat %q: %v, on the disk %v", name, info, wantInfo)
		}
		wantTarget, wantErr := fs.ReadLink(root, name)
		target, err := fs.ReadLink(rev, name)
		alike(t, "readlink", name, err, wantErr)
		if target != wantTarget {
			t.Errorf("readlink %q: %q, on the disk %q", name, target, wantTarget)
		}
		wantList, wantErr := fs.ReadDir(root, name)
		list, err := fs.ReadDir(rev, name)
		alike(t, "list", name, err, wantErr)
		if diff := cmp.Diff(formatted(wantList), formatted(list)); diff != "" {
			t.Errorf("list %q (-disk +revision):\n%s", name, diff)
		}
	}
}

// alike tells whether two errors mean the same to who reads.
func alike(t *testing.T, what, name string, got, want error) {
	t.Helper()
	class := func(err error) string {
		switch {
		case err == nil:
			return "none"
		case os.IsNotExist(err):
			return "there is none"
		case strings.Contains(err.Error(), "escapes"):
			return "leads out"
		case strings.Contains(err.Error(), "invalid argument") || strings.Contains(err.Error(), "invalid name"):
			return "invalid"
		}
		return "other"
	}
	if g, w := class(got), class(want); g != w && !(what == "readlink" && g == "other" && w == "invalid") {
		t.Errorf("%s %q: %v (%s), on the disk %v (%s)", what, name, got, g, want, w)
	}
}

func formatted(entries []fs.DirEntry) (lines []string) {
	for _, e := range entries {
		lines = append(lines, fs.FormatDirEntry(e))
	}
	return lines
}
