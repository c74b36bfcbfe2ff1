package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/whiskops/whiskops/e2e/ground"
	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// generated are the environments of a source that is no example, as golden/ has them,
// by their names.
func generated(t *testing.T, source string) map[string]*golden.Env {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "environments", "source.cue"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return generatedIn(t, dir)
}

// generatedIn are the environments of a repository.
func generatedIn(t *testing.T, dir string) map[string]*golden.Env {
	t.Helper()
	whiskops, err := ground.Whiskops()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(whiskops, "generate", "--no-cache", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("whiskops generate: %v\n%s", err, out)
	}
	folder := filepath.Join(dir, "golden")
	names, err := golden.Names(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*golden.Env{}
	for _, name := range names {
		if all[name], err = golden.Load(folder, name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
