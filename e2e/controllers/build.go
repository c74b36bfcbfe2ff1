package controllers

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/whiskops/whiskops/e2e/gobuild"
)

// Releases that are built.
const (
	FluxRelease   = "1.9.6" // of source-controller and of kustomize-controller
	ArgoCDRelease = "3.5.7"
)

//go:embed programs
var programs embed.FS

// Built are the programs in the cache, and what came with their sources.
type Built struct{ dir string }

// program of that name, as a path.
func (b Built) program(name string) string { return filepath.Join(b.dir, "bin", name) }

// definitions of a tool's custom resources, a file each.
func (b Built) definitions(tool string) fs.FS {
	return os.DirFS(filepath.Join(b.dir, "crds", tool))
}

// Build gives the programs, and builds them if the cache does not have them. That
// takes about ten minutes on two cores, once, and 2 GB of memory.
func Build(ctx context.Context, log gobuild.Log) (Built, error) {
	main, err := programs.ReadFile("programs/main.go.txt")
	if err != nil {
		return Built{}, err
	}
	mod, err := programs.ReadFile("programs/go.mod.txt")
	if err != nil {
		return Built{}, err
	}
	sum := sha256.Sum256(append(append([]byte{}, main...), mod...))
	dir, err := gobuild.Once("delivery", hex.EncodeToString(sum[:4]), "the controllers of Flux and Argo CD", log, func(src, out string) error {
		// The sums are those of the requirements that are built now.
		for name, data := range map[string][]byte{"main.go": main, "go.mod": mod, "go.sum": nil} {
			if err := os.WriteFile(filepath.Join(src, name), data, 0o644); err != nil {
				return err
			}
		}
		return build(ctx, src, out)
	})
	return Built{dir: dir}, err
}

func build(ctx context.Context, src, out string) error {
	if err := os.MkdirAll(filepath.Join(out, "bin"), 0o755); err != nil {
		return err
	}
	_, err := gobuild.Tool(ctx, src, "build", "-mod=mod", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(out, "bin")+"/",
		".", "sigs.k8s.io/kustomize/kustomize/v5", "github.com/fluxcd/source-controller", "github.com/fluxcd/kustomize-controller")
	if err != nil {
		return err
	}
	copies := []struct{ module, from, to string }{
		{"github.com/fluxcd/source-controller@v" + FluxRelease, "config/crd/bases/*.yaml", "crds/flux"},
		{"github.com/fluxcd/kustomize-controller@v" + FluxRelease, "config/crd/bases/*.yaml", "crds/flux"},
		{"github.com/argoproj/argo-cd/v3@v" + ArgoCDRelease, "manifests/crds/*-crd.yaml", "crds/argocd"},
		// The repository server calls it without asking for a signature too.
		{"github.com/argoproj/argo-cd/v3@v" + ArgoCDRelease, "hack/git-verify-wrapper.sh", "bin"},
	}
	for _, c := range copies {
		if err := carry(ctx, c.module, c.from, filepath.Join(out, c.to)); err != nil {
			return err
		}
	}
	return nil
}

// carry copies files of a module, executable.
func carry(ctx context.Context, module, pattern, to string) error {
	m, err := gobuild.Download(ctx, module)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(m.Dir, pattern))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(f)), data, 0o755); err != nil {
			return err
		}
	}
	return nil
}
