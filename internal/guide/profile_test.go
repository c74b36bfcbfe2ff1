package guide

import (
	"testing"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/overlay"
)

// What a README says of the profile is read back from it.
func TestProfile(t *testing.T) {
	for _, want := range []string{"production", "ci", "development"} {
		env := environment.Base()
		env.Name, env.Profile = "e", want
		v, err := derived.New(&env)
		if err != nil {
			t.Fatal(err)
		}
		if got := Profile(Markdown(v, overlay.NoCustom)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Profile([]byte("# e\n")); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
