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

const codeTool = "WO411" // a tool that no longer delivers an environment, with what it takes along

// Gone are warnings about environments of which folders are deleted, and that
// nobody writes any more, and about tools that no longer deliver one that is there. deleted
// are paths from the root, as in tree.Changes.
func Gone(envs []environment.Environment, deleted []string) []finding.Finding {
	folders, by := map[string]string{}, map[string]string{}
	for _, file := range deleted {
		parts := strings.Split(file, "/")
		if len(parts) > 3 && parts[0] == delivery.Folder {
			by[parts[1]] = parts[2]
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
		f := gone(name, by[name])
		f.File = folders[name]
		found = append(found, f)
	}
	return append(found, tools(envs, func(manifest string) bool { return slices.Contains(deleted, manifest) })...)
}

// LeftByTools are the warnings about tools that delivered environments of a tree as it was,
// and do not deliver them as they are now.
func LeftByTools(envs []environment.Environment, was fs.FS) []finding.Finding {
	return tools(envs, func(manifest string) bool {
		_, err := fs.Stat(was, manifest)
		return err == nil
	})
}

// Left is the same warning about an environment of a tree as it was, of which the
// folders may be long deleted: it has no place.
func Left(was fs.FS, name string) finding.Finding {
	for _, tool := range delivery.Tools() {
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
func IsGone(f finding.Finding) bool { return f.Code == codeGone || f.Code == codeTool }

// tools are those that no longer deliver environments that are there: delivered tells by the
// manifest of a tool's folder whether it did. Sources:
// kustomize-controller's finalizer deletes what is in the inventory of a Kustomization that
// prunes; Argo CD's resources-finalizer what an Application has.
func tools(envs []environment.Environment, delivered func(manifest string) bool) []finding.Finding {
	var found []finding.Finding
	for i := range envs {
		env := &envs[i]
		for _, tool := range []struct {
			name, says, takes, help string
			stays                   bool
		}{
			{
				"flux", "Flux", "its Kustomizations", "set prune: false in them, then delete them (`kubectl get kustomizations -A` has them)", env.GitOps.Flux != nil,
			},
			{
				"argocd", "Argo CD", "its Application", "take metadata.finalizers from it, then delete it (`kubectl get applications -A` has it)", env.GitOps.ArgoCD != nil,
			},
		} {
			folder := path.Join(delivery.Folder, env.Name, tool.name)
			if tool.stays || !delivered(path.Join(folder, tree.ManifestName)) {
				continue
			}
			found = append(found, finding.Finding{
				Code: codeTool, Severity: finding.Warning, Position: env.Source.Position("gitops"), Path: environment.JoinPath(env.Name) + ".gitops",
				Message: fmt.Sprintf("%s no longer delivers environment %q: who deletes %s deletes all that it has applied, and the installation is down until something else has made it anew",
					tool.says, env.Name, tool.takes),
				Help: tool.help + "; only then apply what comes in its place",
			})
		}
	}
	return found
}

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
