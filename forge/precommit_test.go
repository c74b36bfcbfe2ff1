package forge

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreCommit: the real program installs the hooks from this repository as it is
// committed, and runs them before a commit, on what is staged.
func TestPreCommit(t *testing.T) {
	needs(t, "pre-commit", "git", "go")
	if testing.Short() {
		t.Skip("builds whiskops anew")
	}
	source, err := exec.Command("git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		t.Skip("this is no clone, from which pre-commit could install")
	}
	goenv, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Fields(string(goenv))
	dir := t.TempDir()
	run := func(wantFailure bool, program string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		home := filepath.Join(dir, ".git")
		cmd.Env = append(os.Environ(), "HOME="+home, "PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"), "GOMODCACHE="+caches[0], "GOCACHE="+caches[1],
			"GOFLAGS=-mod=mod -modcacherw", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if (err != nil) != wantFailure {
			t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	change := func(name, old, new string) {
		t.Helper()
		name = filepath.Join(dir, name)
		content := read(t, name)
		if !strings.Contains(content, old) {
			t.Fatalf("%s has no %q", name, old)
		}
		if err := os.WriteFile(name, []byte(strings.Replace(content, old, new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	top := strings.TrimSpace(string(source))
	run(false, "git", "init", "-q")
	run(false, "pre-commit", "validate-manifest", filepath.Join(top, ".pre-commit-hooks.yaml"))
	bin := filepath.Join(t.TempDir(), "whiskops")
	if out, err := exec.Command("go", "build", "-o", bin, "../cmd/whiskops").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run(false, bin, "init", "--ci", "none", "--pre-commit", ".")
	run(false, bin, "generate")
	rev, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	change(".pre-commit-config.yaml", "https://github.com/whiskops/whiskops", top)
	change(".pre-commit-config.yaml", "rev: main", "rev: "+strings.TrimSpace(string(rev)))
	change(".pre-commit-config.yaml", "      - id: whiskops-check\n", "      - id: whiskops-check\n      - id: whiskops-validate\n")
	run(false, "pre-commit", "validate-config")
	run(false, "git", "add", "-A")
	run(false, "pre-commit", "install")
	if out := run(false, "git", "commit", "-m", "all"); !strings.Contains(out, "whiskops generate --check") || strings.Count(out, "Passed") != 2 {
		t.Errorf("first commit:\n%s", out)
	}
	// A change whose tree was not generated is stopped, and a file that is none of
	// whiskops' is not looked at.
	change("environments/production.cue", "controller: replicas: 2", "controller: replicas: 3")
	run(false, "git", "add", "-A")
	if out := run(true, "git", "commit", "-m", "not generated"); !strings.Contains(out, "WO3") || strings.Count(out, "Passed") != 1 {
		t.Errorf("not generated:\n%s", out)
	}
	run(false, bin, "generate")
	// Generated, but not staged.
	run(true, "git", "commit", "-m", "not staged")
	run(false, "git", "add", "-A")
	run(false, "git", "commit", "-m", "generated")
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("notes\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run(false, "git", "add", "-A")
	if out := run(false, "git", "commit", "-m", "notes"); strings.Count(out, "Skipped") != 2 {
		t.Errorf("notes:\n%s", out)
	}
}
