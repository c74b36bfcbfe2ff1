package tree

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Two branches that change neighbours in one folder merge, manifest and all.
func TestManifestsMerge(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git, by which manifests are made to be merged")
	}
	root := newRoot(t)
	run := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"}, args...)
		cmd := exec.Command(git, args...)
		cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args[6:], err, out)
		}
	}
	write := func(content files) []Folder {
		t.Helper()
		asked := []Folder{folder("golden/ci", content)}
		if err := mustWrite(root, asked, Options{}); err != nil {
			t.Fatal(err)
		}
		return asked
	}
	commit := func(message string) { run("add", "-A"); run("commit", "-q", "-m", message) }

	run("init", "-q")
	write(files{"a": "1", "b": "1", "c": "1"})
	commit("before")
	run("checkout", "-q", "-b", "other")
	write(files{"a": "2", "b": "1", "c": "1", "d": "1"})
	commit("a changes, and d comes")
	run("checkout", "-q", "main")
	write(files{"a": "1", "b": "2", "c": "1"})
	commit("b changes")
	run("merge", "-q", "--no-edit", "other")

	both := []Folder{folder("golden/ci", files{"a": "2", "b": "2", "c": "1", "d": "1"})}
	if c, err := Check(root, both, Options{}); err != nil || !c.Unchanged() {
		t.Errorf("after the merge, in %s: %+v, %v", filepath.Base(root), c, err)
	}
}
