package tree

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Part of the folders is brought to what is asked, and nothing is said or done of
// whatever else is in the parents: other folders, stale ones, strangers.
func TestPartLeavesTheRestAlone(t *testing.T) {
	for _, some := range before.folders {
		root := start(t)
		put(t, root, files{"golden/stranger.yaml": "x\n", "overlays/other/k": "x\n", "overlays/stale/.whiskops": ""})
		for _, f := range before.folders {
			if f.Path != some.Path { // edited by hand
				for name := range f.Files {
					put(t, root, files{f.Path + "/" + name: "by hand\n"})
				}
			}
		}
		was := snapshot(t, root)
		changed := Folder{Path: some.Path, Files: maps.Clone(some.Files), Keep: some.Keep}
		changed.Files["new"] = []byte("new\n")
		o := before.options()
		o.Part = true

		c, err := Check(root, []Folder{changed}, o)
		if err != nil || len(c.Findings) != 1 || c.Findings[0].File != some.Path+"/new" {
			t.Errorf("%s: Check says %+v, %v", some.Path, c, err)
		}
		if c, err = Write(root, []Folder{changed}, o); err != nil || len(c.Findings) > 0 {
			t.Fatalf("%s: Write says %+v, %v", some.Path, c, err)
		}
		if diff := cmp.Diff([]string{some.Path + "/new"}, c.Created); diff != "" {
			t.Errorf("%s (-want +got):\n%s", some.Path, diff)
		}
		now := snapshot(t, root)
		for _, own := range []string{some.Path + "/new", some.Path + "/" + ManifestName} {
			if now[own] == "" {
				t.Errorf("%s is not there", own)
			}
			delete(was, own)
			delete(now, own)
		}
		same(t, some.Path+": the rest", was, now)
		if !Holds(root, Manifests([]Folder{changed}), before.parents) {
			t.Errorf("%s is not as it was written", some.Path)
		}
	}
}

// A part completes what a killed run of all left, as any run does.
func TestPartCompletesAKilledRun(t *testing.T) {
	root := start(t)
	for n := 1; ; n++ {
		if err := os.RemoveAll(filepath.Join(root, workDir)); err != nil {
			t.Fatal(err)
		}
		if err := child(t, "crash", root, n).Run(); err == nil {
			t.Fatal("no run left a journal")
		}
		if _, err := os.Lstat(filepath.Join(root, journalFile)); err == nil {
			break
		}
	}
	o := after.options()
	o.Part = true
	if err := mustWrite(root, after.folders[:1], o); err != nil {
		t.Fatal(err)
	}
	if c, err := Check(root, after.folders, after.options()); err != nil || !c.Unchanged() {
		t.Errorf("%+v, %v", c, err)
	}
}
