package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
)

// maxFile bounds the files that are read whole, in bytes. A run that reads a
// larger one is not remembered.
const maxFile = 8 << 20

// Inputs are the file systems that a run reads, by a name for each. What is
// read through them is noted: each file with its content, each directory with
// its listing, each link that was asked about with its target, and each path at
// which there was nothing. A path is looked at once: whoever reads it again gets
// what was noted, whatever has become of it.
type Inputs struct {
	systems map[string]fs.FS

	mu   sync.Mutex
	seen map[string]map[string]sight // by system and path
	// void: something was read that cannot be noted.
	void bool
}

// NewInputs takes the file systems. They are not read before Through or Recall.
func NewInputs(systems map[string]fs.FS) *Inputs {
	in := &Inputs{systems: systems, seen: map[string]map[string]sight{}}
	for name := range systems {
		in.seen[name] = map[string]sight{}
	}
	return in
}

// Through returns a file system that notes what is read from one of the inputs.
func (in *Inputs) Through(system string) fs.ReadLinkFS { return watched{in, system} }

// state is what can be noted of a path, short enough to be compared.
type state string

const absent state = "absent"

// sight is what was seen at a path. Without a state it cannot be noted.
type sight struct {
	state   state
	info    fs.FileInfo
	content []byte        // of a file
	entries []fs.DirEntry // of a directory
	target  string        // of a link
	err     error         // of an absent path
}

// look sees what is at a path now.
func look(system fs.FS, name string) sight {
	info, err := fs.Stat(system, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sight{state: absent, err: err}
	case err != nil:
		return sight{}
	case info.IsDir():
		entries, err := fs.ReadDir(system, name)
		if err != nil {
			return sight{}
		}
		return sight{state: listed(entries), info: info, entries: entries}
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return sight{}
	}
	content, err := fs.ReadFile(system, name)
	if err != nil {
		return sight{}
	}
	sum := sha256.Sum256(content)
	return sight{state: state("file " + hex.EncodeToString(sum[:])), info: info, content: content}
}

func listed(entries []fs.DirEntry) state {
	h := sha256.New()
	for _, e := range entries {
		fmt.Fprintf(h, "%s %q\n", e.Type(), e.Name())
	}
	return state("directory " + hex.EncodeToString(h.Sum(nil)))
}

// see notes a path, the first time that it is looked at.
func (in *Inputs) see(system, name string) sight {
	in.mu.Lock()
	defer in.mu.Unlock()
	s, ok := in.seen[system][name]
	if !ok {
		s = lookAt(in.systems[system], name)
		in.seen[system][name] = s
		in.void = in.void || s.state == ""
	}
	return s
}

// reads are the states of all that was read. It is false if that is not all
// that the run depended on.
func (in *Inputs) reads() (map[string]map[string]state, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	all := map[string]map[string]state{}
	for system, paths := range in.seen {
		all[system] = map[string]state{}
		for name, s := range paths {
			all[system][name] = s.state
		}
	}
	return all, !in.void
}

// same tells whether all that was read is as it was.
func (in *Inputs) same(reads map[string]map[string]state) bool {
	for name, paths := range reads {
		system, ok := in.systems[name]
		if !ok {
			return false
		}
		for at, was := range paths {
			if lookAt(system, at).state != was {
				return false
			}
		}
	}
	return true
}

// watched is one of the inputs as its reader sees it.
type watched struct {
	in     *Inputs
	system string
}

var (
	_ fs.StatFS     = watched{}
	_ fs.ReadFileFS = watched{}
	_ fs.ReadDirFS  = watched{}
	_ fs.ReadLinkFS = watched{}
)

// plain is the file system itself, for what cannot be noted.
func (w watched) plain() fs.FS { return w.in.systems[w.system] }

func (w watched) see(op, name string) (sight, error) {
	if !fs.ValidPath(name) {
		return sight{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	s := w.in.see(w.system, name)
	return s, s.err
}

// Open opens a file or a directory.
func (w watched) Open(name string) (fs.File, error) {
	switch s, err := w.see("open", name); {
	case err != nil:
		return nil, err
	case s.state == "":
		return w.plain().Open(name)
	case s.info.IsDir():
		return &directory{sight: s, name: name}, nil
	default:
		return &file{bytes.NewReader(s.content), s.info}, nil
	}
}

// Stat describes a file or a directory.
func (w watched) Stat(name string) (fs.FileInfo, error) {
	s, err := w.see("stat", name)
	if err == nil && s.state == "" {
		return fs.Stat(w.plain(), name)
	}
	return s.info, err
}

// ReadFile returns the content of a file.
func (w watched) ReadFile(name string) ([]byte, error) {
	switch s, err := w.see("read", name); {
	case err != nil:
		return nil, err
	case s.state == "":
		return fs.ReadFile(w.plain(), name)
	case s.info.IsDir():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	default:
		return slices.Clone(s.content), nil
	}
}

// ReadDir returns the entries of a directory.
func (w watched) ReadDir(name string) ([]fs.DirEntry, error) {
	switch s, err := w.see("readdir", name); {
	case err != nil:
		return nil, err
	case s.state == "":
		return fs.ReadDir(w.plain(), name)
	case !s.info.IsDir():
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	default:
		return slices.Clone(s.entries), nil
	}
}

// file is an open file of which all is in memory.
type file struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

// directory is an open directory.
type directory struct {
	sight
	name string
	read int
}

func (d *directory) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *directory) Close() error               { return nil }

func (d *directory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a directory")}
}

// ReadDir returns the next n entries, or all that are left.
func (d *directory) ReadDir(n int) ([]fs.DirEntry, error) {
	left := d.entries[d.read:]
	if n <= 0 {
		d.read = len(d.entries)
		return slices.Clone(left), nil
	}
	if len(left) == 0 {
		return nil, io.EOF
	}
	left = left[:min(n, len(left))]
	d.read += len(left)
	return slices.Clone(left), nil
}
