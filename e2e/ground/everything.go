package ground

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Everything generates in a folder, which must be empty, the two environments that have
// all that one can have together: own, with servers of its own, and outside, with those
// of others. It gives the folder golden.
func Everything(dir string) (golden string, err error) {
	binary, err := Whiskops()
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, os.DirFS("../../internal/render/testdata/everything")); err != nil {
		return "", err
	}
	if out, err := exec.Command(binary, "generate", "--no-cache", "-C", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("whiskops generate: %w\n%s", err, out)
	}
	return filepath.Join(dir, "golden"), nil
}
