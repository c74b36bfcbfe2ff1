package tree

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMatches makes one change after a write each. What a write would have
// nothing to do about still matches.
func TestMatches(t *testing.T) {
	at := func(root, p string) string { return filepath.Join(root, filepath.FromSlash(p)) }
	write := func(p, text string) func(*testing.T, string) {
		return func(t *testing.T, root string) { put(t, root, files{p: text}) }
	}
	remove := func(p string) func(*testing.T, string) {
		return func(t *testing.T, root string) {
			if err := os.RemoveAll(at(root, p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	// linked moves a file or directory away and leaves a link to it.
	linked := func(p string) func(*testing.T, string) {
		return func(t *testing.T, root string) {
			away := filepath.Join(newRoot(t), "away")
			if err := os.Rename(at(root, p), away); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(away, at(root, p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, root string)
		want   bool
	}{
		{"nothing", func(*testing.T, string) {}, true},
		{"the same content", write("base/same", "s\n"), true},
		{"a file of one's own", write("base/go/mine", "mine"), false},
		{"a file of one's own beside the manifest", write("overlays/ci/Kustomization", "mine"), false},
		{"a directory of one's own", write("golden/old/mine/x", "mine"), false},
		{"a manifest further down", write("base/go/.whiskops", ""), false},
		{"an empty directory", write("base/go/empty/er/", ""), true},
		{"custom elsewhere", write("overlays/ci/core/custom/x", "mine"), false},
		{"a file beside the folders", write("overlays/beside", "mine"), false},
		{"a file that may be there", write("overlays/may", "mine"), true},
		{"a folder of one's own", write("golden/mine/x", "mine"), false},
		{"an empty folder of one's own", write("golden/mine/er/", ""), true},
		{"what is kept where nothing is generated", write("overlays/new/custom/x", "mine"), false},
		{"a custom folder", write("overlays/ci/custom/kustomization.yaml", "mine"), true},
		{"edited", write("base/same", "t\n"), false},
		{"edited deep down", write("base/go/deep/er", "t\n"), false},
		{"a space more", write("overlays/ci/k", "k\n "), false},
		{"empty", write("overlays/ci/k", ""), false},
		{"a file gone", remove("base/dir/x"), false},
		{"a directory gone", remove("base/dir"), false},
		{"a folder gone", remove("golden/old"), false},
		{"all gone", remove("."), false},
		{"a manifest gone", remove("golden/old/.whiskops"), false},
		{"a manifest emptied", write("golden/old/.whiskops", ""), false},
		{"a manifest from elsewhere", write("golden/old/.whiskops", manifestOf(files{"obj": "o2\n"})), false},
		{"a stale folder", write("golden/older/.whiskops", ""), false},
		{"a file linked", linked("base/same"), false},
		{"a directory linked", linked("base/go/deep"), false},
		{"a folder linked", linked("golden/old"), false},
		{"a parent linked", linked("golden"), false},
		{"a manifest linked", linked("golden/old/.whiskops"), false},
		{"a killed run", write(journalTemp, ""), false},
		{"a file where runs work", write(workDir, ""), false},
		{"a directory for a file", func(t *testing.T, root string) {
			remove("base/same")(t, root)
			put(t, root, files{"base/same/": ""})
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := start(t)
			tt.change(t, root)
			if got := Matches(root, Manifests(before.folders), before.parents); got != tt.want {
				t.Errorf("matches: %v, want %v", got, tt.want)
			}
		})
	}
}

// TestMatchesOtherFolders: what was not written, and what is not asked for any
// more, does not match.
func TestMatchesOtherFolders(t *testing.T) {
	root := start(t)
	all := Manifests(before.folders)
	for folder, sum := range all {
		if folder == "base" {
			continue // has no parent, so nobody knows that it is stale
		}
		delete(all, folder)
		if Matches(root, all, before.parents) {
			t.Errorf("matches without %s, which is stale", folder)
		}
		all[folder+"2"] = sum
		if Matches(root, all, before.parents) {
			t.Errorf("matches with %s2, which is missing", folder)
		}
		delete(all, folder+"2")
		all[folder] = sum
	}
	if !Matches(root, all, before.parents) {
		t.Error("no match in the end")
	}
}

// matches holds Matches to Check, after any turn of the game.
func (g *game) matches() {
	var folders []Folder
	for _, f := range g.last {
		if len(f.Files) > 0 {
			folders = append(folders, f)
		}
	}
	got := Matches(g.root, Manifests(folders), gameOptions.Parents)
	if _, err := os.Lstat(filepath.Join(g.root, workDir)); err == nil {
		if got {
			g.t.Error("matches beside the work of a killed run")
		}
		return
	}
	c, err := Check(g.root, folders, gameOptions)
	if err != nil {
		g.t.Error(err)
	}
	if got != (c.Unchanged() && len(c.Findings) == 0) {
		g.t.Errorf("matches %v, but check says %+v", got, c)
	}
	if got {
		g.seen.matched++
	}
}

// A folder is stated by its manifest alone, whatever became of its files.
func TestStated(t *testing.T) {
	root := newRoot(t)
	folders := []Folder{{Path: "base/a", Files: map[string][]byte{"x": []byte("x\n")}}}
	o := Options{Parents: []Parent{{Path: "base"}}}
	if _, err := Write(root, folders, o); err != nil {
		t.Fatal(err)
	}
	all := Manifests(folders)
	file := func(name string) string { return filepath.Join(root, "base", "a", name) }
	if err := os.WriteFile(file("x"), []byte("edited\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !Stated(root, all) || Holds(root, all, o.Parents) {
		t.Error("an edited file counts")
	}
	if Stated(root, map[string]string{"base/a": all["base/a"], "base/b": all["base/a"]}) {
		t.Error("a folder that is not there is stated")
	}
	if err := os.WriteFile(file(ManifestName), []byte("\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if Stated(root, all) {
		t.Error("another manifest is stated")
	}
}
