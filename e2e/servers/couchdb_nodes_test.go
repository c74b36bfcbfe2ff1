package servers

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

// generated are the environments of a file of testdata.
func generated(t *testing.T, file string) map[string]*golden.Env {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "environments"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "environments", file), text, 0o644); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "whiskops")
	if out, err := exec.Command("go", "-C", "../..", "build", "-tags", "kustomize_disable_go_plugin_support", "-o", binary, "./cmd/whiskops").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(binary, "generate")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names, err := golden.Names(filepath.Join(dir, "golden"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*golden.Env{}
	for _, name := range names {
		if all[name], err = golden.Load(filepath.Join(dir, "golden"), name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func withNodes(t *testing.T, check func(*Run, *golden.Env) error) {
	t.Helper()
	all := generated(t, "nodes.cue")
	err := try(t, all["nodes"], func(r *Run) error { return check(r, all["single"]) })
	if errors.Is(err, ErrNoCouchDB) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCouchDBNodes(t *testing.T) { withNodes(t, CouchDBNodes) }

func TestCouchDBGrows(t *testing.T) { withNodes(t, CouchDBGrows) }
