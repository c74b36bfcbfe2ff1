package tree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
)

// The mark comes with the first change, and is no drift by itself.
func TestMark(t *testing.T) {
	root := newRoot(t)
	one := []Folder{folder("base", files{"a": "1\n"})}
	two := []Folder{folder("base", files{"a": "2\n"})}
	mark := func(text string) Options { return Options{Mark: Mark{Path: "mark", Content: []byte(text)}} }
	none := Options{Mark: Mark{Path: "mark"}}
	for i, step := range []struct {
		folders []Folder
		options Options
		want    string
		changes int
	}{
		{one, none, "", 2},
		{one, mark("A"), "", 0},  // the tree is as asked: nobody wrote it anew
		{two, mark("A"), "A", 3}, // two files, and the mark
		{one, mark("B"), "B", 3}, // another mark
		{two, mark("B"), "B", 2}, // the same
		{one, none, "B", 2},      // left as it is
		{one, mark("C"), "B", 0}, // as asked again
	} {
		before := snapshot(t, root)["mark"]
		c, err := Check(root, step.folders, step.options)
		if err != nil || snapshot(t, root)["mark"] != before {
			t.Fatalf("step %d: Check: %v, mark %q", i, err, snapshot(t, root)["mark"])
		}
		for _, f := range c.Findings {
			if f.File == "mark" {
				t.Errorf("step %d: Check finds the mark: %v", i, f)
			}
		}
		c, err = Write(root, step.folders, step.options)
		if err != nil || len(c.Findings) > 0 || len(c.Created)+len(c.Updated) != step.changes {
			t.Errorf("step %d: %+v, %v, want %d changes", i, c, err, step.changes)
		}
		if got := snapshot(t, root)["mark"]; got != step.want {
			t.Errorf("step %d: mark %q, want %q", i, got, step.want)
		}
	}
}

// A judge's finding stops what would change the tree, and that alone.
func TestJudge(t *testing.T) {
	root := newRoot(t)
	put(t, root, files{"mark": "newer"})
	folders := []Folder{folder("base", files{"a": "1\n"})}
	judging := Options{Mark: Mark{Path: "mark", Content: []byte("older"), Judge: func(there []byte) *finding.Finding {
		if string(there) != "newer" {
			t.Errorf("judges %q", there)
		}
		return &finding.Finding{Code: "WO306", Severity: finding.Error, Message: "newer"}
	}}}
	stopped := func(c Changes, err error) {
		t.Helper()
		if err != nil || len(c.Findings) != 1 || c.Findings[0].Code != "WO306" || c.Findings[0].File != "mark" || len(c.Created) > 0 {
			t.Errorf("%+v, %v", c, err)
		}
		same(t, "tree", files{"mark": "newer"}, snapshot(t, root))
	}
	stopped(Check(root, folders, judging))
	stopped(Write(root, folders, judging))
	if err := mustWrite(root, folders, Options{}); err != nil {
		t.Fatal(err)
	}
	if c, err := Write(root, folders, judging); err != nil || !c.Unchanged() {
		t.Errorf("a tree as asked: %+v, %v", c, err)
	}
	// What was edited by hand is not said either: the judge goes first.
	put(t, root, files{"base/a": "mine"})
	for name, f := range map[string]func(string, []Folder, Options) (Changes, error){"Check": Check, "Write": Write} {
		if c, err := f(root, folders, judging); err != nil || len(c.Findings) != 1 || c.Findings[0].Code != "WO306" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// What is in the way of a mark is a finding, and a path that is none an error.
func TestMarkInTheWay(t *testing.T) {
	folders := []Folder{folder("base", files{"a": "1\n"})}
	for _, tt := range []struct {
		name string
		make func(string) error
		code string
	}{
		{"a directory", func(p string) error { return os.Mkdir(p, 0o755) }, codeForeign},
		{"a link", func(p string) error { return os.Symlink("elsewhere", p) }, codeLink},
	} {
		root := newRoot(t)
		if err := tt.make(filepath.Join(root, "mark")); err != nil {
			t.Fatal(err)
		}
		c, err := Write(root, folders, Options{Mark: Mark{Path: "mark", Content: []byte("A")}})
		if err != nil || len(c.Findings) != 1 || c.Findings[0].Code != tt.code || len(c.Created) > 0 {
			t.Errorf("%s: %+v, %v", tt.name, c, err)
		}
	}
	for _, p := range []string{"base/mark", "base", "../mark", ".whiskops/mark", "/mark"} {
		_, err := Write(newRoot(t), folders, Options{Mark: Mark{Path: p, Content: []byte("A")}})
		if err == nil || !strings.Contains(err.Error(), "not a valid path") {
			t.Errorf("%s: error %v", p, err)
		}
	}
}
