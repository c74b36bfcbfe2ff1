package verify_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/manifest"
	"github.com/whiskops/whiskops/internal/verify"
)

var update = flag.Bool("update", false, "rewrite what the cases of testdata/trees expect")

// A case of testdata/trees/<subject>.txtar is NAME.yaml, a set of objects as
// `whiskops verify -` reads it for Kubernetes 1.34, and the findings about it,
// NAME.txt.
func TestTrees(t *testing.T) {
	files, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			in, want := archive.Files[i], &archive.Files[i+1]
			t.Run(in.Name, func(t *testing.T) {
				var set manifest.Set
				found := set.Add(in.Name, in.Data)
				found = finding.Sort(append(found, verify.Check(verify.Set{
					Objects: set.Objects, Minor: 34, Open: true, At: set.At, Made: []verify.Made{{Labels: map[string]string{"user-action-pod": "true"}}},
				})...))
				var b bytes.Buffer
				if err := finding.WriteText(&b, found, finding.Options{Read: func(string) ([]byte, error) { return in.Data, nil }}); err != nil {
					t.Fatal(err)
				}
				for _, f := range found {
					seen[f.Code] = true
					if f.Line == 0 {
						t.Errorf("%v has no place", f)
					}
				}
				if *update {
					want.Data = b.Bytes()
				} else if diff := cmp.Diff(string(want.Data), b.String()); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, code := range strings.Fields("WO701 WO702 WO703 WO704 WO705 WO706 WO708 WO709 WO713") {
		if !seen[code] {
			t.Errorf("no case for %s", code)
		}
	}
}

// Whatever the objects are, there are findings with a place, and the same each time.
func FuzzCheck(f *testing.F) {
	files, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i := 0; i < len(archive.Files); i += 2 {
			f.Add(archive.Files[i].Data)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var set manifest.Set
		set.Add("f", text)
		s := verify.Set{Objects: set.Objects, Minor: 34, Secrets: map[string][]string{"a": nil}, At: set.At}
		found := verify.Check(s)
		for _, one := range found {
			if one.File != "f" || one.Line < 1 || one.Message == "" || one.Help == "" {
				t.Errorf("%+v", one)
			}
		}
		if diff := cmp.Diff(found, verify.Check(s)); diff != "" {
			t.Errorf("the second time it is otherwise:\n%s", diff)
		}
		for _, one := range verify.Custom(set.Objects, s, verify.Own{}) {
			if one.Code == "WO710" {
				t.Errorf("lost against itself: %v", one)
			}
		}
	})
}

// What Flux decrypts is no mistake.
func TestDecrypted(t *testing.T) {
	o := kustomize.Object{APIVersion: "v1", Kind: "Secret", Name: "mine", Namespace: "n", Value: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "mine", "namespace": "n"}, "sops": map[string]any{"version": "3.13.2"},
	}}
	for _, decrypted := range []bool{false, true} {
		found := verify.Check(verify.Set{Objects: []kustomize.Object{o}, Minor: 34, Decrypted: decrypted, At: func(kustomize.Object, []string, ...string) finding.Position { return finding.Position{} }})
		if (len(found) == 0) != decrypted {
			t.Errorf("decrypted %t: %v", decrypted, found)
		}
	}
}
