package kustomize

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// engineWords are in the engine's own texts, and in none of ours.
var engineWords = regexp.MustCompile(`accumulat|recursed|couldn't make|err='|\[no(Grp|Ns|Ver)\]|unmarshal|builtin|whiskops-repository|\\"|0x[0-9a-f]+|kustomize says`)

// TestCauses has a custom folder in each file that the engine refuses, and what is
// said of it. With -update the latter is rewritten.
func TestCauses(t *testing.T) {
	files, err := filepath.Glob("testdata/causes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			disk, want := fstest.MapFS{}, ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				disk["o/custom/"+f.Name] = &fstest.MapFile{Data: f.Data}
			}
			got := causeOf(t, disk)
			if engineWords.MatchString(got) {
				t.Errorf("the engine's own words are in: %s", got)
			}
			if *update {
				rewrite(t, file, archive, got)
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("cause (-want +got):\n%s", diff)
			}
		})
	}
}

// causeOf builds an overlay with a custom folder, and tells what is wrong with it.
func causeOf(t *testing.T, disk fstest.MapFS) string {
	list := "resources"
	if k := disk["o/custom/kustomization.yaml"]; strings.Contains(string(k.Data), "kind: Component") {
		list = "components"
	}
	ours := map[string][]byte{
		"o/kustomization.yaml":       []byte("resources: [nginx]\n" + list + ": [custom]\n"),
		"o/nginx/kustomization.yaml": []byte("resources: [d.yaml]\n"),
		"o/nginx/d.yaml":             []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: nginx, namespace: openwhisk}\nspec: {replicas: 1}\n"),
	}
	if list == "resources" {
		ours["o/kustomization.yaml"] = []byte("resources: [nginx, custom]\n")
	}
	_, err := Build(NewTree(ours).Over(disk, nil), "o")
	var cause *CauseError
	var reference *ReferenceError
	switch {
	case errors.As(err, &cause):
		return fmt.Sprintf("%v\n%s\n", cause, cause.Help)
	case errors.As(err, &reference):
		return fmt.Sprintf("%s:%d:%d: %s refers to %q: %v\n", reference.File, reference.Line, reference.Column, reference.Field, reference.Reference, plain(reference.Why))
	}
	t.Fatalf("error %v, want a cause", err)
	return ""
}

func rewrite(t *testing.T, file string, archive *txtar.Archive, want string) {
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	archive.Files = append(kept, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What the engine says that nobody foresaw is one line without its way through
// the folders, and the same in each run.
func TestUnforeseenCause(t *testing.T) {
	said := errors.New("kustomize build o: accumulating resources: accumulation err='accumulating resources from 'a': 'o/a' must resolve to a file': " +
		"something &{0x1bfa1c37f040 <nil>}\n  new")
	got := NewTree().Over(fstest.MapFS{}, nil).explain(said).Error()
	want := ":0:0: the folder does not build, and whiskops has no words of its own for the reason; kustomize says: something &{... <nil>} new"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A file that is no text in UTF-8, and one with a line feed in its name, are told
// as what they are.
func TestStrangeFiles(t *testing.T) {
	k := &fstest.MapFile{Data: []byte("resources: [\"x\\ny.yaml\"]\n")}
	for text, want := range map[string]string{
		"a: \xff\n": "o/custom/x\ny.yaml:0:0: the file is no text in UTF-8\nsave it as UTF-8\n",
		"a: [\n":    "o/custom/x\ny.yaml:1:1: the file is no YAML: a bracket or a quote is not closed, or a line is not indented as those around it\nlook at this line, and at the one before it\n",
	} {
		got := causeOf(t, fstest.MapFS{"o/custom/kustomization.yaml": k, "o/custom/x\ny.yaml": {Data: []byte(text)}})
		if got != want {
			t.Errorf("cause of %q: %q, want %q", text, got, want)
		}
	}
}

// An alias without an anchor is told where it is, since YAML's reader does not.
func TestAliasWithoutAnchor(t *testing.T) {
	for text, want := range map[string]string{
		"a: *b\n":                               "1:4",
		"a: 1\nb: [ä, *b]\n":                    "2:8",
		"# *b\na: x*b # *b\nc: *b\n":            "3:4",
		"a: &c 1\nd: *c\n---\nd: *b\n":          "4:4",
		"a: &bb 1\nc: *bb\nd: {e: *b, f: *b}\n": "3:8",
	} {
		got := NotYAML("x.yaml", []byte(text))
		if got == nil || fmt.Sprintf("%d:%d", got.Line, got.Column) != want {
			t.Errorf("%q: %+v, want %s", text, got, want)
			continue
		}
		if said := got.Message + "\n" + got.Help; said != "the file is no YAML: an alias has no anchor before it\nwrite &b before the value that is meant, above this line, or the value itself" {
			t.Error(said)
		}
	}
}

// FuzzCause: whatever is in a custom folder, what is said of it are errors of this
// package, with places in its files, and nothing breaks down.
func FuzzCause(f *testing.F) {
	files, _ := filepath.Glob("testdata/causes/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		texts := [2]string{"", "a: b\n"}
		for i, part := range archive.Files[:min(2, len(archive.Files))] {
			texts[i] = string(part.Data)
		}
		f.Add(texts[0], texts[1])
	}
	f.Fuzz(func(t *testing.T, kustomization, x string) {
		disk := fstest.MapFS{"o/custom/kustomization.yaml": {Data: []byte(kustomization)}, "o/custom/x.yaml": {Data: []byte(x)}}
		_, err := Build(NewTree(map[string][]byte{"o/kustomization.yaml": []byte("resources: [custom]\n")}).Over(disk, nil), "o")
		var bound *BoundError
		var cause *CauseError
		var reference *ReferenceError
		switch {
		case err == nil, errors.As(err, &bound), errors.As(err, &reference):
		case !errors.As(err, &cause):
			t.Errorf("error %v is of no kind that is known", err)
		case cause.Line > 0 && disk[cause.File] == nil:
			t.Errorf("%s is no file", cause.File)
		}
	})
}
