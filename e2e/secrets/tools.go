// Package secrets tries `whiskops secrets` with the real sops and real age keys.
package secrets

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Versions of the tools, which are built from their modules.
const (
	sopsModule = "github.com/getsops/sops/v3/cmd/sops@v3.13.2"
	ageModule  = "filippo.io/age/cmd/age-keygen@v1.3.1"
)

// Tools is a folder with sops and age-keygen, in the cache. sops takes five
// minutes on two cores to build, once.
var Tools = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "whiskops-e2e", "secrets-sops-3.13.2-age-1.3.1")
	for name, module := range map[string]string{"sops": sopsModule, "age-keygen": ageModule} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			continue
		}
		cmd := exec.Command("go", "install", module)
		cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("build %s: %w\n%s", module, err, out)
		}
	}
	return dir, nil
})
