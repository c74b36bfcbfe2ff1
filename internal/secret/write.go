package secret

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// Write puts files below a root, each at once and none before all are on the
// disk. No link leads out of the root. What is written is encrypted, so anyone
// may read it.
func Write(root string, files map[string][]byte) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return fmt.Errorf("make %s: %w", root, err)
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return fmt.Errorf("open %s: %w", root, err)
	}
	defer r.Close()
	var staged []string
	defer func() {
		for _, name := range staged {
			_ = r.Remove(beside(name)) // what was renamed is not there
		}
	}()
	for _, name := range sortedKeys(files) {
		if err := r.MkdirAll(path.Dir(name), 0o755); err != nil {
			return fmt.Errorf("make %s: %w", path.Dir(name), reason(err))
		}
		staged = append(staged, name)
		if err := r.WriteFile(beside(name), files[name], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, reason(err))
		}
	}
	for _, name := range staged {
		if err := r.Rename(beside(name), name); err != nil {
			return fmt.Errorf("write %s: %w", name, reason(err))
		}
	}
	return nil
}

// beside is where a file is before it is in its place: nothing builds it there.
func beside(name string) string {
	return filepath.Join(path.Dir(name), "."+path.Base(name)+".new")
}
