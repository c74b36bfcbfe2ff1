package forge

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/report"
)

// TestReal: the scripts of both forges with the real whiskops and a real repository,
// as a job checks it out: a merge of the branch and its target, of which others have
// changed something meanwhile.
func TestReal(t *testing.T) {
	needs(t, "bash", "git", "curl", "jq", "go")
	if testing.Short() {
		t.Skip("builds whiskops")
	}
	if marker != report.Marker {
		t.Errorf("the scripts look for %q, a comment begins with %q", marker, report.Marker)
	}
	bin := filepath.Join(t.TempDir(), "whiskops")
	if out, err := exec.Command("go", "build", "-o", bin, "../cmd/whiskops").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, a := newBench(t), githubAPI(t)
	do := func(program string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = b.dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	edit := func(env, old, new string) {
		t.Helper()
		file := filepath.Join(b.dir, "platform", "environments", env+".cue")
		content := strings.Replace(read(t, file), old, new, 1)
		if content == read(t, file) {
			t.Fatalf("%s has no %q", file, old)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	change := func(env, old, new string) {
		t.Helper()
		edit(env, old, new)
		do(bin, "generate", "--root", "platform")
		do("git", "add", "-A")
		do("git", "commit", "-qm", "change "+env)
	}
	do("git", "init", "-q", "-b", "main")
	do(bin, "init", "platform")
	do(bin, "generate", "--root", "platform")
	do("git", "add", "-A")
	do("git", "commit", "-qm", "all")
	base := do("git", "rev-parse", "HEAD")
	do("git", "checkout", "-qb", "work")
	change("production", "controller: replicas: 2", "controller: replicas: 3")
	work := do("git", "rev-parse", "HEAD")
	do("git", "checkout", "-q", "main")
	change("development", `userMemory: "2Gi"`, `userMemory: "1Gi"`)
	target := do("git", "rev-parse", "HEAD")
	do("git", "update-ref", "refs/remotes/origin/main", "main")
	do("git", "checkout", "-q", "--detach")
	do("git", "merge", "-q", "--no-edit", "work")

	os.Remove(filepath.Join(b.bin, "whiskops"))
	inputs := map[string]string{"root": "platform", "program": bin, "sarif": "findings.sarif"}
	got := act(t, b, a, inputs, nil)
	comments := a.of(bot)
	if got.code != 0 || len(comments) != 1 || !strings.HasPrefix(comments[0], "<!-- whiskops diff of platform -->\n") ||
		!strings.Contains(comments[0], "production") || strings.Contains(comments[0], "development") || !strings.Contains(comments[0], "controller") {
		t.Fatalf("run %+v, comments %q", got, comments)
	}
	if !strings.Contains(b.read(filepath.Join(b.dir, "findings.sarif")), `"2.1.0"`) {
		t.Error("no SARIF")
	}

	// GitLab: the merge, and the branch alone.
	if err := os.Symlink(bin, filepath.Join(b.bin, "whiskops")); err != nil {
		t.Fatal(err)
	}
	gitlab := gitlabAPI(t)
	log, code := pipeline(t, b, gitlab, "sh", map[string]string{"root": "platform"}, map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target})
	if code != 0 || strings.Contains(log, "development") || !strings.Contains(log, "production") || len(gitlab.of(bot)) != 1 {
		t.Errorf("code %d, log:\n%s", code, log)
	}
	do("git", "checkout", "-q", work)
	log, code = pipeline(t, b, gitlab, "sh", map[string]string{"root": "platform"}, map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": base})
	if code != 0 || strings.Contains(log, "development") || !strings.Contains(log, "production") || len(gitlab.of(bot)) != 1 {
		t.Errorf("code %d, log:\n%s", code, log)
	}

	// An error fails, at its line from the top of the repository.
	edit("development", `userMemory: "2Gi"`, `userMemory: "64Gi"`)
	got = act(t, b, a, inputs, nil)
	if got.code != 1 || !strings.Contains(got.log, "::error file=platform/environments/development.cue,line=") {
		t.Errorf("run %+v", got)
	}
	if log, code := pipeline(t, b, gitlab, "sh", map[string]string{"root": "platform"}, map[string]string{"CI_MERGE_REQUEST_DIFF_BASE_SHA": base}); code != 1 {
		t.Errorf("code %d, log:\n%s", code, log)
	}
	if report := b.read(filepath.Join(b.dir, "gl-code-quality-report.json")); !strings.Contains(report, `"path": "platform/environments/development.cue"`) {
		t.Errorf("code quality:\n%s", report)
	}

	// A shallow clone is told what to do.
	do("git", "checkout", "-q", "-f", work)
	do("git", "update-ref", "-d", "refs/remotes/origin/main")
	if got = act(t, b, a, inputs, nil); got.code != 2 || !strings.Contains(got.log, "fetch-depth: 0") {
		t.Errorf("run %+v", got)
	}
}
