package servers

import (
	"os"
	"path/filepath"
	"testing"
)

// everythingEnvs are the environments that have all that one can have together, and the
// one of testdata that has it on the ground of a test.
func everythingEnvs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../internal/render/testdata/everything")); err != nil {
		t.Fatal(err)
	}
	ground, err := os.ReadFile("testdata/everything.cue")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "environments", "ground.cue"), ground, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEverything(t *testing.T) {
	t.Parallel()
	if err := try(t, generatedIn(t, everythingEnvs(t))["ground"], Everything); err != nil {
		t.Fatal(err)
	}
}
