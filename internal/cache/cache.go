// Package cache owns what whiskops remembers from run to run: small values in a
// directory of the user's, by the kind of what is remembered and a hash of all
// that it follows from.
//
// In: a directory, the build id of the program (BuildID) and values. Out: a
// value that was put under the same build, kind and key, byte for byte, or
// nothing. There are no errors: a directory that cannot be made, read, written
// or trusted remembers nothing, and the caller does the work as if for the
// first time. A value is never the only copy of anything.
//
// An entry is a file that is named after the hash of build, kind and key, and
// begins with a checksum of that name and the value. It is renamed into place,
// so that two processes never see half of one; one that is cut, damaged or was
// copied from elsewhere is as good as none. Entries are not synced: after a
// power cut the checksum tells. They may hold what the generated tree holds,
// secrets too, so nobody else can read them.
package cache

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	// maxEntry bounds a value in bytes, so that a wrong file in the directory
	// costs no memory.
	maxEntry = 16 << 20
	// fresh is how old the time of an entry may be before a use renews it:
	// pruning needs no more exact one.
	fresh = 24 * time.Hour
	// temporary is how names of files begin that are not renamed yet.
	temporary = "new-"
)

// Store remembers values. A nil Store remembers nothing. It may be used by
// several goroutines, and several processes may use one directory.
type Store struct {
	root   *os.Root
	prefix string // of the names of this build's entries
	build  string
	limits limits
	// due tells whether it is time to look for what is too much.
	due func() bool
}

// Open returns the store in a directory, for one build of the program. It
// returns nil if there is no build id, since nobody then knows what made an
// entry, or if the directory cannot be used: it must be a real directory (no
// link), or be missing and possible to make, and nobody but the user may be
// able to write in it.
func Open(dir, build string) *Store {
	if dir == "" || build == "" {
		return nil
	}
	root, ok := open(dir)
	if !ok {
		return nil
	}
	sum := sha256.Sum256([]byte(build))
	return &Store{root: root, prefix: hex.EncodeToString(sum[:6]) + "-", build: build, limits: defaults, due: oneIn(every)}
}

// open opens a directory that is the user's own, and makes it and its parent if
// they are missing. It does not make the user's home.
func open(dir string) (*os.Root, bool) {
	for _, missing := range []string{filepath.Dir(dir), dir} {
		if err := os.Mkdir(missing, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, false
		}
	}
	there, err := os.Lstat(dir)
	if err != nil || !there.IsDir() {
		return nil, false
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, false
	}
	// What is opened is what was looked at, whoever renamed it in between.
	info, err := root.Stat(".")
	if err != nil || !os.SameFile(there, info) || !private(info) {
		root.Close()
		return nil, false
	}
	return root, true
}

// Close releases the directory. A nil Store can be closed.
func (s *Store) Close() {
	if s != nil {
		s.root.Close()
	}
}

// Get returns the value that was put under a kind and a key by this build, if
// it is still there and whole.
func (s *Store) Get(kind string, key [32]byte) ([]byte, bool) {
	if s == nil {
		return nil, false
	}
	name := s.name(kind, key)
	// A pipe would block who opens it.
	if info, err := s.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() < sha256.Size || info.Size() > maxEntry+sha256.Size {
		return nil, false
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, false
	}
	value := data[sha256.Size:]
	if sum := checksum(name, value); !bytes.Equal(sum[:], data[:sha256.Size]) {
		return nil, false
	}
	s.touch(name, info)
	return value, true
}

// Put remembers a value, which replaces one of the same kind and key. It is
// allowed to fail, and says nothing if it does.
func (s *Store) Put(kind string, key [32]byte, value []byte) {
	if s == nil || len(value) > maxEntry {
		return
	}
	name := s.name(kind, key)
	temp := temporary + rand.Text()
	if s.write(temp, name, value) != nil || s.root.Rename(temp, name) != nil {
		_ = s.root.Remove(temp)
		return
	}
	if s.due() {
		s.prune()
	}
}

func (s *Store) write(temp, name string, value []byte) error {
	f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := checksum(name, value)
	if _, err := f.Write(append(sum[:], value...)); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// touch renews the time of an entry, by which the oldest goes first.
func (s *Store) touch(name string, info fs.FileInfo) {
	if now := time.Now(); now.Sub(info.ModTime()).Abs() > fresh {
		_ = s.root.Chtimes(name, now, now)
	}
}

// name is the file of an entry. Lengths keep two kinds apart of which one
// begins with the other.
func (s *Store) name(kind string, key [32]byte) string {
	h := sha256.New()
	for _, part := range []string{s.build, kind} {
		_, _ = io.WriteString(h, strconv.Itoa(len(part))+":"+part)
	}
	h.Write(key[:])
	return s.prefix + hex.EncodeToString(h.Sum(nil))
}

func checksum(name string, value []byte) [sha256.Size]byte {
	h := sha256.New()
	_, _ = io.WriteString(h, name)
	h.Write(value)
	return [sha256.Size]byte(h.Sum(nil))
}
