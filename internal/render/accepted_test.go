package render

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/seeds"
)

// The rules refuse none of the random environments: the property is about
// those that users can have.
func TestRandomEnvironmentsAreAccepted(t *testing.T) {
	for _, s := range seeds.Of(t, 100, 500) {
		env := randomEnvironment(s)
		env.Source = environment.Base().Source
		v := valuesOf(t, &env)
		for _, f := range rules.Check(&v) {
			if f.Severity == finding.Error {
				t.Errorf("seed %d: %s %s", s, f.Code, f.Message)
			}
		}
	}
}
