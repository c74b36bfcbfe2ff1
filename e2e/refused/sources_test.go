package refused

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// environmentPair is a random environment before and after a change of its file.
type environmentPair struct {
	Seed     int
	Old, New []*objects.Object
}

var made []environmentPair

// random makes pairs of environments, as internal/render's tests do.
func random(t *testing.T) []environmentPair {
	t.Helper()
	if made != nil {
		return made
	}
	cases := "40"
	switch {
	case testing.Short():
		cases = "5"
	case os.Getenv("E2E_FULL") != "":
		cases = "250"
	}
	file := filepath.Join(t.TempDir(), "pairs.jsonl")
	if out, err := exec.Command("go", "-C", "../..", "test", "./internal/render", "-run", "^TestPairs$", "-count=1",
		"-args", "-pairs", file, "-cases", cases).CombinedOutput(); err != nil {
		t.Fatalf("make random environments: %v\n%s", err, out)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for d := json.NewDecoder(in); d.More(); {
		var raw struct {
			Seed     int
			Old, New []json.RawMessage
		}
		if err := d.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		made = append(made, environmentPair{raw.Seed, decode(t, raw.Old), decode(t, raw.New)})
	}
	return made
}

func decode(t *testing.T, raw []json.RawMessage) []*objects.Object {
	t.Helper()
	var all []*objects.Object
	for _, text := range raw {
		o := &objects.Object{}
		if err := o.UnmarshalJSON(text); err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

// environments are the objects that both states of an environment have, and that
// differ.
func environments(t *testing.T) []group {
	var groups []group
	for _, p := range random(t) {
		at := map[string]*objects.Object{}
		for _, o := range p.New {
			at[o.GetAPIVersion()+objects.Ref(o)] = o
		}
		for _, o := range p.Old {
			if after := at[o.GetAPIVersion()+objects.Ref(o)]; after != nil && !reflect.DeepEqual(o, after) {
				groups = append(groups, group{name: objects.Ref(o), old: o, news: []change{{"the next state", after}}})
			}
		}
	}
	return groups
}

// family is an object of testdata, and what becomes of it.
type family struct {
	Object map[string]any
	// Variants by their names: fields by their paths, null where one is left out.
	Variants map[string]map[string]any
}

// variants of objects in testdata, of which each is made of each other, and each field
// of each is changed.
func variants(t *testing.T) []group {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no variants", err)
	}
	var all []*objects.Object
	var groups []group
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var families []family
		if err := yaml.UnmarshalStrict(text, &families); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for _, family := range families {
			some := family.members()
			for i, old := range some {
				g := group{name: old.name, old: old.new}
				g.news = slices.Delete(slices.Clone(some), i, i+1)
				if testing.Short() && i > 0 { // there and back is enough
					g.news = some[:1]
				}
				groups = append(groups, g)
				all = append(all, old.new)
			}
		}
	}
	if testing.Short() {
		return groups
	}
	return append(groups, changes(all)...)
}

// members are the object and its variants.
func (f family) members() []change {
	plain := &objects.Object{Object: f.Object}
	all := []change{{objects.Ref(plain), plain}}
	for _, name := range slices.Sorted(maps.Keys(f.Variants)) {
		o := plain.DeepCopy()
		for _, path := range slices.Sorted(maps.Keys(f.Variants[name])) {
			put(o.Object, strings.Split(path, "."), f.Variants[name][path])
		}
		all = append(all, change{objects.Ref(plain) + ", " + name, o})
	}
	return all
}

// put sets a field, and makes what it is in; nil takes it out. The number behind the
// last of a list adds to it.
func put(in any, path []string, v any) any {
	switch at := in.(type) {
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil {
			panic(err)
		}
		switch {
		case i == len(at):
			return append(at, v)
		case len(path) == 1:
			at[i] = v
		default:
			at[i] = put(at[i], path[1:], v)
		}
		return at
	case map[string]any:
		switch {
		case len(path) > 1:
			at[path[0]] = put(at[path[0]], path[1:], v)
		case v == nil:
			delete(at, path[0])
		default:
			at[path[0]] = v
		}
		return at
	default:
		return put(map[string]any{}, path, v)
	}
}
