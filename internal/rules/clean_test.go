package rules

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

func valuesOf(t testing.TB, envs []environment.Environment) []*derived.Values {
	t.Helper()
	var all []*derived.Values
	for i := range envs {
		v, err := derived.New(&envs[i])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &v)
	}
	return all
}

// The schema's defaults are what this project recommends.
func TestBaseIsClean(t *testing.T) {
	base := environment.Base()
	// Nobody follows base itself.
	base.GitOps.Flux.Git = &environment.FluxGit{URL: "https://git.example.com/openwhisk.git"}
	for _, v := range valuesOf(t, []environment.Environment{base}) {
		if diff := cmp.Diff([]finding.Finding(nil), Check(v)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestExamplesAreClean(t *testing.T) {
	envs, found, err := environment.Load(os.DirFS("../../examples/environments"), "examples/environments")
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	if len(envs) < 3 {
		t.Fatalf("%d environments", len(envs))
	}
	if diff := cmp.Diff([]finding.Finding(nil), CheckAll(valuesOf(t, envs))); diff != "" {
		t.Error(diff)
	}
}
