package manifest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/whiskops/whiskops/internal/finding"
)

func object(i int) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n", i)
}

func TestSize(t *testing.T) {
	comment := func(size int) []byte {
		return append([]byte(object(1)+"#"), bytes.Repeat([]byte("x"), size-len(object(1))-1)...)
	}
	for size, fine := range map[int]bool{Most: true, Most + 1: false} {
		var s Set
		found := s.Add("-", comment(size))
		if (len(found) == 0) != fine || (len(s.Objects) == 1) != fine {
			t.Errorf("%d bytes: %v, %d objects", size, found, len(s.Objects))
		}
	}
	// Of all texts together.
	var s Set
	s.Add("a", comment(Most-len(object(2))+1))
	if found := s.Add("b", []byte(object(2))); len(found) != 1 || !strings.Contains(found[0].Message, "more than 32 MiB") {
		t.Errorf("%v", found)
	}
	if found := s.Add("c", []byte("no object")); found != nil {
		t.Errorf("what is full reads on: %v", found)
	}
}

func TestObjects(t *testing.T) {
	for n, fine := range map[int]bool{MostObjects: true, MostObjects + 1: false} {
		var b strings.Builder
		b.WriteString("apiVersion: v1\nkind: List\nitems:\n")
		for i := range n {
			fmt.Fprintf(&b, "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}}\n", i)
		}
		var s Set
		if found := s.Add("-", []byte(b.String())); (len(found) == 0) != fine {
			t.Errorf("%d objects: %v", n, found)
		}
	}
}

func TestDocuments(t *testing.T) {
	text := "--- # first\n" + object(1) + "---\n# nothing\n---\n\n--- \n" + object(2) + "data:\n  text: |\n    --- no separator\n    one\n    two words\n---"
	var s Set
	if found := s.Add("f", []byte(text)); found != nil || len(s.Objects) != 2 {
		t.Fatal(found, s.Objects)
	}
	for _, tt := range []struct {
		o    int
		path []string
		word string
		want finding.Position
	}{
		{0, []string{"metadata", "name"}, "", finding.Position{File: "f", Line: 4, Column: 18}},
		{1, []string{"metadata", "name"}, "", finding.Position{File: "f", Line: 12, Column: 18}},
		{1, []string{"metadata", "labels", "a"}, "", finding.Position{File: "f", Line: 12, Column: 11}},
		{1, []string{"data", "text"}, "words", finding.Position{File: "f", Line: 17, Column: 9}},
		{1, []string{"data", "text"}, "none", finding.Position{File: "f", Line: 14, Column: 9}},
		{1, nil, "", finding.Position{File: "f", Line: 10, Column: 1}},
	} {
		if got := s.At(s.Objects[tt.o], tt.path, tt.word); got != tt.want {
			t.Errorf("%d %v %q: %v, want %v", tt.o, tt.path, tt.word, got, tt.want)
		}
	}
}

func TestFolder(t *testing.T) {
	files := fstest.MapFS{
		"in/a.yaml":             {Data: []byte(object(1))},
		"in/deep/b.json":        {Data: []byte(`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c2"}}`)},
		"in/.hidden/c.yaml":     {Data: []byte("no object")},
		"in/README.md":          {Data: []byte("no object")},
		"in/kustomization.yaml": {Data: []byte("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: k}\n")},
		"out/d.yaml":            {Data: []byte("no object")},
	}
	var s Set
	found, err := s.Folder(files, "in", func(name string) string { return "/" + name })
	if err != nil || found != nil || len(s.Objects) != 2 {
		t.Errorf("%v %v %v", err, found, s.Objects)
	}
	if p := s.At(s.Objects[1], []string{"kind"}); p.File != "/in/deep/b.json" {
		t.Errorf("stands at %v", p)
	}
}

// Whatever the bytes are, they are objects or findings with a place, and each
// object stands somewhere.
func FuzzAdd(f *testing.F) {
	f.Add([]byte(object(1) + "---\n" + object(2)))
	f.Add([]byte("a: &a [*a]\n---\nkind: List\napiVersion: v1\nitems: [1, {}, {apiVersion: a, kind: b, metadata: {name: c}}]\n"))
	f.Add([]byte("---\n--- {apiVersion: a, kind: b, metadata: {name: c}}\n? a\n: b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Set
		for _, found := range s.Add("f", text) {
			if found.File != "f" || found.Line < 0 || found.Message == "" {
				t.Errorf("%+v", found)
			}
		}
		for _, o := range s.Objects {
			if p := s.At(o, []string{"metadata", "name"}, "a"); p.Line < 1 || p.Line > 1+bytes.Count(text, []byte("\n")) {
				t.Errorf("%v stands at %v", o, p)
			}
		}
	})
}
