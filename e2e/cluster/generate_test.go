package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	place "github.com/whiskops/whiskops/e2e/ground"
)

// command runs whiskops in a directory of its own with environments/ of this
// text, and gives the directory and what it prints.
func command(t *testing.T, cue string, args ...string) (dir, out string, err error) {
	t.Helper()
	binary, err := place.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "environments", "all.cue"), []byte(cue), 0o644); err != nil {
		t.Fatal(err)
	}
	printed, err := exec.Command(binary, append(args, "-C", dir)...).CombinedOutput()
	return dir, string(printed), err
}

// generate gives the folder golden/ that is made of the text.
func generate(t *testing.T, cue string) string {
	t.Helper()
	dir, out, err := command(t, cue, "generate")
	if err != nil {
		t.Fatalf("whiskops generate: %v\n%s", err, out)
	}
	return filepath.Join(dir, "golden")
}

// example is the text of an example environment with more said about it.
func example(t *testing.T, name string, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile("../../examples/environments/" + name + ".cue")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for i := 0; i+1 < len(replace); i += 2 {
		if !strings.Contains(s, replace[i]) {
			t.Fatalf("the example %s has no %q", name, replace[i])
		}
		s = strings.Replace(s, replace[i], replace[i+1], 1)
	}
	return s
}
