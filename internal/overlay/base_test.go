package overlay

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/kustomize"
)

// Where base is decides the paths of its files and what overlays refer to.
func TestBaseFolder(t *testing.T) {
	base := objects(t, service("core", "a", "a", "main")+"---\n"+service("edge", "a", "b", "main")+"---\n"+config("core", "settings", "main"))
	for _, folder := range []string{"base", "base/2.0.0"} {
		b, err := New(base, folder)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			folder + "/a/core/kustomization.yaml", folder + "/a/core/service-a.yaml",
			folder + "/a/edge/kustomization.yaml", folder + "/a/edge/service-b.yaml",
			folder + "/settings/kustomization.yaml", folder + "/settings/settings.env",
		}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(b.Files()))); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		overlay, err := b.Overlay(base, Options{Environment: "env"})
		if err != nil {
			t.Fatal(err)
		}
		references := "resources:\n- ../../../" + folder + "/a/core\n- ../../../" + folder + "/settings\n"
		if got := string(overlay["overlays/env/core/kustomization.yaml"]); !strings.HasSuffix(got, references) {
			t.Errorf("got\n%swanted at its end\n%s", got, references)
		}
		built, err := kustomize.Build(kustomize.NewTree(overlay, b.Files()), "overlays/env")
		if err != nil {
			t.Fatal(err)
		}
		if err := Prove(built, base); err != nil {
			t.Error(err)
		}
	}
	for _, folder := range []string{"", ".", "/base", "../base", "base/"} {
		if _, err := New(nil, folder); err == nil {
			t.Errorf("base may be in folder %q", folder)
		}
	}
}
