package revision

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// FS is a folder of a revision: fs.ReadDirFS, fs.ReadFileFS, fs.StatFS and
// fs.ReadLinkFS. Links are followed inside of it, and no link leads out, as with
// os.Root. Modes are git's; times are zero. It may be used by many at once.
//
// What a work tree has elsewhere (submodules, files of Git LFS) is an *Error when it
// is read, never a file with other content.
type FS struct {
	objects *objects
	root    entry

	mu      sync.Mutex
	folders map[string][]entry // by the hash
	entries int
	// last file that was read: who wants to know its size mostly reads it next.
	last object
}

var (
	errNoFolder  = errors.New("not a directory")
	errFolder    = errors.New("is a directory")
	errNoLink    = errors.New("not a symbolic link")
	errManyLinks = errors.New("too many levels of symbolic links")
	// errEscapes has the text of os.Root, by which readers know it.
	errEscapes = errors.New("path escapes from parent")
)

// newFS is the folder with a slash path in a commit.
func newFS(o *objects, commit, prefix string) (*FS, error) {
	top, err := o.ask(commit+"^{tree}", mostTree)
	if err != nil {
		return nil, err
	}
	f := &FS{objects: o, root: entry{name: ".", kind: folder, hash: top.hash}, folders: map[string][]entry{}}
	if top.kind != "tree" {
		return nil, f.lacks(entry{name: ".", hash: commit})
	}
	if prefix == "" {
		return f, nil
	}
	for step := range strings.SplitSeq(prefix, "/") {
		entries, err := f.list(f.root)
		if err != nil {
			return nil, err
		}
		found, ok := lookUp(entries, step)
		if !ok {
			f.root = entry{name: "."}
			return f, nil
		}
		if f.root = found; found.kind != folder && found.kind != submodule {
			return nil, &Error{fmt.Sprintf("%q was no folder in the revision, but a file or a link", prefix),
				"compare with a revision in which it was a folder"}
		}
	}
	_, err = f.list(f.root) // a submodule, before anything is read
	return f, err
}

func lookUp(entries []entry, name string) (entry, bool) {
	i, ok := slices.BinarySearchFunc(entries, name, func(e entry, name string) int { return strings.Compare(e.name, name) })
	if !ok {
		return entry{}, false
	}
	return entries[i], true
}

// mostLinks that one path may lead through.
const mostLinks = 40

// find walks to an entry. The last step is followed if it is a link and the caller
// wants so.
func (f *FS) find(op, name string, follow bool) (entry, error) {
	fail := func(err error) (entry, error) {
		return entry{}, &fs.PathError{Op: op, Path: name, Err: err}
	}
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	way := []entry{f.root}
	links := 0
	for steps := strings.Split(name, "/"); len(steps) > 0; {
		step := steps[0]
		steps = steps[1:]
		entries, err := f.list(way[len(way)-1])
		if err != nil {
			return fail(err)
		}
		switch step {
		case "", ".":
			continue
		case "..":
			if len(way) == 1 {
				return fail(errEscapes)
			}
			way = way[:len(way)-1]
			continue
		}
		e, ok := lookUp(entries, step)
		if !ok {
			return fail(fs.ErrNotExist)
		}
		if e.kind != link || len(steps) == 0 && !follow {
			way = append(way, e)
			continue
		}
		if links++; links > mostLinks {
			return fail(errManyLinks)
		}
		target, err := f.target(e)
		if err == nil && path.IsAbs(target) {
			err = errEscapes
		}
		if err != nil {
			return fail(err)
		}
		steps = append(strings.Split(target, "/"), steps...)
	}
	return way[len(way)-1], nil
}

// mostTarget of a link, in bytes: what systems take.
const mostTarget = 4096

// target that a link leads to.
func (f *FS) target(e entry) (string, error) {
	found, err := f.blob(e)
	if err == nil && found.size > mostTarget {
		err = errManyLinks
	}
	return string(found.content), err
}

