// Package gobuild builds programs out of Go modules once, and keeps them in
// whiskops-e2e in the user's cache folder.
package gobuild

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Log takes a line of progress.
type Log func(format string, args ...any)

// Once gives the path of what a build made in a folder of the cache, and builds
// it if it is not there. The name must change whenever the build does. What is
// being built is told to log, as it takes minutes. The build gets a folder for
// sources, which it may find filled, and the path to leave a file or a folder at.
//
// Of several processes that want the same one builds, the others wait.
func Once(folder, name, what string, log Log, build func(src, out string) error) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to cache %s in: %w", what, err)
	}
	dir := filepath.Join(cache, "whiskops-e2e", folder)
	src, out := filepath.Join(dir, "src"), filepath.Join(dir, name)
	if err := os.MkdirAll(src, 0o755); err != nil {
		return "", err
	}
	// The file's lock goes with its process, so a killed build blocks nobody.
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	if _, err := os.Stat(out); err == nil {
		return out, nil
	}
	log("building %s; once, it takes minutes", what)
	begin := time.Now()
	part := out + ".part"
	if err := os.RemoveAll(part); err != nil {
		return "", err
	}
	if err := build(src, part); err != nil {
		return "", fmt.Errorf("build %s: %w", what, err)
	}
	log("built %s in %s", what, time.Since(begin).Round(time.Second))
	return out, os.Rename(part, out)
}

// Tool runs the go command away from any module or workspace of this
// repository, and gives its standard output.
func Tool(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s%s", strings.Join(args, " "), err, errs.String(), out)
	}
	return out, nil
}

// Module is where the go command put a module.
type Module struct {
	// GoMod is a file, Dir the folder of the sources.
	GoMod, Dir string
}

// Download brings a module, for example "k8s.io/kubernetes@v1.34.4".
func Download(ctx context.Context, module string) (Module, error) {
	var m Module
	out, err := Tool(ctx, os.TempDir(), "mod", "download", "-json", module)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(out, &m); err != nil {
		return m, fmt.Errorf("read what go mod download says: %w", err)
	}
	return m, nil
}
