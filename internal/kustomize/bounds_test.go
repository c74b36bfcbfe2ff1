package kustomize

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// laugh is a YAML text of which each line is ten of the one before.
func laugh(lines int) string {
	text := "a0: &a0 [x]\n"
	for i := 1; i <= lines; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return text
}

func TestReadOwn(t *testing.T) {
	// An alias to this stands for half of what may be.
	half := "a: &a " + strings.Repeat("x", maxAliased/2-1) + "\n"
	for _, tt := range []struct{ name, text, want string }{
		{"size at", strings.Repeat("x", MaxFile), ""},
		{"size above", strings.Repeat("x", MaxFile+1), "custom/a.yaml:0:0: the file has more than 8 MiB"},
		{"aliases at", half + "b: *a\nc: *a\n", ""},
		{"aliases above", half + "b: *a\nc: *a\nd: *a\n", "custom/a.yaml:4:4: the aliases up to this one stand for more than 64 KiB"},
		{"aliases of aliases", laugh(30), "custom/a.yaml:6:10: the aliases up to this one stand for more than 64 KiB"},
		{"in the second document", "a: 1\n---\n" + laugh(30), "custom/a.yaml:8:10: the aliases up to this one stand for more than 64 KiB"},
		{"in a patch", "patches:\n- patch: |\n    " + strings.ReplaceAll(laugh(30), "\n", "\n    "), "custom/a.yaml:2:10: the aliases up to this one stand for more than 64 KiB"},
		{"an alias in itself", "a: &a [*a]\n", ""},
		{"no YAML", "&a *b: [\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := ReadOwn(fstest.MapFS{"a.yaml": {Data: []byte(tt.text)}}, "a.yaml", "custom/a.yaml")
			got := ""
			if bound := (*BoundError)(nil); errors.As(err, &bound) {
				got = bound.Error()
			} else if err != nil || string(text) != tt.text {
				t.Errorf("%d bytes, %v", len(text), err)
			}
			if got != tt.want {
				t.Errorf("error %q, want %q", got, tt.want)
			}
		})
	}
}

// What is too large is said of a resource and of a generator's file too, which
// only the engine reads.
func TestBuildIsBounded(t *testing.T) {
	for name, own := range map[string]fstest.MapFS{
		"kustomization": {"kustomization.yaml": {Data: []byte(laugh(30))}},
		"resource":      {"kustomization.yaml": {Data: []byte("resources: [r.yaml]\n")}, "r.yaml": {Data: []byte(laugh(30))}},
		"generator": {
			"kustomization.yaml": {Data: []byte("configMapGenerator:\n- {name: a, files: [big]}\n")},
			"big":                {Data: make([]byte, MaxFile+1)},
		},
		"patch": {
			"kustomization.yaml": {Data: []byte("patches:\n- path: p.yaml\n")},
			"p.yaml":             {Data: []byte(laugh(30))},
		},
	} {
		t.Run(name, func(t *testing.T) {
			repository := fstest.MapFS{}
			for name, file := range own {
				repository["o/custom/"+name] = file
			}
			tree := NewTree(map[string][]byte{"o/kustomization.yaml": []byte("resources: [custom]\n")}).Over(repository, nil)
			_, err := Build(tree, "o")
			if bound := (*BoundError)(nil); !errors.As(err, &bound) || !strings.HasPrefix(bound.File, "o/custom/") {
				t.Errorf("error %v, want a *BoundError", err)
			}
		})
	}
}
