package delivery

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

// Flux reads each folder of the build, with those above it, and every release of
// base: a commit that takes another one is read by the source that is there.
func TestIgnore(t *testing.T) {
	in := input(t, func(e *environment.Environment) {
		e.GitOps.Flux = &environment.Flux{Git: &environment.FluxGit{Path: "a/b"}}
	})
	in.Others = []string{"base/patches", "shared/more", "basement"}
	d := &delivery{Input: in}
	want := `/*
!/a
/a/*
!/a/b
/a/b/*
!/a/b/base
!/a/b/basement
!/a/b/clusters
/a/b/clusters/*
!/a/b/clusters/e
/a/b/clusters/e/*
!/a/b/clusters/e/flux
!/a/b/overlays
/a/b/overlays/*
!/a/b/overlays/e
!/a/b/shared
/a/b/shared/*
!/a/b/shared/more
`
	if diff := cmp.Diff(want, d.ignore()); diff != "" {
		t.Error(diff)
	}
}
