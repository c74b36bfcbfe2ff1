package controlplane

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Default is the Kubernetes release that environments ask for unless they say
// otherwise.
const Default = "1.34.4"

// Newest is the newest release that this module's Go builds.
const Newest = "1.37.2"

//go:embed binary/main.go.txt
var program []byte

// Log takes a line of progress.
type Log func(format string, args ...any)

// Binary gives the path of the control plane's binary of a Kubernetes release,
// for example "1.34.4", and builds it if the cache does not have it. That takes
// about ten minutes on two cores, once.
//
// The cache is whiskops-e2e in the user's cache folder. Of several processes
// that want the same release one builds, the others wait.
func Binary(ctx context.Context, release string, log Log) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to cache the control plane in: %w", err)
	}
	dir := filepath.Join(cache, "whiskops-e2e", "kubernetes-"+release)
	if err := os.MkdirAll(filepath.Join(dir, "src"), 0o755); err != nil {
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
	sum := sha256.Sum256(program)
	binary := filepath.Join(dir, "kube-all-"+hex.EncodeToString(sum[:4]))
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	log("building Kubernetes %s; once, it takes minutes", release)
	begin := time.Now()
	if err := build(ctx, release, filepath.Join(dir, "src"), binary); err != nil {
		return "", fmt.Errorf("build Kubernetes %s: %w", release, err)
	}
	log("built Kubernetes %s in %s", release, time.Since(begin).Round(time.Second))
	return binary, nil
}

func build(ctx context.Context, release, dir, binary string) error {
	mod, err := module(ctx, release)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), program, 0o644); err != nil {
		return err
	}
	major, minor, _ := strings.Cut(release, ".")
	minor, _, _ = strings.Cut(minor, ".")
	const version = "-X k8s.io/component-base/version."
	flags := strings.Join([]string{"-s -w",
		version + "gitVersion=v" + release, version + "gitMajor=" + major,
		version + "gitMinor=" + minor, version + "gitTreeState=clean"}, " ")
	part := binary + ".part"
	if _, err := goTool(ctx, dir, "build", "-mod=mod", "-trimpath", "-ldflags", flags, "-o", part, "."); err != nil {
		return err
	}
	return os.Rename(part, binary)
}

var staged = regexp.MustCompile(`(?m)^\s*(?:replace )?(\S+) => \./staging/`)

// module is the go.mod of the binary: Kubernetes, with each module that its
// repository holds beside it replaced by the release of the same number.
func module(ctx context.Context, release string) ([]byte, error) {
	out, err := goTool(ctx, os.TempDir(), "mod", "download", "-json", "k8s.io/kubernetes@v"+release)
	if err != nil {
		return nil, err
	}
	var at struct{ GoMod string }
	if err := json.Unmarshal(out, &at); err != nil {
		return nil, fmt.Errorf("read what go mod download says: %w", err)
	}
	theirs, err := os.ReadFile(at.GoMod)
	if err != nil {
		return nil, err
	}
	found := staged.FindAllSubmatch(theirs, -1)
	if len(found) == 0 {
		return nil, fmt.Errorf("%s replaces no module of its repository", at.GoMod)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "module kube-all\n\n%s\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n",
		regexp.MustCompile(`(?m)^go .*$`).Find(theirs), release)
	for _, m := range found {
		fmt.Fprintf(&b, "\t%s => %s v0.%s\n", m[1], m[1], strings.TrimPrefix(release, "1."))
	}
	b.WriteString(")\n")
	return []byte(b.String()), nil
}

// goTool runs the go command away from any module or workspace of this
// repository, and gives its standard output.
func goTool(ctx context.Context, dir string, args ...string) ([]byte, error) {
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
