package tree

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/whiskops/whiskops/internal/finding"
)

func manifestOf(content files) string {
	return string(formatManifest(folder("x", content).Files))
}

// TestRules starts each case from an empty root: old is written by Write, then
// disk is put by a person ("" in gone removes), then asked is written.
func TestRules(t *testing.T) {
	parents := []Parent{{Path: "base"}, {Path: "overlays", Keep: []string{"custom"}, Beside: []string{"may"}}}
	tests := []struct {
		name    string
		old     []Folder
		disk    files
		gone    []string
		asked   []Folder
		force   bool
		want    Changes // findings: only code and file are compared
		tree    files   // nil: as before the write
		notices []string
	}{{
		name:  "fresh",
		asked: []Folder{folder("base", files{"a": "1", "d/b": "2"})},
		want:  Changes{Created: []string{"base/.whiskops", "base/a", "base/d/b"}},
		tree:  files{"base/a": "1", "base/d/b": "2", "base/.whiskops": manifestOf(files{"a": "1", "d/b": "2"})},
	}, {
		name:  "update, create and delete",
		old:   []Folder{folder("base", files{"a": "1", "d/b": "2"})},
		asked: []Folder{folder("base", files{"a": "3", "c": "4"})},
		want: Changes{Created: []string{"base/c"}, Updated: []string{"base/.whiskops", "base/a"},
			Deleted: []string{"base/d/b"}},
		tree: files{"base/a": "3", "base/c": "4", "base/.whiskops": manifestOf(files{"a": "3", "c": "4"})},
	}, {
		name:  "a folder becomes a parent",
		old:   []Folder{folder("overlays", files{"a/x": "1", "b/y": "2"})},
		asked: []Folder{folder("overlays/a", files{"x": "1", "z": "4"})},
		want:  Changes{Created: []string{"overlays/a/.whiskops", "overlays/a/z"}, Deleted: []string{"overlays/.whiskops", "overlays/b/y"}},
		tree:  files{"overlays/a/x": "1", "overlays/a/z": "4", "overlays/a/.whiskops": manifestOf(files{"x": "1", "z": "4"})},
	}, {
		name:  "a folder becomes a parent, with a file of the user",
		old:   []Folder{folder("overlays", files{"a/x": "1", "b/y": "2"})},
		disk:  files{"overlays/b/mine": "3", "overlays/custom/mine": "4"},
		asked: []Folder{folder("overlays/a", files{"x": "1", "z": "4"})},
		want:  complaints(codeStranger, "overlays/b/mine"),
	}, {
		name:  "a missing generated file comes back",
		old:   []Folder{folder("base", files{"a": "1", "b": "2"})},
		gone:  []string{"base/a"},
		asked: []Folder{folder("base", files{"a": "1", "b": "2"})},
		want:  Changes{Created: []string{"base/a"}},
		tree:  files{"base/a": "1", "base/b": "2", "base/.whiskops": manifestOf(files{"a": "1", "b": "2"})},
	}, {
		name:  "edited by hand",
		old:   []Folder{folder("base", files{"a": "1", "b": "2"})},
		disk:  files{"base/a": "mine"},
		asked: []Folder{folder("base", files{"a": "1", "b": "3"})},
		want:  complaints(codeEdited, "base/a"),
	}, {
		name:    "edited by hand, by force",
		old:     []Folder{folder("base", files{"a": "1"})},
		disk:    files{"base/a": "mine"},
		asked:   []Folder{folder("base", files{"a": "1"})},
		force:   true,
		want:    Changes{Updated: []string{"base/a"}},
		tree:    files{"base/a": "1", "base/.whiskops": manifestOf(files{"a": "1"})},
		notices: []string{"overwritten by force: base/a"},
	}, {
		name:  "edited by hand to what is asked now",
		old:   []Folder{folder("base", files{"a": "1"})},
		disk:  files{"base/a": "2"},
		asked: []Folder{folder("base", files{"a": "2"})},
		want:  Changes{Updated: []string{"base/.whiskops"}},
		tree:  files{"base/a": "2", "base/.whiskops": manifestOf(files{"a": "2"})},
	}, {
		name:  "a stale file edited by hand",
		old:   []Folder{folder("base", files{"a": "1", "b": "2"})},
		disk:  files{"base/b": "mine"},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  complaints(codeEdited, "base/b"),
	}, {
		name:    "a stale file edited by hand, by force",
		old:     []Folder{folder("base", files{"a": "1", "b": "2"})},
		disk:    files{"base/b": "mine"},
		asked:   []Folder{folder("base", files{"a": "1"})},
		force:   true,
		want:    Changes{Updated: []string{"base/.whiskops"}, Deleted: []string{"base/b"}},
		tree:    files{"base/a": "1", "base/.whiskops": manifestOf(files{"a": "1"})},
		notices: []string{"deleted by force: base/b"},
	}, {
		name:  "a file of the user in the way",
		disk:  files{"base/a": "mine"},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  complaints(codeForeign, "base/a"),
	}, {
		name:    "a file of the user in the way, by force",
		disk:    files{"base/a": "mine"},
		asked:   []Folder{folder("base", files{"a": "1"})},
		force:   true,
		want:    Changes{Created: []string{"base/.whiskops"}, Updated: []string{"base/a"}},
		tree:    files{"base/a": "1", "base/.whiskops": manifestOf(files{"a": "1"})},
		notices: []string{"overwritten by force: base/a"},
	}, {
		name:  "equal files without a manifest are adopted",
		disk:  files{"base/a": "1"},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  Changes{Created: []string{"base/.whiskops"}},
		tree:  files{"base/a": "1", "base/.whiskops": manifestOf(files{"a": "1"})},
	}, {
		name:  "a directory of the user in the way, even by force",
		disk:  files{"base/a/mine": "mine"},
		asked: []Folder{folder("base", files{"a": "1"})},
		force: true,
		want:  complaints(codeForeign, "base/a"),
	}, {
		name:  "a file of the user where a directory must be, even by force",
		disk:  files{"base/a": "mine"},
		asked: []Folder{folder("base", files{"a/b": "1"})},
		force: true,
		want:  complaints(codeForeign, "base/a"),
	}, {
		name:  "a file of the user where the folder must be",
		disk:  files{"base": "mine"},
		asked: []Folder{folder("base", files{"a/b": "1"})},
		want:  complaints(codeForeign, "base"),
	}, {
		name:  "a directory where the manifest must be",
		disk:  files{"base/.whiskops/x": "mine"},
		asked: []Folder{folder("base", files{"a/b": "1"})},
		want:  complaints(codeForeign, "base/.whiskops"),
	}, {
		name:  "a file becomes a directory, a directory a file",
		old:   []Folder{folder("base", files{"a": "1", "d/e/f": "2"})},
		disk:  files{"base/d/empty/": ""},
		asked: []Folder{folder("base", files{"a/b": "1", "d": "2"})},
		want: Changes{Created: []string{"base/a/b", "base/d"}, Updated: []string{"base/.whiskops"},
			Deleted: []string{"base/a", "base/d/e/f"}},
		tree: files{"base/a/b": "1", "base/d": "2", "base/.whiskops": manifestOf(files{"a/b": "1", "d": "2"})},
	}, {
		name:  "a directory with a user's file does not become a file",
		old:   []Folder{folder("base", files{"d/e/f": "2"})},
		disk:  files{"base/d/e/mine": "mine"},
		asked: []Folder{folder("base", files{"d": "2"})},
		want:  complaints(codeForeign, "base/d"),
	}, {
		name:  "emptied directories go",
		old:   []Folder{folder("base", files{"a": "1", "d/e/f": "2", "g/h/i": "3"})},
		disk:  files{"base/g/empty/": ""},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  Changes{Updated: []string{"base/.whiskops"}, Deleted: []string{"base/d/e/f", "base/g/h/i"}},
		tree:  files{"base/a": "1", "base/g/empty/": "", "base/.whiskops": manifestOf(files{"a": "1"})},
	}, {
		name:  "what nobody generates",
		old:   []Folder{folder("base", files{"a": "1", "d/e": "2", "old/f": "3"})},
		disk:  files{"base/kustomization.yml": "mine", "base/d/.e.swp": "mine", "base/old/g": "mine", "base/my/deep/dir/f": "mine", "base/empty/": ""},
		asked: []Folder{folder("base", files{"a": "1", "d/e": "2"})},
		want:  complaints(codeStranger, "base/d/.e.swp", "base/kustomization.yml", "base/my", "base/old/g"),
	}, {
		name:  "what nobody generates, by force",
		old:   []Folder{folder("base", files{"a": "1", "d/e": "2", "old/f": "3"})},
		disk:  files{"base/kustomization.yml": "mine", "base/d/.e.swp": "mine", "base/old/g": "mine", "base/empty/": ""},
		asked: []Folder{folder("base", files{"a": "1", "d/e": "2"})},
		force: true,
		want:  Changes{Updated: []string{"base/.whiskops"}, Deleted: []string{"base/d/.e.swp", "base/kustomization.yml", "base/old/f", "base/old/g"}},
		tree: files{"base/a": "1", "base/d/e": "2", "base/empty/": "",
			"base/.whiskops": manifestOf(files{"a": "1", "d/e": "2"})},
		notices: []string{"deleted by force: base/kustomization.yml", "deleted by force: base/d/.e.swp", "deleted by force: base/old/g"},
	}, {
		name:  "a directory that nobody generates, even by force",
		old:   []Folder{folder("base", files{"a": "1", "b": "2"})},
		disk:  files{"base/my/f": "mine", "base/notes": "mine"},
		asked: []Folder{folder("base", files{"a": "1", "b": "2"})},
		force: true,
		want:  complaints(codeStranger, "base/my"),
	}, {
		name:  "a directory for a stale file",
		old:   []Folder{folder("base", files{"a": "1", "b": "2"})},
		gone:  []string{"base/b"},
		disk:  files{"base/c/f": "mine"},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  complaints(codeStranger, "base/c"),
	}, {
		name:  "what is kept, and what is beside",
		old:   []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
		disk:  files{"overlays/a/custom/deep/f": "mine", "notes": "mine", "team/kustomization.yaml": "mine", "overlays/may": "mine", "overlays/empty/er/": ""},
		asked: []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
	}, {
		name: "what nobody generates in a parent",
		old:  []Folder{folder("overlays/a", files{"k": "1"}, "custom"), folder("base/2", files{"k": "1"})},
		disk: files{"overlays/a/k2/custom/x": "mine", "overlays/notes": "mine", "overlays/team/kustomization.yaml": "mine",
			"overlays/gone/custom/x": "mine", "overlays/gone/edge/Kustomization": "mine", "overlays/may/x": "mine", "overlays/custom/x": "mine"},
		asked: []Folder{folder("overlays/a", files{"k": "1"}, "custom"), folder("base/2", files{"k": "1"})},
		want: Changes{Findings: slices.Concat(complaints(codeStranger, "overlays/a/k2", "overlays/custom").Findings,
			complaints(codeRemainder, "overlays/gone/custom").Findings,
			complaints(codeStranger, "overlays/gone/edge", "overlays/may", "overlays/notes", "overlays/team").Findings)},
	}, {
		name:    "what nobody generates in a parent, by force",
		old:     []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
		disk:    files{"overlays/notes": "mine", "overlays/may": "mine"},
		asked:   []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
		force:   true,
		want:    Changes{Deleted: []string{"overlays/notes"}},
		tree:    files{"overlays/a/k": "1", "overlays/a/.whiskops": manifestOf(files{"k": "1"}), "overlays/may": "mine"},
		notices: []string{"deleted by force: overlays/notes"},
	}, {
		name:  "a folder of the user in a parent, even by force",
		old:   []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
		disk:  files{"overlays/team/notes": "mine"},
		asked: []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
		force: true,
		want:  complaints(codeStranger, "overlays/team"),
	}, {
		name:  "a stale folder with a file of the user",
		old:   []Folder{folder("overlays/a", files{"k": "1"}), folder("overlays/b", files{"k": "1"})},
		disk:  files{"overlays/b/notes": "mine"},
		asked: []Folder{folder("overlays/a", files{"k": "1"})},
		want:  complaints(codeStranger, "overlays/b/notes"),
	}, {
		name:  "as many files that nobody generates as force deletes",
		old:   []Folder{folder("base", files{"a": "1"})},
		disk:  numberedFiles("base/", mostNamed),
		asked: []Folder{folder("base", files{"a": "1"})},
		force: true,
		want:  Changes{Deleted: slices.Sorted(maps.Keys(numberedFiles("base/", mostNamed)))},
		tree:  files{"base/a": "1", "base/.whiskops": manifestOf(files{"a": "1"})},
		notices: func() (all []string) {
			for _, name := range slices.Sorted(maps.Keys(numberedFiles("base/", mostNamed))) {
				all = append(all, "deleted by force: "+name)
			}
			return all
		}(),
	}, {
		name:  "more of them, even by force",
		old:   []Folder{folder("base", files{"a": "1"})},
		disk:  numberedFiles("base/", mostNamed+1),
		asked: []Folder{folder("base", files{"a": "1"})},
		force: true,
		want: complaints(codeStranger, slices.Concat([]string{"base"},
			slices.Sorted(maps.Keys(numberedFiles("base/", mostNamed))))...),
	}, {
		name:  "a stale folder goes, custom stays",
		old:   []Folder{folder("overlays/a", files{"k": "1"}), folder("overlays/b", files{"k": "1", "d/k": "2"})},
		disk:  files{"overlays/b/custom/mine": "mine"},
		asked: []Folder{folder("overlays/a", files{"k": "1"})},
		want: Changes{Deleted: []string{"overlays/b/.whiskops", "overlays/b/d/k", "overlays/b/k"},
			Findings: complaints(codeRemainder, "overlays/b/custom").Findings},
		tree: files{"overlays/a/k": "1", "overlays/a/.whiskops": manifestOf(files{"k": "1"}),
			"overlays/b/custom/mine": "mine"},
	}, {
		name:  "a stale folder with nothing of the user goes whole",
		old:   []Folder{folder("overlays/a", files{"k": "1"}), folder("overlays/b", files{"k": "1", "d/k": "2"})},
		asked: []Folder{folder("overlays/a", files{"k": "1"})},
		want:  Changes{Deleted: []string{"overlays/b/.whiskops", "overlays/b/d/k", "overlays/b/k"}},
		tree:  files{"overlays/a/k": "1", "overlays/a/.whiskops": manifestOf(files{"k": "1"})},
	}, {
		name:  "a folder without files goes like a stale one",
		old:   []Folder{folder("base", files{"k": "1"})},
		asked: []Folder{folder("base", nil)},
		want:  Changes{Deleted: []string{"base/.whiskops", "base/k"}},
		tree:  files{},
	}, {
		name:  "an edited file in a stale folder",
		old:   []Folder{folder("overlays/a", files{"k": "1"}), folder("overlays/b", files{"k": "1"})},
		disk:  files{"overlays/b/k": "mine"},
		asked: []Folder{folder("overlays/a", files{"k": "1"})},
		want:  complaints(codeEdited, "overlays/b/k"),
	}, {
		name: "what a person listed of custom is kept",
		old:  []Folder{folder("overlays/a", files{"k": "1"}), folder("overlays/b", files{"k": "1"})},
		disk: files{"overlays/a/custom/m": "mine", "overlays/b/custom/m": "mine",
			"overlays/a/.whiskops": manifestOf(files{"k": "1", "custom/m": "mine"}),
			"overlays/b/.whiskops": manifestOf(files{"k": "1", "custom/m": "mine"})},
		asked: []Folder{folder("overlays/a", files{"k": "1"}, "custom")},
		want: Changes{Updated: []string{"overlays/a/.whiskops"},
			Deleted:  []string{"overlays/b/.whiskops", "overlays/b/k"},
			Findings: complaints(codeRemainder, "overlays/b/custom").Findings},
		tree: files{"overlays/a/k": "1", "overlays/a/.whiskops": manifestOf(files{"k": "1"}),
			"overlays/a/custom/m": "mine", "overlays/b/custom/m": "mine"},
	}, {
		name:    "a conflict in the manifest",
		disk:    files{"base/.whiskops": conflict, "base/a": "merged", "base/b": "2", "base/c": "merged"},
		asked:   []Folder{folder("base", files{"a": "3"})},
		want:    Changes{Updated: []string{"base/.whiskops", "base/a"}, Deleted: []string{"base/b", "base/c"}},
		notices: []string{"resolved, as git merged it to what neither side generated: base/c", "resolved, as git merged it to what neither side generated: base/a"},
		tree:    files{"base/a": "3", "base/.whiskops": manifestOf(files{"a": "3"})},
	}, {
		name: "a conflict in the manifest excuses no edit of another file",
		disk: files{"base/.whiskops": conflict + manifestOf(files{"z": "1"}), "base/a": "1", "base/z": "mine",
			"base/notes": "mine"},
		asked: []Folder{folder("base", files{"a": "3", "z": "1"})},
		want: Changes{Findings: append(complaints(codeStranger, "base/notes").Findings,
			complaints(codeEdited, "base/z").Findings...)},
	}, {
		name:  "half a conflict in the manifest",
		old:   []Folder{folder("base", files{"a": "1"})},
		disk:  files{"base/.whiskops": conflict + "=======\n"},
		asked: []Folder{folder("base", files{"a": "3"})},
		want:  Changes{Updated: []string{"base/.whiskops", "base/a"}},
		tree:  files{"base/a": "3", "base/.whiskops": manifestOf(files{"a": "3"})},
	}, {
		name:  "a mark alone in the manifest",
		disk:  files{"base/.whiskops": "=======\n" + manifestOf(files{"a": "1"}), "base/a": "1"},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  Changes{Updated: []string{"base/.whiskops"}},
		tree:  files{"base/a": "1", "base/.whiskops": manifestOf(files{"a": "1"})},
	}, {
		name:  "a mark alone before a conflict excuses no edit",
		disk:  files{"base/.whiskops": "=======\n" + manifestOf(files{"z": "1"}) + conflict, "base/z": "mine"},
		asked: []Folder{folder("base", files{"z": "1"})},
		want:  complaints(codeEdited, "base/z"),
	}, {
		name:  "a conflict in a conflict",
		old:   []Folder{folder("base", files{"a": "1"})},
		disk:  files{"base/a": "<<<<<<< HEAD\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> b\n=======\n3\n>>>>>>> c\n"},
		asked: []Folder{folder("base", files{"a": "3"})},
		want:  Changes{Updated: []string{"base/.whiskops", "base/a"}},
		tree:  files{"base/a": "3", "base/.whiskops": manifestOf(files{"a": "3"})},
	}, {
		name:  "conflicts in files",
		old:   []Folder{folder("base", files{"a": "1", "b": "2", "same": "3"})},
		disk:  files{"base/a": "x\n" + marked, "base/b": marked + "y\n", "base/new": marked},
		asked: []Folder{folder("base", files{"a": "3", "new": "4", "same": "3"})},
		want:  Changes{Updated: []string{"base/.whiskops", "base/a", "base/new"}, Deleted: []string{"base/b"}},
		tree: files{"base/a": "3", "base/new": "4", "base/same": "3",
			"base/.whiskops": manifestOf(files{"a": "3", "new": "4", "same": "3"})},
	}, {
		name:  "half a conflict in a file is an edit",
		old:   []Folder{folder("base", files{"a": "1"})},
		disk:  files{"base/a": "<<<<<<< HEAD\n1\n=======\n"},
		asked: []Folder{folder("base", files{"a": "3"})},
		want:  complaints(codeEdited, "base/a"),
	}, {
		name:  "a finding in one folder stops the others",
		disk:  files{"base/a": "mine"},
		asked: []Folder{folder("base", files{"a": "1"}), folder("overlays/a", files{"k": "1"})},
		want:  complaints(codeForeign, "base/a"),
	}, {
		name:  "a file in place of the work directory",
		disk:  files{".whiskops": "mine"},
		asked: []Folder{folder("base", files{"a": "1"})},
		want:  complaints(codeForeign, ".whiskops"),
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			if err := mustWrite(root, tt.old, Options{Parents: parents}); err != nil {
				t.Fatal(err)
			}
			put(t, root, tt.disk)
			for _, name := range tt.gone {
				if err := os.Remove(filepath.Join(root, name)); err != nil {
					t.Fatal(err)
				}
			}
			start := snapshot(t, root)

			var notices []string
			o := Options{Parents: parents, Force: tt.force, Notify: func(s string) { notices = append(notices, s) }}
			if _, err := Check(root, tt.asked, o); err != nil {
				t.Fatal(err)
			}
			same(t, "tree after Check", start, snapshot(t, root))

			got, err := Write(root, tt.asked, o)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "changes", true, cmp.Equal(tt.want, got, codeAndFile))
			if t.Failed() {
				t.Log(cmp.Diff(tt.want, got, codeAndFile))
			}
			if tt.tree == nil {
				tt.tree = start
			}
			same(t, "tree", tt.tree, snapshot(t, root))
			same(t, "notices", tt.notices, notices)

			if tt.want.Findings == nil || tt.want.Findings[0].Code == codeRemainder {
				again, err := Check(root, tt.asked, o)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(Changes{Findings: tt.want.Findings}, again, codeAndFile); diff != "" {
					t.Errorf("second check (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// numberedFiles are strangers, which begin with a prefix.
func numberedFiles(prefix string, n int) files {
	all := files{}
	for i := range n {
		all[fmt.Sprintf("%sm%03d", prefix, i)] = "mine"
	}
	return all
}

var conflict = "<<<<<<< HEAD\n" + manifestOf(files{"a": "1", "b": "2"}) + "=======\n" +
	manifestOf(files{"a": "2", "c": "3"}) + ">>>>>>> theirs\n"

// marked is what git leaves in a file.
const marked = "<<<<<<< HEAD\r\n1\r\n||||||| 1234567\n<<<<<<<<< a\n0\n=========\n>>>>>>>>> b\n=======\n2\n>>>>>>> theirs\n"

var codeAndFile = cmpopts.IgnoreFields(finding.Finding{}, "Severity", "Position.Line", "Message", "Help")

func complaints(code string, names ...string) Changes {
	var c Changes
	for _, name := range names {
		c.Findings = append(c.Findings, finding.Finding{Code: code, Position: finding.Position{File: name}})
	}
	return c
}

// TestNoChange proves that a second Write touches nothing at all.
func TestNoChange(t *testing.T) {
	root := start(t)
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	paths := []string{"", "base", "base/.whiskops", "base/same", "overlays/ci/k"}
	for _, p := range paths {
		if err := os.Chtimes(filepath.Join(root, p), long, long); err != nil {
			t.Fatal(err)
		}
	}
	o := before.options()
	o.hook = func(op, p string) error {
		t.Errorf("%s %s", op, p)
		return nil
	}
	for name, run := range map[string]func(string, []Folder, Options) (Changes, error){"Write": Write, "Check": Check} {
		c, err := run(root, before.folders, o)
		if err != nil || !c.Unchanged() {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
	for _, p := range paths {
		info, err := os.Stat(filepath.Join(root, p))
		if err != nil {
			t.Fatal(err)
		}
		same(t, p, long, info.ModTime().UTC())
	}
}

func TestMissingRoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "not", "there")
	c, err := Check(root, before.folders, before.options())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "findings", 9, len(c.Findings))
	if _, err := os.Lstat(root); !os.IsNotExist(err) {
		t.Errorf("Check made the root: %v", err)
	}
	if err := mustWrite(root, before.folders, before.options()); err != nil {
		t.Fatal(err)
	}
	if c, err := Check(root, before.folders, before.options()); err != nil || !c.Unchanged() {
		t.Errorf("%v, %v", c, err)
	}
}

// TestModes: what is written is as if a person had saved it.
func TestModes(t *testing.T) {
	root := start(t)
	put(t, root, files{"as/saved": ""})
	for ours, theirs := range map[string]string{"base/same": "as/saved", "base/.whiskops": "as/saved", "base/go": "as"} {
		a, err := os.Stat(filepath.Join(root, ours))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.Stat(filepath.Join(root, theirs))
		if err != nil {
			t.Fatal(err)
		}
		same(t, ours, b.Mode(), a.Mode())
	}
}

func TestBadInput(t *testing.T) {
	tests := []struct {
		name    string
		folders []Folder
		parents []Parent
		want    string
	}{
		{"outside", []Folder{folder("../x", nil)}, nil, `generate folder "../x": not a valid path`},
		{"root", []Folder{folder(".", nil)}, nil, `generate folder ".": not a valid path`},
		{"absolute", []Folder{folder("/etc", nil)}, nil, `generate folder "/etc": not a valid path`},
		{"work directory", []Folder{folder(".whiskops/x", nil)}, nil, `generate folder ".whiskops/x": not`},
		{"nested", []Folder{folder("a/b", nil), folder("a", nil)}, nil, `generate folder "a/b": it lies in folder "a"`},
		{"twice", []Folder{folder("a", nil), folder("a", nil)}, nil, `generate folder "a": it lies in folder "a"`},
		{"file outside", []Folder{folder("a", files{"../x": ""})}, nil, `generate file "../x" in "a": not a valid path`},
		{"file with a line feed", []Folder{folder("a", files{"x\ny": ""})}, nil, `generate file "x\ny" in "a"`},
		{"file with a backslash", []Folder{folder("a", files{`x\y`: ""})}, nil, `generate file "x\\y" in "a"`},
		{"manifest", []Folder{folder("a", files{".whiskops": ""})}, nil, `generate file ".whiskops" in "a"`},
		{"kept", []Folder{folder("a", files{"custom/x": ""}, "custom")}, nil, `generate file "a/custom/x": the folder is the user's own`},
		{"file and directory", []Folder{folder("a", files{"x": "", "x/y/z": ""})}, nil, `generate file "a/x/y/z": "a/x" is a generated file too`},
		{"keep", []Folder{folder("a", nil, "..")}, nil, `keep ".." in "a": not a valid path`},
		{"parent", nil, []Parent{{Path: "../.."}}, `parent folder "../..": not a valid path`},
		{"parent's keep", nil, []Parent{{Path: "a", Keep: []string{""}}}, `keep "" in "a": not a valid path`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for _, run := range []func(string, []Folder, Options) (Changes, error){Write, Check} {
				_, err := run(root, tt.folders, Options{Parents: tt.parents})
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
			}
			same(t, "tree", files{}, snapshot(t, root))
		})
	}
}
