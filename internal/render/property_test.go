package render

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/seeds"
)

// theBase is rendered once.
var theBase = sync.OnceValues(NewBase)

func base(t testing.TB) *Base {
	t.Helper()
	b, err := theBase()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOverlayRebuildsEnvironment is the property on which the product stands:
// whatever valid environment is asked for, kustomize makes of base and its
// overlay what the generators want, and so do its tiers one by one.
func TestOverlayRebuildsEnvironment(t *testing.T) {
	b := base(t)
	for _, s := range seeds.Of(t, 60, 500) {
		t.Run(fmt.Sprint("seed=", s), func(t *testing.T) {
			t.Parallel()
			env := randomEnvironment(s)
			// Its own functions prove the whole build.
			folders, err := b.environment(&env, fstest.MapFS{})
			if err != nil {
				t.Fatalf("seed %d: %v", s, err)
			}
			if s%12 == 0 { // as long as the whole build, once more
				tiersRebuild(t, b, &env, folders[0].Path, folders[0].Files)
			}
		})
	}
}

// tiersRebuild builds each tier by itself, as Flux does.
func tiersRebuild(t *testing.T, b *Base, env *environment.Environment, dir string, files map[string][]byte) {
	t.Helper()
	want, err := desired(derived.Of(env, b.catalog))
	if err != nil {
		t.Fatal(err)
	}
	at := map[string][]byte{}
	tiers := map[string]bool{}
	for name, content := range files {
		at[path.Join(dir, name)] = content
		if tier, file := path.Split(name); tier != "" && file == "kustomization.yaml" {
			tiers[path.Clean(tier)] = true
		}
	}
	wanted := map[string][]*yaml.RNode{}
	for _, o := range want {
		tier := o.GetLabels()["app.kubernetes.io/component"]
		wanted[tier] = append(wanted[tier], o)
	}
	if len(tiers) != len(wanted) {
		t.Errorf("%s: tiers %v, want %d", env.Name, tiers, len(wanted))
	}
	tree := kustomize.NewTree(b.Files(), at)
	for tier, objects := range wanted {
		built, err := kustomize.Build(tree, path.Join(dir, tier))
		if err != nil {
			t.Errorf("%s: %v", env.Name, err)
			continue
		}
		if err := overlay.Prove(built, objects); err != nil {
			t.Errorf("%s, tier %s: %v", env.Name, tier, err)
		}
	}
}

// The schema takes every random environment, and reads it as it was meant.
func TestRandomEnvironmentsAreValid(t *testing.T) {
	files := map[string][]byte{}
	want := map[string]environment.Environment{}
	for s := range uint64(60) {
		env := randomEnvironment(s)
		text, err := json.Marshal(env)
		if err != nil {
			t.Fatal(err)
		}
		files[env.Name+".cue"] = fmt.Appendf(nil, "package environments\n%q: %s\n", env.Name, text)
		want[env.Name] = env
	}
	envs, findings, err := environment.LoadBytes("environments", files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Errorf("%v", f)
	}
	for _, got := range envs {
		if diff := cmp.Diff(want[got.Name], got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(environment.Environment{}, "Source")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", got.Name, diff)
		}
	}
	if len(envs) != len(want) {
		t.Errorf("%d environments, want %d", len(envs), len(want))
	}
}

// Each field of an environment takes at least two values, so that a new field
// must be added to the random ones.
func TestRandomEnvironmentsVary(t *testing.T) {
	seen := map[string]map[string]bool{}
	for s := range uint64(2000) { // some fields are there rarely
		collect(seen, "", reflect.ValueOf(randomEnvironment(s)))
	}
	alone := map[string]bool{
		"OpenWhisk": true, // there is one release
	}
	for _, field := range fields("", reflect.TypeFor[environment.Environment]()) {
		if n := len(seen[field]); n < 2 && !alone[field] {
			t.Errorf("%s takes %d values: %v", field, n, seen[field])
		}
	}
}

// fields of a struct and below, less those that are no part of the schema.
func fields(at string, typ reflect.Type) []string {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Map:
		return append([]string{at}, fields(at, typ.Elem())...)
	case reflect.Struct:
		var all []string
		for _, f := range reflect.VisibleFields(typ) {
			if f.Tag.Get("json") != "-" {
				all = append(all, fields(fieldOf(at, f.Name), f.Type)...)
			}
		}
		return all
	}
	return []string{at}
}

func collect(seen map[string]map[string]bool, at string, v reflect.Value) {
	add := func(value any) {
		if seen[at] == nil {
			seen[at] = map[string]bool{}
		}
		seen[at][fmt.Sprint(value)] = true
	}
	switch v.Kind() {
	case reflect.Pointer:
		add(v.IsNil())
		if !v.IsNil() {
			collect(seen, at, v.Elem())
		}
	case reflect.Map:
		add(v.Len())
		for _, k := range v.MapKeys() {
			collect(seen, at, v.MapIndex(k))
		}
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.Tag.Get("json") != "-" {
				collect(seen, fieldOf(at, f.Name), v.FieldByIndex(f.Index))
			}
		}
	default:
		add(v.Interface())
	}
}

func fieldOf(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
