package render

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// What is read ahead is what an environment needs that names no release.
func TestUsualRelease(t *testing.T) {
	if env := environment.Base(); env.OpenWhisk != usual {
		t.Errorf("the schema's own release is %q, and %q is read ahead", env.OpenWhisk, usual)
	}
	if _, err := Base(usual); err != nil {
		t.Error(err)
	}
}
