package krmtest

import (
	"bytes"
	"embed"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
)

// foreign are manifests in the shapes in which others ship theirs, with what a decoder
// would change: comments, orders, styles, anchors, words and numbers of YAML 1.1.
//
//go:embed foreign/*.yaml
var foreign embed.FS

// Foreign runs a function with the configs testdata/foreign/*.yaml, which are several
// of one name, over workloads of others. Twice is once; whatever was before, a config
// makes what it makes by itself; one that means nothing leaves everything as kyaml reads
// and writes it; the order of the objects changes nothing in them; and objects that bear
// no record of the function are the same bytes.
//
// In at least as many of the shapes something has to change, else the test is of nothing.
func Foreign(t *testing.T, process krm.Function, changes int) {
	t.Helper()
	configs, err := filepath.Glob(filepath.Join("testdata", "foreign", "*.yaml"))
	if err != nil || len(configs) < 2 {
		t.Fatalf("%d configs in testdata/foreign: %v", len(configs), err)
	}
	files, err := foreign.ReadDir("foreign")
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for _, file := range files {
		text, err := foreign.ReadFile("foreign/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		plain := plainly(t, text)
		for _, one := range configs {
			config := named(read(t, ".", one))
			once, ok := output(t, process, config, text)
			if !ok {
				continue
			}
			if !bytes.Equal(once, plain) {
				changed[file.Name()] = true
			}
			same(t, file.Name()+" twice by "+one, once, must(t, process, config, once))
			untouched(t, file.Name()+" by "+one, plain, once)
			order(t, process, config, text, once)
			for _, two := range configs {
				other := named(read(t, ".", two))
				if alone, ok := output(t, process, other, text); ok {
					same(t, file.Name()+" by "+one+", then by "+two, alone, must(t, process, other, once))
				}
			}
		}
	}
	if len(changed) < changes {
		t.Errorf("only %d shapes were changed, wanted %d: %v", len(changed), changes, changed)
	}
}

// ForeignShapes are the texts by their file's name.
func ForeignShapes(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := foreign.ReadDir("foreign")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		if all[f.Name()], err = foreign.ReadFile("foreign/" + f.Name()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func must(t *testing.T, process krm.Function, config, input []byte) []byte {
	t.Helper()
	text, ok := output(t, process, config, input)
	if !ok {
		rl, _ := Read(config, input)
		t.Errorf("complains: %v", process(rl))
	}
	return text
}

func same(t *testing.T, what string, want, got []byte) {
	t.Helper()
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// plainly is what kyaml makes of a text.
func plainly(t *testing.T, text []byte) []byte {
	t.Helper()
	rl, err := Read(nil, text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(Print(rl))
}

// untouched objects are those that have no record.
func untouched(t *testing.T, what string, before, after []byte) {
	t.Helper()
	was := strings.Split(string(before), "---\n")
	for _, doc := range strings.Split(string(after), "---\n") {
		if !strings.Contains(doc, krm.AppliedAnnotation) && !slices.Contains(was, doc) {
			t.Errorf("%s: without a record, but changed:\n%s", what, doc)
		}
	}
}

// order of the objects changes where they are, and nothing else.
func order(t *testing.T, process krm.Function, config, text, once []byte) {
	t.Helper()
	docs := strings.Split(string(text), "---\n")
	for i, d := range docs { // of which the last needs no end
		docs[i] = strings.TrimSuffix(d, "\n") + "\n"
	}
	slices.Reverse(docs)
	turned := must(t, process, config, []byte(strings.Join(docs, "---\n")))
	sorted := func(text []byte) []string { return slices.Sorted(slices.Values(strings.Split(string(text), "---\n"))) }
	if diff := cmp.Diff(sorted(once), sorted(turned)); diff != "" {
		t.Errorf("objects in another order (-want +got):\n%s", diff)
	}
}
