package overlay

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/value"
)

// TestOverlayRebuildsWhatIsWanted is the property on which everything stands:
// whatever base and environment are, kustomize makes of the overlay exactly
// the environment, from its root and from each of its tiers.
func TestOverlayRebuildsWhatIsWanted(t *testing.T) {
	for _, s := range seeds.Of(t, 16, 300) {
		t.Run(fmt.Sprint("seed=", s), func(t *testing.T) {
			t.Parallel()
			checkSeed(t, s)
		})
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(1) << 63)
	f.Fuzz(checkSeed)
}

func checkSeed(t *testing.T, s uint64) {
	r := newRandom(s)
	state := r.base()
	base := in(state, "openwhisk", "openwhisk-actions")
	main := pick(r, "openwhisk", "prod", "staging")
	want := in(r.change(state), main, main+"-actions")

	b, err := New(base, "base")
	if err != nil {
		t.Fatalf("seed %d: %v", s, err)
	}
	overlay, err := b.Overlay(want, Options{Environment: "env"})
	if err != nil {
		t.Fatalf("seed %d: %v", s, err)
	}
	again, err := b.Overlay(want, Options{Environment: "env"})
	if err != nil || !maps.EqualFunc(overlay, again, bytes.Equal) {
		t.Fatalf("seed %d: the same overlay twice differs (%v)", s, err)
	}
	tree := kustomize.NewTree(overlay, b.Files())
	built, err := kustomize.Build(tree, "overlays/env")
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", s, err, show(overlay))
	}
	if err := Prove(built, want); err != nil {
		t.Fatalf("seed %d: %v\n%s", s, err, show(overlay))
	}
	golden := Golden(built)
	var parts [][]byte
	for _, name := range GoldenNames(built) {
		parts = append(parts, golden[name])
	}
	if len(golden) != len(built) || !bytes.Equal(bytes.Join(parts, []byte("---\n")), kustomize.Join(built)) {
		t.Fatalf("seed %d: golden files are not the build", s)
	}
	if s%4 != 0 { // builds that take twice as long as the whole
		return
	}
	apart, err := kustomize.NewBuilder(b.Files(), nil).Build(overlay, "overlays/env")
	if err != nil || !bytes.Equal(kustomize.Join(apart), kustomize.Join(built)) {
		t.Fatalf("seed %d: the tiers joined are not the whole (%v)\n%s", s, err, cmp.Diff(string(kustomize.Join(built)), string(kustomize.Join(apart))))
	}
	tiers := map[string][]*yaml.RNode{}
	for _, w := range want {
		tier := w.GetLabels()["app.kubernetes.io/component"]
		tiers[tier] = append(tiers[tier], w)
	}
	for tier, objects := range tiers {
		built, err := kustomize.Build(tree, path.Join("overlays/env", tier))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", s, err, show(overlay))
		}
		if err := Prove(built, objects); err != nil {
			t.Fatalf("seed %d, tier %s: %v\n%s", s, tier, err, show(overlay))
		}
	}
}

func show(files map[string][]byte) string {
	var b strings.Builder
	m := m{}
	for name := range files {
		m[name] = nil
	}
	for _, name := range value.Keys(m) {
		fmt.Fprintf(&b, "-- %s --\n%s", name, files[name])
	}
	return b.String()
}
