package render

import (
	"bytes"
	"maps"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/tree"
)

// remembers is a memory of one run, of environments alone.
type remembers map[[32]byte][]byte

func (m remembers) Get(kind string, key [32]byte) ([]byte, bool) {
	v, ok := m[key]
	return v, ok && kind == settledKind
}

func (m remembers) Put(kind string, key [32]byte, value []byte) {
	if kind == settledKind {
		m[key] = value
	}
}

// An environment is made unless it is the one that was made before, is on the
// disk, and is whiskops's alone.
func TestSettledEnvironmentsAreNotMadeAgain(t *testing.T) {
	env := exampleEnvironments(t)[0]
	memory := remembers{}
	made, err := rendererOf(t, &env, Options{Memory: memory}).folders(&env)
	if err != nil {
		t.Fatal(err)
	}
	want := tree.Manifests(made)
	holds := func(manifests map[string]string) bool { return maps.Equal(manifests, want) }
	damaged := func(text string) remembers {
		other := remembers{}
		for key := range memory {
			other[key] = []byte(text)
		}
		return other
	}
	renamed, limited := env, env
	renamed.Name += "-2"
	limited.Limits.ConcurrentInvocations++
	for name, tt := range map[string]struct {
		env     environment.Environment
		options Options
		custom  bool
		settled bool
	}{
		"the same":               {env: env, options: Options{Memory: memory, Holds: holds}, settled: true},
		"not on the disk":        {env: env, options: Options{Memory: memory, Holds: func(map[string]string) bool { return false }}},
		"nobody knows the disk":  {env: env, options: Options{Memory: memory}},
		"no memory":              {env: env, options: Options{Holds: holds}},
		"another limit":          {env: limited, options: Options{Memory: maps.Clone(memory), Holds: holds}},
		"another name":           {env: renamed, options: Options{Memory: maps.Clone(memory), Holds: holds}},
		"custom":                 {env: env, options: Options{Memory: memory, Holds: holds}, custom: true},
		"damaged":                {env: env, options: Options{Memory: damaged("{"), Holds: holds}},
		"damaged, nothing":       {env: env, options: Options{Memory: damaged("null"), Holds: holds}},
		"damaged, other folders": {env: env, options: Options{Memory: damaged(`{"overlays/x":"1","golden/x":"2"}`), Holds: func(map[string]string) bool { return true }}},
	} {
		t.Run(name, func(t *testing.T) {
			r := rendererOf(t, &tt.env, tt.options)
			if tt.custom {
				r.root = fstest.MapFS{"overlays/" + env.Name + "/custom/kustomization.yaml": {Data: []byte("commonAnnotations: {a: b}\n")}}
			}
			folders, err := r.folders(&tt.env)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range folders {
				if settled := f.Manifest != ""; settled != tt.settled || settled == (len(f.Files) > 0) {
					t.Errorf("%s: %d files, manifest %q", f.Path, len(f.Files), f.Manifest)
				}
				if !tt.settled && !tt.custom && tt.env.Name == env.Name && tt.env.Limits == env.Limits && !maps.EqualFunc(f.Files, made[i].Files, bytes.Equal) {
					t.Errorf("%s was made differently", f.Path)
				}
			}
			if diff := cmp.Diff(want, tree.Manifests(folders)); tt.settled && diff != "" {
				t.Errorf("manifests (-want +got):\n%s", diff)
			}
		})
	}
}
