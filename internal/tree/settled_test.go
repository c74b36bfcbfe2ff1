package tree

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// byManifest are folders as a run knows them that did not make their files, but
// for those that it made.
func byManifest(folders []Folder, made ...Folder) []Folder {
	hashes := Manifests(folders)
	all := made
	for _, f := range folders {
		given := false
		for _, m := range made {
			given = given || m.Path == f.Path
		}
		if !given {
			all = append(all, Folder{Path: f.Path, Keep: f.Keep, Manifest: hashes[f.Path]})
		}
	}
	return all
}

// Folders that are known by their manifests are left alone, and are not stale.
func TestWriteBesideFoldersThatAreThere(t *testing.T) {
	root := start(t)
	o := Options{Parents: before.parents}
	c, err := Write(root, byManifest(before.folders), o)
	if err != nil || !c.Unchanged() {
		t.Fatalf("nothing to do: %+v, %v", c, err)
	}
	changed := folder("overlays/ci", files{"k": "other\n"}, "custom")
	folders := byManifest(before.folders, changed)
	if c, err = Write(root, folders, o); err != nil || len(c.Deleted) > 0 || len(c.Findings) > 0 || len(c.Updated) == 0 {
		t.Fatalf("one folder changes: %+v, %v", c, err)
	}
	if !Matches(root, Manifests(folders), before.parents) {
		t.Error("the disk is not as the manifests say")
	}
}

// One that changed meanwhile stops the run before it writes anything.
func TestWriteSeesThatAFolderChanged(t *testing.T) {
	for _, f := range before.folders {
		root := start(t)
		for name := range f.Files {
			if err := os.WriteFile(filepath.Join(root, f.Path, name), []byte("by hand\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			break
		}
		folders := append(byManifest(before.folders), folder("golden/new", files{"x": "x\n"}))
		if _, err := Write(root, folders, Options{Parents: before.parents, Force: true}); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %v, want ErrChanged", f.Path, err)
		}
		if _, err := os.Lstat(filepath.Join(root, "golden/new")); !os.IsNotExist(err) {
			t.Errorf("%s: something was written", f.Path)
		}
	}
}

func TestFolderHasFilesOrManifest(t *testing.T) {
	sum := hash(nil)
	for name, f := range map[string]Folder{
		"both":    {Path: "base", Files: map[string][]byte{"a": nil}, Manifest: sum},
		"no hash": {Path: "base", Manifest: "x"},
		"short":   {Path: "base", Manifest: sum[1:]},
	} {
		if _, err := Write(t.TempDir(), []Folder{f}, Options{}); err == nil || errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}
