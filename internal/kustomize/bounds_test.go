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

// nested is so many lists in each other.
func nested(deep int) string { return strings.Repeat("[", deep) + strings.Repeat("]", deep) }

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
		{"in a patch", "patches:\n- patch: |\n    " + strings.ReplaceAll(laugh(30), "\n", "\n    "), "custom/a.yaml:2:10: in this text, the aliases up to this one stand for more than 64 KiB"},
		{"in a patch of one line", "patches:\n- patch: '{" + strings.TrimSuffix(strings.ReplaceAll(laugh(30), "\n", ", "), ", ") + "}'\n",
			"custom/a.yaml:2:10: in this text, the aliases up to this one stand for more than 64 KiB"},
		{"in a patch in JSON", `{"patches": [{"patch": "{a: &a [*a]}"}]}`,
			"custom/a.yaml:1:24: in this text, the alias *a stands for a value that it is itself in, which has no end"},
		{"behind what is no YAML as a whole", "a: 1\n...\nb: [\n---\n" + laugh(30), "custom/a.yaml:10:10: the aliases up to this one stand for more than 64 KiB"},
		{"an alias in itself", "a: &a [*a]\n", "custom/a.yaml:1:8: the alias *a stands for a value that it is itself in, which has no end"},
		{"a merge of itself", "a: &a\n  b: c\n  <<: *a\n", "custom/a.yaml:3:7: the alias *a stands for a value that it is itself in, which has no end"},
		{"nested at", nested(maxNested), ""},
		{"nested above", nested(maxNested + 1), "custom/a.yaml:1:201: lists and mappings are nested more than 200 deep"},
		{"mappings in JSON", strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), "custom/a.yaml:1:1001: lists and mappings are nested more than 200 deep"},
		{"lists by their indents", strings.Repeat("- ", 201) + "a\n", "custom/a.yaml:1:401: lists and mappings are nested more than 200 deep"},
		{"nested in a patch of one line", "patches:\n- patch: '" + nested(201) + "'\n", "custom/a.yaml:2:10: in this text, lists and mappings are nested more than 200 deep"},
		{"nested by aliases at", "a: &a " + nested(150) + "\nb: " + strings.Repeat("[", 49) + "*a" + strings.Repeat("]", 49) + "\n", ""},
		{"nested by aliases above", "a: &a " + nested(150) + "\nb: " + strings.Repeat("[", 50) + "*a" + strings.Repeat("]", 50) + "\n",
			"custom/a.yaml:2:54: with what this alias stands for, lists and mappings are nested more than 200 deep"},
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

// However nesting is written, none that is too deep escapes the quick look.
func TestNestingInAllStyles(t *testing.T) {
	// Each writes so many levels of its style.
	styles := map[string]func(levels int) string{
		"lists in a line":   func(n int) string { return strings.Repeat("- ", n) + "x\n" },
		"keys in a line":    func(n int) string { return strings.Repeat("? ", n) + "x\n" },
		"lists in brackets": nested,
		"lists by one space": func(n int) (text string) {
			for i := range n {
				text += strings.Repeat(" ", i) + "-\n"
			}
			return text
		},
		"mappings by one space": func(n int) (text string) {
			for i := range n {
				text += strings.Repeat(" ", i) + "a:\n"
			}
			return text
		},
		"lists below their fields": func(n int) (text string) {
			for i := range n {
				text += strings.Repeat(" ", i/2) + []string{"a:\n", "-\n"}[i%2]
			}
			return text
		},
		"brackets at the end": func(n int) (text string) {
			for i := range n / 2 {
				text += strings.Repeat(" ", i) + "a:\n"
			}
			return text + strings.Repeat(" ", n/2) + nested(n-n/2) + "\n"
		},
		"brackets in strings": func(n int) string {
			return strings.Repeat(`["]", `, n) + strings.Repeat("]", n)
		},
		"with ends of lines of another system": func(n int) (text string) {
			for i := range n {
				text += strings.Repeat(" ", i) + "a:\r\n"
			}
			return text
		},
	}
	for name, style := range styles {
		if e := excessive([]byte(style(maxNested))); e != nil {
			t.Errorf("%s, at the bound: %s", name, e.message)
		}
		if excessive([]byte(style(maxNested+1))) == nil {
			t.Errorf("%s, above the bound: nothing is found", name)
		}
	}
}

// A text that is one long scalar is itself a text within it, and is read an end of
// times: it was not, and took all memory.
func TestExcessOfItself(t *testing.T) {
	for _, text := range []string{"a:." + strings.Repeat("[", 300), "x" + strings.Repeat("[", 300) + "\n", `"` + strings.Repeat(`\L[`, 300) + `"`} {
		if e := Excess("f", []byte(text)); e != nil {
			t.Errorf("%.20s: %v", text, e)
		}
	}
	if e := Excess("f", []byte("a: |\n  b: "+strings.Repeat("[", 300)+strings.Repeat("]", 300)+"\n")); e == nil {
		t.Error("a text within a text is nested too deep, and passes")
	}
}
