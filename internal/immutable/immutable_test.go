package immutable

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

var update = flag.Bool("update", false, "rewrite testdata/refusals.txt")

// corpus is what e2e/refused has a real API server judge.
const corpus = "../../e2e/refused/testdata/*.yaml"

// member of a family of objects, each of which may become each other.
type member struct {
	name   string
	object Object
}

func families(t *testing.T) [][]member {
	t.Helper()
	files, err := filepath.Glob(corpus)
	if err != nil || len(files) == 0 {
		t.Fatal("there is no corpus", err)
	}
	var all [][]member
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var read []struct {
			Object   map[string]any
			Variants map[string]map[string]any
		}
		if err := yaml.UnmarshalStrict(text, &read); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, f := range read {
			some := []member{{"plain", settled(t, f.Object)}}
			for _, name := range slices.Sorted(maps.Keys(f.Variants)) {
				var o any = value.CopyMap(f.Object)
				for _, path := range slices.Sorted(maps.Keys(f.Variants[name])) {
					o = put(o, strings.Split(path, "."), value.Copy(f.Variants[name][path]))
				}
				some = append(some, member{name, settled(t, o)})
			}
			all = append(all, some)
		}
	}
	return all
}

func settled(t *testing.T, o any) Object {
	t.Helper()
	v, err := value.Settle(value.Copy(o))
	if err != nil {
		t.Fatal(err)
	}
	return Of(v.(map[string]any))
}

// put is the one of e2e/refused.
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

// TestRefusals is the text of each refusal of the corpus's plain objects and variants.
func TestRefusals(t *testing.T) {
	var b strings.Builder
	texts := map[string]bool{}
	for _, some := range families(t) {
		for _, other := range some[1:] {
			for _, pair := range [][2]member{{some[0], other}, {other, some[0]}} {
				found := Refusals(pair[0].object, pair[1].object)
				if len(found) == 0 {
					continue
				}
				fmt.Fprintf(&b, "%s: %s -> %s\n", pair[0].object, pair[0].name, pair[1].name)
				for _, r := range found {
					fmt.Fprintf(&b, "  %s: %v -> %v\n", r.Field, r.Old, r.New)
					if text := r.Message + "\n    help: " + r.Help; !texts[text] {
						texts[text] = true
						fmt.Fprintf(&b, "    %s\n", text)
					}
				}
			}
		}
	}
	const file = "testdata/refusals.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEachRuleIsNeeded takes each rule away: something of the corpus must then be
// judged otherwise than the API server does.
func TestEachRuleIsNeeded(t *testing.T) {
	needed := map[string][]bool{}
	for _, some := range families(t) {
		kind := key(some[0].object.Group, some[0].object.Kind)
		r := table()[kind]
		if needed[kind] == nil {
			needed[kind] = make([]bool, len(r.rules))
		}
		for _, old := range some {
			for _, new := range some {
				for _, c := range changesOf(r, old.object.Value, new.object.Value) {
					decides := r.decides(c)
					if decides < 0 {
						continue
					}
					less := row{rules: slices.Delete(slices.Clone(r.rules), decides, decides+1)}
					next := less.decides(c)
					was, is := r.rules[decides], rule{may: true}
					if next >= 0 {
						is = less.rules[next]
					}
					needed[kind][decides] = needed[kind][decides] || was.may != is.may || was.message != is.message
				}
			}
		}
	}
	for kind, r := range table() {
		for i, of := range r.rules {
			if i >= len(needed[kind]) || !needed[kind][i] {
				t.Errorf("%s: nothing shows rule %d, %s", kind, i, of.field)
			}
		}
	}
}

func changesOf(r row, before, after map[string]any) []change {
	if r.applied != nil {
		before, after = r.applied(before, after)
	}
	var all []change
	for _, at := range r.differences(before, after) {
		all = append(all, change{at, before, after})
	}
	return all
}

// TestEachRowSaysItsSource, and each rule why it refuses and what to do.
func TestEachRowSaysItsSource(t *testing.T) {
	for kind, r := range table() {
		if r.source == "" {
			t.Errorf("%s has no source", kind)
		}
		for _, of := range r.rules {
			if of.may == (of.message != "" && of.help != "") {
				t.Errorf("%s: %s must say why and what to do, if it refuses: %q, %q", kind, of.field, of.message, of.help)
			}
		}
	}
}

// A name that is longer than Kubernetes takes is no name, and is not put in a command.
func TestWord(t *testing.T) {
	for _, n := range []int{mostWord - 1, mostWord, mostWord + 1} {
		text := strings.Repeat("a", n)
		if got := word(text, "NAME"); (got == text) != (n <= mostWord) {
			t.Errorf("%d characters: %q", n, got)
		}
	}
}
