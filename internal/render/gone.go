package render

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/tree"
)

const codeGone = "WO410" // an environment that is gone, with what becomes of its installation

// Gone are warnings about environments of which folders are deleted, and that
// nobody writes any more. deleted are paths from the root, as in tree.Changes.
func Gone(envs []environment.Environment, deleted []string) []finding.Finding {
	folders, tools := map[string]string{}, map[string]string{}
	for _, file := range deleted {
		parts := strings.Split(file, "/")
		if len(parts) > 3 && parts[0] == delivery.Folder {
			tools[parts[1]] = parts[2]
		}
		if len(parts) != 3 || parts[2] != tree.ManifestName || parts[0] != OverlayFolder && parts[0] != GoldenFolder {
			continue
		}
		if name := parts[1]; !slices.ContainsFunc(envs, func(e environment.Environment) bool { return e.Name == name }) {
			folders[name] = max(folders[name], path.Join(parts[0], name)) // overlays/ before golden/
		}
	}
	var found []finding.Finding
	for _, name := range krm.Keys(folders) {
		f := gone(name, tools[name])
		f.File = folders[name]
		found = append(found, f)
	}
	return found
}

// Left is the same warning about an environment of a tree as it was, of which the
// folders may be long deleted: it has no place.
func Left(was fs.FS, name string) finding.Finding {
	for _, tool := range []string{"flux", "argocd"} {
		if _, err := fs.Stat(was, path.Join(delivery.Folder, name, tool)); err == nil {
			return gone(name, tool)
		}
	}
	return gone(name, "")
}

// gone is the warning about an environment that a tool delivered; "": whiskops knows of none.
func gone(name, tool string) finding.Finding {
	effect, data := goneBy(tool, name)
	return finding.Finding{
		Code: codeGone, Severity: finding.Warning, Path: environment.JoinPath(name),
		Message: fmt.Sprintf("environment %q is gone, and its folders with it: %s", name, effect),
		Help: fmt.Sprintf("if it should end, golden/%s/README.md of the commit before says how it is taken down%s; if it got another name, deliver that one first; else write it again",
			name, data),
	}
}

// IsGone tells that a finding is one of Gone: the next run has nothing to say of it.
func IsGone(f finding.Finding) bool { return f.Code == codeGone }

// goneBy says what the next reconcile does to an installation whose folders are
// gone, and what is left once it is taken down. docs/flux.md and docs/argocd.md
// have both at length.
func goneBy(tool, name string) (effect, data string) {
	const protected = ": workloads go, namespaces stay with their claims and Secrets, and so do PersistentVolumes, unless it was for development"
	switch tool {
	case "flux":
		return `Flux says "kustomization path not found", prunes nothing, and the installation goes on as it is`, protected
	case "argocd":
		return "Argo CD cannot compare its Application any more, prunes nothing, and the installation goes on as it is", protected
	}
	return fmt.Sprintf("nothing of the installation is deleted, unless something of yours prunes what overlays/%s had, the namespaces with all data too", name),
		", and what that leaves"
}
