package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/delivery"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/tree"
)

// What concerns environments that are not asked for.
const (
	codeMoves = "WO341" // base would change under environments that are not named
	codeSets  = "WO342" // an ApplicationSet that is left as it is, since not all environments can be read
)

// Moves are the mistakes of writing folders where other environments build on one of
// them that would change: what these build would change too, unproven and unseen.
// others are the names of those by their release, "" where it is not known.
func Moves(folders []tree.Folder, root fs.FS, others map[string][]string) []finding.Finding {
	var found []finding.Finding
	for at, sum := range tree.Manifests(folders) {
		release, ok := strings.CutPrefix(at, BaseFolder+"/")
		if !ok {
			continue
		}
		text, err := fs.ReadFile(root, path.Join(at, tree.ManifestName))
		if err != nil {
			continue // nothing builds on what is not there
		}
		had := sha256.Sum256(text)
		on := slices.Concat(others[release], others[""])
		if len(on) == 0 || hex.EncodeToString(had[:]) == sum {
			continue
		}
		slices.Sort(on)
		found = append(found, finding.Finding{
			Code: codeMoves, Severity: finding.Error, Position: finding.Position{File: at},
			Message: fmt.Sprintf("this whiskops generates another %s, and %s: they would change unseen", at, builds(on)),
			Help:    "run `whiskops generate` for all environments, or name these too",
		})
	}
	return finding.Sort(found)
}

// mostOthers are named in a finding; the rest are counted.
const mostOthers = 5

func builds(names []string) string {
	if len(names) == 1 {
		return names[0] + " builds on it, which is not named"
	}
	named := names[:min(len(names)-1, mostOthers)]
	last := names[len(named)]
	if more := len(names) - len(named); more > 1 {
		last = fmt.Sprintf("%d more", more)
	}
	return strings.Join(named, ", ") + " and " + last + " build on it, which are not named"
}

// Unset are warnings about environments whose ApplicationSets are not made, since
// their other members are not known.
func Unset(envs []environment.Environment) []finding.Finding {
	var found []finding.Finding
	for _, env := range envs {
		a := env.GitOps.ArgoCD
		if a == nil || a.ApplicationSet == "" {
			continue
		}
		found = append(found, finding.Finding{
			Code: codeSets, Severity: finding.Warning, Position: env.Source.Position("gitops.argocd.applicationSet"),
			Path:    environment.JoinPath(env.Name) + ".gitops.argocd.applicationSet",
			Message: fmt.Sprintf("%s/%s/%s.yaml is left as it is: it is made of several environments, and something is wrong with others", delivery.SetsFolder, a.Namespace, a.ApplicationSet),
			Help:    "run `whiskops validate` to see what is wrong, and `whiskops generate` once that is mended",
		})
	}
	return found
}
