package revision

import (
	"bytes"
	"io"
	"io/fs"
	"time"
)

// info is fs.FileInfo.
type info struct {
	name string
	kind kind
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.kind.mode() }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.kind.mode().IsDir() }
func (i info) Sys() any           { return nil }

// dirEntry is fs.DirEntry. The size of its file is read when it is asked for.
type dirEntry struct {
	fs   *FS
	path string
	entry
}

func (d dirEntry) Name() string               { return d.name }
func (d dirEntry) IsDir() bool                { return d.kind.mode().IsDir() }
func (d dirEntry) Type() fs.FileMode          { return d.kind.mode().Type() }
func (d dirEntry) Info() (fs.FileInfo, error) { return d.fs.Lstat(d.path) }
func (d dirEntry) String() string             { return fs.FormatDirEntry(d) }

// openFile is fs.File.
type openFile struct {
	info info
	bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// openFolder is fs.ReadDirFile.
type openFolder struct {
	info    info
	name    string
	entries []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFolder) Close() error               { return nil }

func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errFolder}
}

func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	most := len(f.entries)
	if n > 0 {
		if most == 0 {
			return nil, io.EOF
		}
		most = min(n, most)
	}
	some := f.entries[:most]
	f.entries = f.entries[most:]
	return some, nil
}
