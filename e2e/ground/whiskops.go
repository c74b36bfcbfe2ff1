package ground

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Whiskops is the program under test, built from the repository around this
// module, two folders above the test, into the cache: each work tree has a file of its
// own there, since two may be tested at once. go build is quick where nothing changed.
var Whiskops = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "whiskops-e2e")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(root))
	binary := filepath.Join(dir, fmt.Sprintf("whiskops-%x", sum[:6]))
	part := fmt.Sprintf("%s.%d", binary, os.Getpid())
	cmd := exec.Command("go", "-C", "../..", "build", "-tags", "kustomize_disable_go_plugin_support", "-o", part, "./cmd/whiskops")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build whiskops: %w\n%s", err, out)
	}
	return binary, os.Rename(part, binary)
})
