package environment

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/place"
)

// FuzzLoad gives bytes to the whole front: whatever they are, the result is
// environments or findings, and a finding stands in one of the files.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob(examples + "/*.cue")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range seeds {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	mistakes, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range mistakes {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if file.Name != "want" {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		const name = "dir/a.cue"
		envs, fs, err := LoadBytes("dir", map[string][]byte{name: src})
		if err != nil {
			t.Fatalf("an error for the user's bytes: %v", err)
		}
		if len(envs) == 0 && len(fs) == 0 {
			t.Fatal("neither environments nor findings")
		}
		for _, x := range fs {
			if x.Code == place.CodeNothing && x.File == "dir" {
				continue
			}
			if x.File != name || x.Line < 1 || x.Column < 1 {
				if x.Code == place.CodeSyntax || x.Code == place.CodeSize {
					continue // about the whole file
				}
				t.Fatalf("a finding without a place: %+v", x)
			}
			if x.Message == "" || x.Help == "" && x.Code != place.CodeConflict {
				t.Fatalf("a finding without words: %+v", x)
			}
		}
		for _, e := range envs {
			if e.Name == "" || e.Edge.Host == "" || e.Kafka.Heap == "" {
				t.Fatalf("an environment without its values: %+v", e)
			}
			e.Source.Position("kafka.external.bootstrap[0]")
		}
	})
}
