package main

import (
	"io/fs"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/render"
)

// custom judges the users' own folders of environments that nothing is wrong with,
// as generate does.
func (p *place) custom(envs []environment.Environment, findings []finding.Finding) ([]finding.Finding, error) {
	root, done := inside(p.root)
	defer done()
	files, ok := root.(fs.ReadLinkFS)
	if !ok {
		return nil, nil
	}
	found, err := render.Custom(sound(envs, findings), files, render.Options{})
	for i, f := range found {
		found[i] = below(p.root, f)
	}
	return found, err
}
