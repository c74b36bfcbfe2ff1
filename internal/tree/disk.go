package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/whiskops/whiskops/internal/finding"
)

// disk is the one way to the files below a root. No path can leave the root
// (os.Root), and each change calls hook first: change is the only door.
type disk struct {
	name string // as the caller gave it, for errors
	abs  string
	root *os.Root // nil: the root does not exist
	hook func(op, path string) error
	turn sync.Mutex      // hook is called by one at a time
	dirs map[string]bool // known to be real directories
	made []string        // by mkdirAll, parents first
}

// kind is what stands at a path.
type kind int

const (
	missing kind = iota
	file
	directory
	link
	other // a device, a pipe, a socket
)

func (d *disk) open() error {
	d.dirs = map[string]bool{}
	abs, err := filepath.Abs(d.name)
	if err != nil {
		return err
	}
	d.abs = abs
	d.root, err = os.OpenRoot(abs)
	return err
}

// create opens the root and makes it first if it is missing.
func (d *disk) create() error {
	err := d.open()
	if errors.Is(err, fs.ErrNotExist) {
		err = d.change("mkdir", ".", func() error { return os.MkdirAll(d.abs, 0o755) })
		if err == nil {
			err = d.open()
		}
	}
	if err != nil {
		return fault("open", d.name, err)
	}
	return nil
}

func (d *disk) close() {
	if d.root != nil {
		d.root.Close()
	}
}

// look walks down to p and stops at the first element that is no directory:
// at is that element, or p itself.
func (d *disk) look(p string) (at string, k kind, err error) {
	if d.root == nil {
		return p, missing, nil
	}
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			continue
		}
		at = p[:i]
		if d.dirs[at] {
			continue
		}
		info, err := d.root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return at, missing, nil
		case err != nil:
			return at, missing, d.fault("read", at, err)
		case info.IsDir():
			d.dirs[at] = true
		case info.Mode().IsRegular():
			return at, file, nil
		case info.Mode()&fs.ModeSymlink != 0:
			return at, link, nil
		default:
			return at, other, nil
		}
	}
	return p, directory, nil
}

func (d *disk) read(p string) ([]byte, error) {
	data, err := d.root.ReadFile(p)
	if err != nil {
		return nil, d.fault("read", p, err)
	}
	return data, nil
}

// each calls do for every entry of a directory, in no order, until it returns an
// error, or fs.SkipAll. It holds few of them at a time: there may be a million.
func (d *disk) each(p string, do func(fs.DirEntry) error) error {
	dir, err := d.root.Open(p)
	if err != nil {
		return d.fault("read", p, err)
	}
	defer dir.Close()
	if err := eachOf(dir, do); err != nil && !errors.Is(err, fs.SkipAll) {
		return d.fault("read", p, err)
	}
	return nil
}

// atOnce is how many entries of a directory are held.
const atOnce = 256

func eachOf(dir *os.File, do func(fs.DirEntry) error) error {
	for {
		entries, err := dir.ReadDir(atOnce)
		for _, e := range entries {
			if err := do(e); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (d *disk) change(op, p string, do func() error) error {
	if err := d.mayChange(op, p); err != nil {
		return err
	}
	return do()
}

func (d *disk) mayChange(op, p string) error {
	if d.hook == nil {
		return nil
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	return d.hook(op, p)
}

func (d *disk) mkdir(p string) error {
	return d.change("mkdir", p, func() error { return d.root.Mkdir(p, 0o755) })
}

// mkdirAll makes p and its parents, and trusts what look knows.
func (d *disk) mkdirAll(p string) error {
	if p == "." || d.dirs[p] {
		return nil
	}
	if err := d.mkdirAll(path.Dir(p)); err != nil {
		return err
	}
	switch err := d.mkdir(p); {
	case err == nil:
		d.made = append(d.made, p)
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	d.dirs[p] = true
	return nil
}

// write makes a new file; it is never used on a generated path.
func (d *disk) write(p string, data []byte, sync bool) error {
	dir, err := d.root.OpenRoot(path.Dir(p))
	if err != nil {
		return err
	}
	defer dir.Close()
	return d.writeIn(dir, p, data, sync)
}

// writeIn makes a new file p, whose directory is open already: on the way from
// the root each element of a path is opened.
func (d *disk) writeIn(dir *os.Root, p string, data []byte, sync bool) error {
	var f *os.File
	err := d.change("create", p, func() (err error) {
		f, err = dir.OpenFile(path.Base(p), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		return err
	})
	if err != nil {
		return err
	}
	err = d.change("write", p, func() error {
		_, err := f.Write(data)
		return err
	})
	if err == nil && sync {
		err = d.change("sync", p, f.Sync)
	}
	// Some file systems report a full disk only here.
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (d *disk) rename(from, to string) error {
	return d.change("rename", to, func() error { return d.root.Rename(from, to) })
}

func (d *disk) remove(p string) error {
	return d.change("remove", p, func() error { return d.root.Remove(p) })
}

func (d *disk) removeAll(p string) error {
	return d.change("remove", p, func() error { return d.root.RemoveAll(p) })
}

// rmdir removes a directory if it is empty.
func (d *disk) rmdir(p string) (removed bool, err error) {
	dir, err := d.root.Open(p)
	if err != nil {
		return false, err
	}
	_, err = dir.Readdirnames(1)
	dir.Close()
	switch {
	case err == nil:
		return false, nil
	case !errors.Is(err, io.EOF):
		return false, err
	}
	delete(d.dirs, p)
	return true, d.remove(p)
}

// syncDir is best effort: some file systems cannot sync a directory.
func (d *disk) syncDir(p string) {
	if dir, err := d.root.Open(p); err == nil {
		_ = dir.Sync()
		dir.Close()
	}
}

func (d *disk) fault(doing, p string, err error) error {
	return fault(doing, filepath.Join(d.name, filepath.FromSlash(p)), err)
}

// fault names the file that a person knows, once: the operation and the path
// of the error itself are often those of a staged file.
func fault(doing, name string, err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	var already *fileError
	switch {
	case errors.As(err, &already):
		return err
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return &fileError{doing, name, err}
}

type fileError struct {
	doing, name string
	err         error
}

func (e *fileError) Error() string {
	return fmt.Sprintf("%s %s: %v", e.doing, finding.PlainFile(e.name), e.err)
}

func (e *fileError) Unwrap() error { return e.err }
