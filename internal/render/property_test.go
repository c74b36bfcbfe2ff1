package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/tree"
)

// baseOf a release, or the test is over.
func baseOf(t testing.TB, release string) *overlay.Base {
	t.Helper()
	b, err := Base(release)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rendererOf environments of the release of one, or the test is over.
func rendererOf(t testing.TB, env *environment.Environment, o Options) *renderer {
	t.Helper()
	r, err := newRenderer(env.OpenWhisk, ownFiles(*env), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestOverlayRebuildsEnvironment is the property on which the product stands:
// whatever valid environment is asked for, kustomize makes of base and its
// overlay what the generators want, and so do its tiers one by one.
func TestOverlayRebuildsEnvironment(t *testing.T) {
	// One for all of a release, so that equal tiers of different environments are
	// shared.
	renderers := map[string]*renderer{}
	for _, release := range catalog.Releases() {
		renderers[release] = rendererOf(t, &environment.Environment{OpenWhisk: release}, Options{})
	}
	for _, s := range seeds.Of(t, 12, 500) {
		t.Run(fmt.Sprint("seed=", s), func(t *testing.T) {
			t.Parallel()
			env := randomEnvironment(s)
			// Its own functions prove the build.
			r := *renderers[env.OpenWhisk]
			r.root = ownFiles(env)
			folders, err := r.environment(&env, ownFolder{})
			if err != nil {
				t.Fatalf("seed %d: %v", s, err)
			}
			if s%4 == 0 { // as long as all the rest
				wholeRebuilds(t, &env, folders)
			}
			if s%12 == 0 {
				tiersRebuild(t, &env, folders[0].Path, folders[0].Files)
			}
		})
	}
}

// wholeRebuilds renders an environment without taking its overlay apart: the
// files are the same, byte for byte.
func wholeRebuilds(t *testing.T, env *environment.Environment, apart []tree.Folder) {
	t.Helper()
	whole, err := rendererOf(t, env, Options{Whole: true}).environment(env, ownFolder{})
	if err != nil {
		t.Fatalf("%s: %v", env.Name, err)
	}
	for i := range whole {
		if !maps.EqualFunc(whole[i].Files, apart[i].Files, bytes.Equal) {
			t.Errorf("%s (-whole +apart):\n%s", env.Name, cmp.Diff(whole[i].Files, apart[i].Files))
		}
	}
}

// tiersRebuild builds each tier by itself, as Flux does.
func tiersRebuild(t *testing.T, env *environment.Environment, dir string, files map[string][]byte) {
	t.Helper()
	want, err := desired(valuesOf(t, env))
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
	tree := kustomize.NewTree(baseOf(t, env.OpenWhisk).Files(), at)
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
		if diff := cmp.Diff(want[got.Name], got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(environment.Environment{}, "Source", "Lock", "Manifest")); diff != "" {
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
	for _, field := range fields("", reflect.TypeFor[environment.Environment]()) {
		if refused[field] {
			if len(seen[field]) > 1 {
				t.Errorf("%s takes %v, and is said to be refused", field, seen[field])
			}
			continue
		}
		if n := len(seen[field]); n < 2 {
			t.Errorf("%s takes %d values: %v", field, n, seen[field])
		}
	}
}

// refused are fields that no environment may have, for they would be lost: cases of
// the rules say so.
var refused = map[string]bool{
	"Actions.Pod.Resources": true, "Actions.Pod.HostUsers": true, "Actions.Pod.SecurityContext.SeccompProfile": true,
	"Actions.Pod.SecurityContext.SeccompProfile.Type": true, "Actions.Pod.SecurityContext.SeccompProfile.LocalhostProfile": true,
	"Kafka.SASL.Mechanism": true,
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
		if len(seen[at]) < 2 { // more are not asked for, and take long
			seen[at][fmt.Sprint(value)] = true
		}
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
