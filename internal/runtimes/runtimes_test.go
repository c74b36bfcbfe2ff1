package runtimes_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// TestMistakes: what is said of each mistake, whole.
func TestMistakes(t *testing.T) {
	file := "testdata/mistakes.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out txtar.Archive
	for i := 0; i+1 < len(archive.Files); i += 2 {
		name := archive.Files[i].Name
		manifest, faults := runtimes.Parse(name, archive.Files[i].Data)
		var said strings.Builder
		for _, f := range faults {
			stops := map[bool]string{true: ", stops", false: ""}[f.Stops]
			if f.Hidden {
				stops += ", hidden"
			}
			fmt.Fprintf(&said, "%s:%d:%d: %s%s %s: %s\nhelp: %s\n", f.File, f.Line, f.Column, f.Severity, stops, f.Code, f.Said("."), f.Help)
		}
		if manifest != nil {
			fmt.Fprintf(&said, "taken\n")
		}
		if diff := cmp.Diff(string(archive.Files[i+1].Data), said.String()); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		out.Files = append(out.Files, archive.Files[i], txtar.File{Name: archive.Files[i+1].Name, Data: []byte(said.String())})
	}
	if *update {
		out.Comment = archive.Comment
		if err := os.WriteFile(file, txtar.Format(&out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLoad: a file is read below the root, up to a size, and nothing else is.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	at := finding.Finding{Position: finding.Position{File: "e.cue", Line: 3, Column: 4}, Path: "e.runtimes.manifest"}
	good := `{"runtimes": {"nodejs": [{"kind": "nodejs:20", "image": {"name": "n", "tag": "1"}}]}}`
	padded := func(size int) []byte { return []byte(good + strings.Repeat(" ", size-len(good))) }
	for name, text := range map[string][]byte{
		"m.json": []byte(good), "most.json": padded(runtimes.MaxSize), "more.json": padded(runtimes.MaxSize + 1), "bad.json": []byte("{\n}"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"in.json": "m.json", "out.json": "/etc/hostname", "gone.json": "nothing"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	const field = "e.cue:3:4: "
	for name, want := range map[string]string{
		"m.json": "", "in.json": "", "most.json": "",
		"more.json": field + "more.json cannot be read: it has more than 1024 KiB",
		"bad.json":  `repo/bad.json:1:1: the manifest has no "runtimes": there is no kind of action`,
		"none.json": field + "none.json cannot be read: no such file or directory",
		"gone.json": field + "gone.json cannot be read: no such file or directory",
		"out.json":  field + "out.json cannot be read: it is a symbolic link that leads out of the repository",
		"pipe":      field + "pipe cannot be read: it is no file",
		"m.json/x":  field + "m.json/x cannot be read: not a directory",
	} {
		manifest, found := runtimes.Load(root.FS(), "repo", name, at)
		got := ""
		for _, f := range found {
			got += fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
			if f.Code != runtimes.CodeFile || f.Path != at.Path {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if got != want || (manifest == nil) != (want != "") {
			t.Errorf("%s: %q, want %q; manifest %v", name, got, want, manifest)
		}
	}
	if _, found := runtimes.Load(nil, ".", "m.json", at); len(found) != 1 {
		t.Errorf("without a repository: %v", found)
	}
}

// TestNamed: an image is asked for as it was written.
func TestNamed(t *testing.T) {
	for repository, want := range map[string]string{
		"node":                              "library/node:1",
		"acme/node":                         "acme/node:1",
		"ghcr.io/node":                      "ghcr.io/node:1",
		"ghcr.io/acme/team/node":            "ghcr.io/acme/team/node:1",
		"localhost/node":                    "localhost/node:1",
		"registry:5000/acme/node":           "registry:5000/acme/node:1",
		"registry.example.com:5000/openwhi": "registry.example.com:5000/openwhi:1",
	} {
		i := runtimes.Named(repository, "1")
		if got := i.Reference(""); got != want {
			t.Errorf("%s: %s", repository, got)
		}
		with := "mirror.example.com/hub/" + want
		if i.Registry != nil {
			with = want
		}
		if got := i.Reference("mirror.example.com/hub/"); got != with {
			t.Errorf("%s in a mirror: %s, want %s", repository, got, with)
		}
	}
	none := ""
	if got := (runtimes.Image{Name: "n", Registry: &none, Prefix: "p"}).Reference("mirror"); got != "p/n" {
		t.Errorf("with an empty registry: %s", got)
	}
}

// TestDefault: at each number of kinds and of defaults.
func TestDefault(t *testing.T) {
	for _, tt := range []struct{ kinds, defaults int }{{1, 0}, {1, 1}, {2, 0}, {2, 1}, {2, 2}, {3, 0}, {3, 1}, {3, 3}} {
		var kinds []runtimes.Kind
		for i := range tt.kinds {
			kinds = append(kinds, runtimes.Kind{Kind: fmt.Sprintf("a:%d", i), Default: i < tt.defaults})
		}
		blamed, why := runtimes.Default("a", kinds)
		if wrong := tt.defaults > 1 || tt.defaults == 0 && tt.kinds > 1; wrong != (blamed != nil) || wrong != (why != "") {
			t.Errorf("%+v: %v %q", tt, blamed, why)
		}
	}
}

func FuzzParse(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/mistakes.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(file.Data)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		manifest, faults := runtimes.Parse("m.json", src)
		wrong := slices.ContainsFunc(faults, func(f runtimes.Fault) bool { return f.Severity == finding.Error })
		if wrong == (manifest != nil) {
			t.Fatalf("manifest %v with faults %v", manifest, faults)
		}
		lines := strings.Split(string(src), "\n")
		for _, f := range faults {
			if f.Line > len(lines) || f.Line > 0 && f.Column > len(lines[f.Line-1])+1 {
				t.Errorf("a fault at %d:%d of %d lines", f.Line, f.Column, len(lines))
			}
		}
		if manifest == nil {
			return
		}
		text, err := manifest.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, faults := runtimes.Parse("m.json", []byte(text))
		if again == nil {
			t.Fatalf("what was written is not read: %v\n%s", faults, text)
		}
		if twice, err := again.Text(); err != nil || twice != text {
			t.Errorf("written twice:\n%s\n%s", text, twice)
		}
		if !json.Valid([]byte(text)) {
			t.Error("no JSON")
		}
	})
}
