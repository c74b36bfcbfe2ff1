package starter

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contents of all files of a directory; a link is shown as such.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(name)
			all[filepath.ToSlash(rel)] = "-> " + target
			return err
		}
		content, err := os.ReadFile(name)
		all[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func starterFiles() map[string]string {
	all := map[string]string{}
	for name, content := range Files() {
		all[name] = string(content)
	}
	return all
}

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	written, _, err := Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(written) != len(Files()) {
		t.Errorf("written: %v", written)
	}
	if diff := cmp.Diff(starterFiles(), contents(t, dir)); diff != "" {
		t.Errorf("the directory (-want +got):\n%s", diff)
	}

	// What is there already stays; what is missing is added.
	if err := os.Remove(filepath.Join(dir, "README.md")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "notes.txt"), "mine")
	written, _, err = Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"README.md"}, written); diff != "" {
		t.Errorf("written again (-want +got):\n%s", diff)
	}
	if written, _, err = Write(dir); err != nil || len(written) != 0 {
		t.Errorf("nothing was missing, but Write wrote %v, %v", written, err)
	}
}

func TestInTheWay(t *testing.T) {
	for _, c := range []struct {
		about   string
		prepare func(t *testing.T, dir string)
		want    []string
	}{
		{"files with other content", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "README.md"), "mine")
			put(t, filepath.Join(dir, "cue.mod", "module.cue"), "")
			put(t, filepath.Join(dir, "environments", "production.cue"), "")
		}, []string{"cue.mod/module.cue", "environments/production.cue"}},
		{"a file where a directory belongs", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "environments"), "mine")
		}, []string{"environments"}},
		{"a directory where a file belongs", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "README.md", "mine"), "mine")
		}, []string{"README.md"}},
		{"a link to nothing", func(t *testing.T, dir string) {
			link(t, "nowhere", filepath.Join(dir, "README.md"))
		}, []string{"README.md"}},
		{"a link to a directory elsewhere", func(t *testing.T, dir string) {
			link(t, t.TempDir(), filepath.Join(dir, "environments"))
		}, []string{"environments"}},
	} {
		t.Run(c.about, func(t *testing.T) {
			dir := t.TempDir()
			c.prepare(t, dir)
			before := contents(t, dir)
			_, _, err := Write(dir)
			var there *InTheWay
			if !errors.As(err, &there) {
				t.Fatalf("Write gave %v, want *InTheWay", err)
			}
			if diff := cmp.Diff(c.want, there.Files); diff != "" {
				t.Errorf("in the way (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
				t.Errorf("something was written (-before +after):\n%s", diff)
			}
		})
	}
}

// A repository has a README and attributes of its own, which stay.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "README.md"), "mine")
	attributes := string(Files()[".gitattributes"])
	less := strings.Replace(attributes, "/golden/**          text eol=lf\n", "*.png binary\n", 1)
	put(t, filepath.Join(dir, ".gitattributes"), less)
	want := starterFiles()
	want["README.md"], want[".gitattributes"] = "mine", less
	for range 2 {
		_, kept, err := Write(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Kept{{File: ".gitattributes", Lines: []string{"/golden/**          text eol=lf"}, Why: whyAttributes}, {File: "README.md"}}, kept); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
			t.Errorf("the directory (-want +got):\n%s", diff)
		}
	}
	put(t, filepath.Join(dir, ".gitattributes"), "*.png  binary\n"+attributes)
	if _, kept, err := Write(dir); err != nil || len(kept) != 1 {
		t.Errorf("all lines are there: %v, %v", kept, err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("no links here: %v", err)
	}
}

func TestDirectoryIsAFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "platform")
	put(t, dir, "mine")
	if _, _, err := Write(dir); err == nil {
		t.Error("a file was taken for a directory")
	}
	if content, err := os.ReadFile(dir); err != nil || string(content) != "mine" {
		t.Errorf("the file is %q, %v", content, err)
	}
}

// A file that comes into being after the comparison is not replaced.
func TestNothingIsReplaced(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "README.md")
	put(t, name, "mine")
	w := &writer{}
	if err := w.write(name, []byte("ours")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("write gave %v, want that it exists", err)
	}
	w.takeBack()
	if diff := cmp.Diff(map[string]string{"README.md": "mine"}, contents(t, dir)); diff != "" {
		t.Errorf("the directory (-want +got):\n%s", diff)
	}
}

func TestTakeBack(t *testing.T) {
	dir := t.TempDir()
	w := &writer{}
	if err := w.write(filepath.Join(dir, "new", "deep", "file"), []byte("ours")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "new", "mine"), "mine")
	w.takeBack()
	if diff := cmp.Diff(map[string]string{"new/mine": "mine"}, contents(t, dir)); diff != "" {
		t.Errorf("the directory (-want +got):\n%s", diff)
	}
}
