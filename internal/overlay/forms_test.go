package overlay

import (
	"fmt"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/seeds"
	"github.com/whiskops/whiskops/internal/value"
)

// TestEachFormIsWhatItApplies builds a tier with the first of the forms alone,
// then with the first two, and so on: the engine makes of base what each form
// says that it makes, and no form writes into what it was given.
func TestEachFormIsWhatItApplies(t *testing.T) {
	for _, s := range seeds.Of(t, 4, 100) {
		t.Run(fmt.Sprint("seed=", s), func(t *testing.T) {
			t.Parallel()
			r := newRandom(s)
			state := r.base()
			b, err := New(in(state, "openwhisk", "openwhisk-actions"), "base")
			if err != nil {
				t.Fatal(err)
			}
			want, err := load(in(r.change(state), "prod", "prod-actions"))
			if err != nil {
				t.Fatal(err)
			}
			for name, tier := range b.tiers(want) {
				checkForms(t, b, name, tier)
			}
		})
	}
}

func checkForms(t *testing.T, b *Base, name string, tr *tier) {
	t.Helper()
	sheet := &sheet{folder: newFolder("# Test\n")}
	pairs := tr.pairs
	for i, find := range forms {
		form := runtime.FuncForPC(reflect.ValueOf(find).Pointer()).Name()
		before := deep(pairs)
		f, err := find(tr, pairs)
		if err != nil {
			t.Fatal(form, err)
		}
		if err := f.emit(sheet); err != nil {
			t.Fatal(form, err)
		}
		after := f.apply(pairs)
		if diff := cmp.Diff(before, deep(pairs)); diff != "" {
			t.Fatalf("%s writes into the pairs that it is given (-before +after):\n%s", form, diff)
		}
		pairs = after
		if i < 2 {
			continue // there is no namespace yet
		}
		copied := *sheet
		copied.folder = &folder{sheet.header, sheet.taken, sheet.files}
		if err := copied.write(kustomization()); err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		for file, content := range copied.files {
			files[path.Join("overlays/env", name, file)] = content
		}
		objects := made(t, pairs)
		if len(objects) == 0 {
			continue // the engine refuses to build nothing
		}
		built, err := kustomize.Build(kustomize.NewTree(files, b.Files()), path.Join("overlays/env", name))
		if err != nil {
			t.Fatalf("up to %s: %v\n%s", form, err, show(files))
		}
		if err := Prove(built, objects); err != nil {
			t.Fatalf("up to %s: %v\n%s", form, err, show(files))
		}
	}
}

// deep are the values of pairs, copied.
func deep(pairs []pair) []any {
	var all []any
	for _, p := range pairs {
		for _, o := range []*object{p.base, p.want} {
			if o != nil {
				all = append(all, value.Copy(o.value))
			}
		}
		all = append(all, value.Copy(p.now))
	}
	return all
}

// made are the objects that pairs are made of, as an environment would want
// them.
func made(t *testing.T, pairs []pair) []*yaml.RNode {
	t.Helper()
	var all []*yaml.RNode
	for _, p := range pairs {
		if p.now == nil {
			continue
		}
		o := p.now
		if p.want.namespace != "" {
			o = value.With(o, p.want.namespace, "metadata", "namespace")
		}
		if p.want.hashed {
			o = value.With(o, "true", "metadata", "annotations", krm.NeedsHash)
		}
		n, err := value.Document(o)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, yaml.NewRNode(n))
	}
	return all
}

// TestOperationsAreTheDifference: applied to one value they give the other.
func TestOperationsAreTheDifference(t *testing.T) {
	for _, s := range seeds.Of(t, 300, 5000) {
		r := newRandom(s)
		kind := pick(r, kinds...)
		base := replace(r.object(kind, "a", "a", "core", "MAIN"), nil)
		want := replace(r.mix(base, r.object(kind, "a", "a", "core", "MAIN"), 50), nil)
		copied := value.Copy(base)
		got := base
		for _, o := range operations("", base, want) {
			got = o.apply(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", s, diff)
		}
		if !value.Equal(copied, base) {
			t.Fatalf("seed %d: operations changed what they are applied to", s)
		}
	}
}

// found is what a form says of the difference between two sets of objects, and
// what it makes of them, once base is in the namespace.
func found(t *testing.T, find func(*tier, []pair) (form, error), base, want string) (form, []pair) {
	t.Helper()
	b, err := New(objects(t, base), "base")
	if err != nil {
		t.Fatal(err)
	}
	read, err := load(objects(t, want))
	if err != nil {
		t.Fatal(err)
	}
	tiers := b.tiers(read)
	if len(tiers) != 1 {
		t.Fatalf("%d tiers", len(tiers))
	}
	for _, tr := range tiers {
		pairs := tr.pairs
		for _, before := range []func(*tier, []pair) (form, error){findListed, findRemovals, findNamespace} {
			if reflect.ValueOf(before).Pointer() == reflect.ValueOf(find).Pointer() {
				break
			}
			f, err := before(tr, pairs)
			if err != nil {
				t.Fatal(err)
			}
			pairs = f.apply(pairs)
		}
		f, err := find(tr, pairs)
		if err != nil {
			t.Fatal(err)
		}
		return f, f.apply(pairs)
	}
	return nil, nil
}

// emitted is the kustomization of one form, without its head.
func emitted(t *testing.T, f form) string {
	t.Helper()
	s := &sheet{folder: newFolder("")}
	if err := f.emit(s); err != nil {
		t.Fatal(err)
	}
	if err := s.write(kustomization()); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(s.files[kustomizationFile]), "kind: Kustomization\n")
	return text
}

// now is what is at a path of what the object of a name is made of.
func now(pairs []pair, name string, path ...string) any {
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.want != nil && p.want.name == name })
	if i < 0 || pairs[i].now == nil {
		return nil
	}
	last := len(path) - 1
	return value.Map(pairs[i].now, path[:last]...)[path[last]]
}
