package delivery

import (
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/krm"
)

func (d *delivery) fluxSourceKind() string {
	if d.Values.Env.GitOps.Flux.OCI != nil {
		return fluxOCIKind
	}
	return fluxGitKind
}

// fluxSource is where Flux reads the tree.
func (d *delivery) fluxSource() krm.M {
	f := d.Values.Env.GitOps.Flux
	spec := krm.M{"interval": f.SourceInterval, "timeout": "60s"}
	if f.Secret != "" {
		spec["secretRef"] = krm.M{"name": f.Secret}
	}
	if f.OCI != nil {
		spec["url"] = f.OCI.URL
		spec["ref"] = krm.M{"tag": d.Values.FluxTag()}
		if f.OCI.Insecure {
			spec["insecure"] = true
		}
	} else {
		spec["url"] = f.Git.URL
		spec["ref"] = krm.M{"branch": f.Git.Branch}
		spec["ignore"] = d.ignore()
	}
	return krm.M{
		"apiVersion": fluxSources, "kind": d.fluxSourceKind(),
		"metadata": krm.M{"name": d.name(), "namespace": f.Namespace},
		"spec":     spec,
	}
}

// repository is the folder of the source that holds the tree.
func (d *delivery) repository() string {
	if git := d.Values.Env.GitOps.Flux.Git; git != nil {
		return git.Path
	}
	return ""
}

// ignore leaves of the repository what the builds read, and all releases of base:
// with another openwhisk the source would have to be applied before the commit. A
// folder that is not
// left out is named with each of those above it, since git's rules do not look
// into one that is.
func (d *delivery) ignore() string {
	lines := []string{"/*"}
	opened := map[string]bool{}
	folders := append([]string{path.Dir(d.Base)}, d.Reads()...)
	slices.Sort(folders)
	for _, folder := range folders {
		if strings.HasPrefix(folder, path.Dir(d.Base)+"/") {
			continue
		}
		at := ""
		steps := strings.Split(path.Join(d.repository(), folder), "/")
		for i, step := range steps {
			at += "/" + step
			if opened[at] {
				continue
			}
			opened[at] = true
			lines = append(lines, "!"+at)
			if i < len(steps)-1 {
				lines = append(lines, at+"/*")
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
