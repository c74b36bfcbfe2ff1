package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

func tree() fstest.MapFS {
	return fstest.MapFS{
		"a.cue":      {Data: []byte("a")},
		"dir/b.yaml": {Data: []byte("b")},
		"dir/c.yaml": {Data: []byte("c")},
		"empty":      {Data: nil},
	}
}

// TestThrough: a watched file system is one in all that Go asks of it.
func TestThrough(t *testing.T) {
	in := NewInputs(map[string]fs.FS{"tree": tree()})
	if err := fstest.TestFS(in.Through("tree"), "a.cue", "dir/b.yaml", "dir/c.yaml", "empty"); err != nil {
		t.Error(err)
	}
}

// TestOnce: a path has one content in a run, whatever becomes of it.
func TestOnce(t *testing.T) {
	files := tree()
	in := NewInputs(map[string]fs.FS{"tree": files})
	system := in.Through("tree")
	read := func() string {
		text, err := fs.ReadFile(system, "a.cue")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	read()
	files["a.cue"] = &fstest.MapFile{Data: []byte("changed")}
	if got := read(); got != "a" {
		t.Errorf("read again: %q", got)
	}
	if reads, _ := in.reads(); in.same(reads) {
		t.Error("the change is not seen")
	}
}

// TestSame reads in one way each, and changes one thing.
func TestSame(t *testing.T) {
	read := func(name string) func(fs.FS) error {
		return func(system fs.FS) error { _, err := fs.ReadFile(system, name); return err }
	}
	list := func(name string) func(fs.FS) error {
		return func(system fs.FS) error { _, err := fs.ReadDir(system, name); return err }
	}
	stat := func(name string) func(fs.FS) error {
		return func(system fs.FS) error { _, err := fs.Stat(system, name); return err }
	}
	open := func(name string) func(fs.FS) error {
		return func(system fs.FS) error { _, err := system.Open(name); return err }
	}
	sub := func(dir string, use func(fs.FS) error) func(fs.FS) error {
		return func(system fs.FS) error {
			below, err := fs.Sub(system, dir)
			if err != nil {
				return err
			}
			return use(below)
		}
	}
	put := func(name, text string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	remove := func(name string) func(fstest.MapFS) { return func(files fstest.MapFS) { delete(files, name) } }
	for _, tt := range []struct {
		name   string
		use    func(fs.FS) error
		absent bool
		change func(fstest.MapFS)
		want   bool
	}{
		{"nothing read", func(fs.FS) error { return nil }, false, put("a.cue", "x"), true},
		{"another file", read("a.cue"), false, put("dir/b.yaml", "x"), true},
		{"the same content", read("a.cue"), false, put("a.cue", "a"), true},
		{"a file read", read("a.cue"), false, put("a.cue", "x"), false},
		{"a file opened", open("a.cue"), false, put("a.cue", "x"), false},
		{"a file asked for", stat("a.cue"), false, put("a.cue", "x"), false},
		{"a file gone", read("a.cue"), false, remove("a.cue"), false},
		{"a file in a folder", sub("dir", read("b.yaml")), false, put("dir/b.yaml", "x"), false},
		{"another in a folder", sub("dir", read("b.yaml")), false, put("dir/c.yaml", "x"), true},
		{"asked for in a folder", sub("dir", stat("b.yaml")), false, put("dir/b.yaml", "x"), false},
		{"a file for an absence", read("new"), true, put("new", ""), false},
		{"a directory for an absence", stat("new"), true, put("new/x", ""), false},
		{"absent still", read("new"), true, put("newer", ""), true},
		{"a listing longer", list("dir"), false, put("dir/d", ""), false},
		{"a listing shorter", list("dir"), false, remove("dir/b.yaml"), false},
		{"a listing of other content", list("dir"), false, put("dir/b.yaml", "x"), true},
		{"a directory in a listing", list("dir"), false, func(files fstest.MapFS) {
			delete(files, "dir/b.yaml")
			files["dir/b.yaml/x"] = &fstest.MapFile{}
		}, false},
		{"a file for a directory", list("dir"), false, func(files fstest.MapFS) {
			delete(files, "dir/b.yaml")
			delete(files, "dir/c.yaml")
			files["dir"] = &fstest.MapFile{}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := tree()
			in := NewInputs(map[string]fs.FS{"tree": files})
			if err := tt.use(in.Through("tree")); errors.Is(err, fs.ErrNotExist) != tt.absent || err != nil && !tt.absent {
				t.Fatal(err)
			}
			reads, whole := in.reads()
			again := NewInputs(map[string]fs.FS{"tree": files})
			if !whole || !again.same(reads) {
				t.Fatalf("before the change: whole %v, reads %v", whole, reads)
			}
			tt.change(files)
			if got := again.same(reads); got != tt.want {
				t.Errorf("same: %v, want %v", got, tt.want)
			}
			if NewInputs(nil).same(reads) && len(reads["tree"]) > 0 {
				t.Error("the same without the file system")
			}
		})
	}
}

// TestVoid: what cannot be noted can be read as ever, and spoils the record.
func TestVoid(t *testing.T) {
	dir := t.TempDir()
	large := strings.Repeat("x", maxFile+1)
	for name, text := range map[string]string{"large": large, "largest": large[1:]} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"largest": true, "absent": true, "large": false, "pipe": false, "loop": false} {
		in := NewInputs(map[string]fs.FS{"dir": os.DirFS(dir)})
		system := in.Through("dir")
		_, got := fs.Stat(system, name)
		_, plain := fs.Stat(os.DirFS(dir), name)
		if (got == nil) != (plain == nil) {
			t.Errorf("%s: %v, without being watched %v", name, got, plain)
		}
		if _, whole := in.reads(); whole != want {
			t.Errorf("%s: whole %v, want %v", name, whole, want)
		}
	}
	in := NewInputs(map[string]fs.FS{"dir": os.DirFS(dir)})
	if text, err := fs.ReadFile(in.Through("dir"), "large"); err != nil || string(text) != large {
		t.Errorf("a large file has %d bytes, %v", len(text), err)
	}
}
