package kustomize

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Tree is a read-only file system of files in memory, with folders of the
// user's own mounted into it. Generated files are proven on it before any of
// them is written. Its root is "/".
type Tree struct {
	layers []layer
	mounts []mount
	excess *excess // in mounts
}

type layer struct {
	files map[string][]byte
	dirs  map[string]bool
}

type mount struct {
	at    string
	files fs.FS
}

var _ filesys.FileSystem = (*Tree)(nil)

// NewTree makes a tree of files by their slash-separated paths, relative to
// the root. Of several maps the first that has a path wins. The maps are not
// copied: do not change them while the tree is in use.
func NewTree(files ...map[string][]byte) *Tree {
	t := &Tree{}
	for _, f := range files {
		t.layers = append(t.layers, newLayer(f))
	}
	return t
}

func newLayer(files map[string][]byte) layer {
	dirs := map[string]bool{".": true}
	for name := range files {
		for d := path.Dir(name); !dirs[d]; d = path.Dir(d) {
			dirs[d] = true
		}
	}
	return layer{files, dirs}
}

// Mount returns a tree that also has a folder of another file system, at a
// slash-separated path. What the maps hold there goes first. Give it an
// os.Root's FS, so that no symbolic link leads out of the folder.
func (t *Tree) Mount(at string, files fs.FS) *Tree {
	return &Tree{t.layers, append(slices.Clone(t.mounts), mount{path.Clean(at), files}), &excess{}}
}

// local brings a path of the engine into the form of the maps.
func local(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/")
	if name == "" {
		return "."
	}
	return name
}

// inside gives the path below a mount point.
func (m mount) inside(name string) (string, bool) {
	if name == m.at {
		return ".", true
	}
	return strings.CutPrefix(name, m.at+"/")
}

func (t *Tree) stat(name string) (isDir, exists bool) {
	for _, l := range t.layers {
		if _, ok := l.files[name]; ok {
			return false, true
		}
		if l.dirs[name] {
			return true, true
		}
	}
	for _, m := range t.mounts {
		if in, ok := m.inside(name); ok {
			if info, err := fs.Stat(m.files, in); err == nil {
				return info.IsDir(), true
			}
		}
		if strings.HasPrefix(m.at, name+"/") {
			return true, true
		}
	}
	return false, false
}

// ReadFile returns the content of a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	p := local(name)
	for _, l := range t.layers {
		if content, ok := l.files[p]; ok {
			return content, nil
		}
	}
	for _, m := range t.mounts {
		if in, ok := m.inside(p); ok {
			content, err := ReadOwn(m.files, in, p)
			t.excess.note(err)
			return content, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// CleanedAbs splits a path into its folder and the file in it. No path in
// memory is a symbolic link, and those of a mount stay inside it.
func (t *Tree) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	p := local(name)
	isDir, exists := t.stat(p)
	switch {
	case !exists:
		return "", "", &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	case isDir:
		return confirmed(p), "", nil
	}
	return confirmed(path.Dir(p)), path.Base(p), nil
}

func confirmed(p string) filesys.ConfirmedDir {
	return filesys.ConfirmedDir(filepath.FromSlash(path.Join("/", p)))
}

// Exists tells whether there is a file or a folder.
func (t *Tree) Exists(name string) bool {
	_, exists := t.stat(local(name))
	return exists
}

// IsDir tells whether there is a folder.
func (t *Tree) IsDir(name string) bool {
	isDir, _ := t.stat(local(name))
	return isDir
}

// Open opens a file for reading.
func (t *Tree) Open(name string) (filesys.File, error) {
	content, err := t.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: bytes.NewReader(content)}, nil
}

type openFile struct{ *bytes.Reader }

func (*openFile) Close() error               { return nil }
func (*openFile) Write([]byte) (int, error)  { return 0, fs.ErrPermission }
func (*openFile) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }

// The engine writes nothing, and neither lists, walks nor globs, when plugins
// are off.

func (t *Tree) Create(name string) (filesys.File, error) { return nil, readOnly("create", name) }
func (t *Tree) Mkdir(name string) error                  { return readOnly("mkdir", name) }
func (t *Tree) MkdirAll(name string) error               { return readOnly("mkdir", name) }
func (t *Tree) RemoveAll(name string) error              { return readOnly("remove", name) }
func (t *Tree) WriteFile(name string, _ []byte) error    { return readOnly("write", name) }

// ReadDir is not supported.
func (t *Tree) ReadDir(string) ([]string, error) { return nil, errors.ErrUnsupported }

// Glob is not supported.
func (t *Tree) Glob(string) ([]string, error) { return nil, errors.ErrUnsupported }

// Walk is not supported.
func (t *Tree) Walk(string, filepath.WalkFunc) error { return errors.ErrUnsupported }

func readOnly(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrPermission}
}
