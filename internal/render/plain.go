package render

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/leak"
	"github.com/whiskops/whiskops/internal/tree"
	"github.com/whiskops/whiskops/internal/value"
)

// Plain are warnings about what users' own folders add in plain text to an
// environment that people depend on, and that looks secret. What is generated has
// nothing of that kind, which tests hold.
func Plain(envs []environment.Environment, folders []tree.Folder, root fs.ReadLinkFS) []finding.Finding {
	var found []finding.Finding
	profiles := make(map[string]string, len(envs))
	for i := range envs {
		profiles[envs[i].Name] = envs[i].Profile
	}
	for _, f := range folders {
		env, _ := strings.CutPrefix(f.Path, GoldenFolder+"/")
		profile, ok := profiles[env]
		if !ok || profile == "development" || f.Files == nil {
			continue
		}
		at := path.Join(OverlayFolder, env, CustomFolder)
		if _, err := root.Lstat(at); err != nil {
			continue
		}
		for _, name := range krm.Keys(f.Files) {
			if path.Ext(name) != ".yaml" {
				continue
			}
			for _, field := range plainFields(f.Files[name]) {
				found = append(found, finding.Finding{
					Code: codePlain, Severity: finding.Warning,
					Position: finding.Position{File: at}, Path: environment.JoinPath(env),
					Message: fmt.Sprintf("%s of %s looks like a password or a key, and is in plain text in git", field, strings.TrimSuffix(name, ".yaml")),
					Help:    fmt.Sprintf("leave it out, and make a Secret with it in clusters/%s/secrets/, by secrets: source: sops or sealed, or in the cluster", env),
				})
			}
		}
	}
	return found
}

// plainFields of an object that look secret. A patch may have put them into one
// that is generated.
func plainFields(text []byte) []string {
	n, err := yaml.Parse(string(text))
	if err != nil {
		return nil // it is what a build gave
	}
	read, err := value.Read(n.YNode())
	o, ok := read.(map[string]any)
	if err != nil || !ok {
		return nil
	}
	return leak.Fields(o)
}
