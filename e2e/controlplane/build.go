package controlplane

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/whiskops/whiskops/e2e/gobuild"
)

// Default is the Kubernetes release that environments ask for unless they say
// otherwise.
const Default = "1.34.4"

// Newest is the newest release that this module's Go builds.
const Newest = "1.37.2"

//go:embed binary/main.go.txt
var program []byte

// Binary gives the path of the control plane's binary of a Kubernetes release,
// for example "1.34.4", and builds it if the cache does not have it. That takes
// about ten minutes on two cores, once.
//
// The cache is whiskops-e2e in the user's cache folder. Of several processes
// that want the same release one builds, the others wait.
func Binary(ctx context.Context, release string, log gobuild.Log) (string, error) {
	sum := sha256.Sum256(program)
	return gobuild.Once("kubernetes-"+release, "kube-all-"+hex.EncodeToString(sum[:4]), "Kubernetes "+release, log,
		func(src, out string) error { return build(ctx, release, src, out) })
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
	_, err = gobuild.Tool(ctx, dir, "build", "-mod=mod", "-trimpath", "-ldflags", flags, "-o", binary, ".")
	return err
}

var staged = regexp.MustCompile(`(?m)^\s*(?:replace )?(\S+) => \./staging/`)

// module is the go.mod of the binary: Kubernetes, with each module that its
// repository holds beside it replaced by the release of the same number.
func module(ctx context.Context, release string) ([]byte, error) {
	at, err := gobuild.Download(ctx, "k8s.io/kubernetes@v"+release)
	if err != nil {
		return nil, err
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