// blob of a file or link; its content is nil if it is larger than mostBlob.
func (f *FS) blob(e entry) (object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last.hash == e.hash {
		return f.last, nil
	}
	found, err := f.objects.ask(e.hash, mostBlob)
	if err == nil && found.kind != "blob" {
		err = f.lacks(e)
	}
	if err == nil {
		f.last = found
	}
	return found, err
}

// Open a file or a folder.
func (f *FS) Open(name string) (fs.File, error) {
	e, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if e.kind.mode().IsDir() || e.kind == noSuchKind {
		entries, err := f.ReadDir(name)
		if err != nil {
			return nil, err
		}
		return &openFolder{info: f.named(e, name), name: name, entries: entries}, nil
	}
	content, err := f.content("open", name, e)
	if err != nil {
		return nil, err
	}
	return &openFile{info{name: path.Base(name), kind: e.kind, size: int64(len(content))}, *bytes.NewReader(content)}, nil
}

// ReadFile reads a whole file. The caller may change what it gets.
func (f *FS) ReadFile(name string) ([]byte, error) {
	e, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	content, err := f.content("read", name, e)
	return slices.Clone(content), err
}

// lfs begins a file whose content Git LFS keeps elsewhere.
// Source: git-lfs, docs/spec.md: the first line of a pointer, which is shorter than
// 1024 bytes.
const (
	lfs     = "version https://git-lfs.github.com/spec/"
	mostLFS = 1024
)

// content of a file; nobody may change it.
func (f *FS) content(op, name string, e entry) ([]byte, error) {
	if e.kind.mode().IsDir() || e.kind == noSuchKind {
		return nil, &fs.PathError{Op: op, Path: name, Err: errFolder}
	}
	found, err := f.blob(e)
	switch {
	case err != nil:
	case found.size > mostBlob:
		err = &Error{fmt.Sprintf("the file had %d MiB in the revision; no more than %d are read", found.size>>20, mostBlob>>20),
			"compare with a revision that has no such file"}
	case found.size < mostLFS && bytes.HasPrefix(found.content, []byte(lfs)):
		err = &Error{"Git LFS keeps the content of the file, and the repository has a pointer to it alone",
			"keep what whiskops reads and writes in git itself: `git lfs untrack` and `git add --renormalize`"}
	default:
		return found.content, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: err}
}

// ReadDir lists a folder, sorted by name.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := f.find("open", name, true)
	if err != nil {
		return nil, err
	}
	entries, err := f.list(e)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	listed := make([]fs.DirEntry, len(entries))
	for i, e := range entries {
		listed[i] = dirEntry{f, path.Join(name, e.name), e}
	}
	return listed, nil
}

// Stat says what a path leads to.
func (f *FS) Stat(name string) (fs.FileInfo, error) { return f.stat("stat", name, true) }

// Lstat is Stat, but for a link itself.
func (f *FS) Lstat(name string) (fs.FileInfo, error) { return f.stat("lstat", name, false) }

func (f *FS) stat(op, name string, follow bool) (fs.FileInfo, error) {
	e, err := f.find(op, name, follow)
	if err != nil {
		return nil, err
	}
	i := f.named(e, name)
	if i.IsDir() {
		return i, nil
	}
	found, err := f.blob(e)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	i.size = found.size
	return i, nil
}

// ReadLink says where a link leads, as it was written.
func (f *FS) ReadLink(name string) (string, error) {
	e, err := f.find("readlink", name, false)
	if err == nil && e.kind != link {
		err = &fs.PathError{Op: "readlink", Path: name, Err: errNoLink}
	}
	if err != nil {
		return "", err
	}
	target, err := f.target(e)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return target, nil
}

// named is what there is to say of an entry without reading it.
func (f *FS) named(e entry, name string) info {
	if e.kind == noSuchKind {
		e.kind = folder
	}
	return info{name: path.Base(name), kind: e.kind}
}
