package environment

import (
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// Source knows where the user wrote what.
type Source interface {
	// Position returns the place of the field at path ("kafka.replicas",
	// without the environment's name), or of the nearest enclosing field
	// that the user wrote.
	Position(path string) finding.Position
	// Written tells whether the user wrote the field itself.
	Written(path string) bool
	// Secrets are those of all environments that were loaded with this one.
	Secrets() *finding.Secrets
}

// JoinPath writes the path of a field, as Source takes it: see place.JoinPath.
func JoinPath(labels ...string) string { return place.JoinPath(labels...) }

// nowhere is the source of an environment that no user wrote.
type nowhere struct{}

func (nowhere) Position(string) finding.Position { return finding.Position{} }
func (nowhere) Written(string) bool              { return false }
func (nowhere) Secrets() *finding.Secrets        { return nil }
