package main

import (
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// withManifests gives environments the runtimes manifests that they name, each read
// once. One whose manifest has a mistake is left out.
func withManifests(envs []environment.Environment, repo environment.Repository) ([]environment.Environment, []finding.Finding) {
	type reading struct {
		manifest *runtimes.Manifest
		found    []finding.Finding
	}
	read := map[string]reading{}
	var whole []environment.Environment
	var found []finding.Finding
	for _, env := range envs {
		if name := env.Runtimes.Manifest; name != "" {
			r, ok := read[name]
			if !ok {
				r.manifest, r.found = runtimes.Load(repo.FS, repo.Dir, name, finding.Finding{
					Position: env.Source.Position("runtimes.manifest"), Path: environment.JoinPath(env.Name) + ".runtimes.manifest",
				})
				read[name], found = r, append(found, r.found...)
			}
			if env.Manifest = r.manifest; finding.HasErrors(r.found) {
				continue
			}
		}
		whole = append(whole, env)
	}
	return whole, found
}
