package kustomize

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Tree is a read-only file system of files in memory, over those of a
// repository on the disk. Generated files are proven on it before any of them
// is written.
type Tree struct {
	layers []layer
	disk   fs.ReadLinkFS // nil: there is nothing but the layers
	refuse func(real string) error
	own    *own // what is read from disk
}

type layer struct {
	files map[string][]byte
	dirs  map[string]bool
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

// Over returns a tree that also has what is in a repository, where the maps
// have nothing. Symbolic links are followed as the engine's own disk follows
// them, as far as they stay in the repository: the loader of the engine, which
// allows files below a kustomization's folder only, judges where they lead.
// refuse says why a path, slash-separated and without links, cannot be used;
// nil is no reason. Give it an os.Root's FS, for the links that come while one
// looks.
func (t *Tree) Over(repository fs.ReadLinkFS, refuse func(real string) error) *Tree {
	return &Tree{t.layers, repository, refuse, &own{texts: map[string][]byte{}}}
}

// ReadFile returns the content of a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	p, isDir, err := t.resolve(name)
	if err == nil && isDir {
		err = errors.New("is a directory")
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: shown(name), Err: err}
	}
	for _, l := range t.layers {
		if content, ok := l.files[p]; ok {
			return content, nil
		}
	}
	t.own.begin(p)
	content, err := ReadOwn(t.disk, p, p)
	t.own.read(p, content, err)
	return content, err
}

// CleanedAbs splits a path into its folder and the file in it, both without
// symbolic links.
func (t *Tree) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	p, isDir, err := t.resolve(name)
	switch {
	case err != nil:
		return "", "", &fs.PathError{Op: "open", Path: shown(name), Err: err}
	case isDir:
		return confirmed(p), "", nil
	}
	return confirmed(path.Dir(p)), path.Base(p), nil
}

// Exists tells whether there is a file or a folder.
func (t *Tree) Exists(name string) bool {
	_, _, err := t.resolve(name)
	return err == nil
}

// IsDir tells whether there is a folder.
func (t *Tree) IsDir(name string) bool {
	_, isDir, err := t.resolve(name)
	return err == nil && isDir
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
