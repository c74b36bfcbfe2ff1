package revision

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Bounds of what is read.
const (
	// mostBlob is the size of a file, in bytes.
	mostBlob = 32 << 20
	// mostTree is the size of one folder's list, in bytes: a name and some thirty
	// bytes for each of its files.
	mostTree = 64 << 20
	// mostEntries of all folders that were looked into.
	mostEntries = 1_000_000
)

// entry of a folder.
type entry struct {
	name string
	kind kind
	hash string
}

// kind of an entry, as git writes its mode.
type kind string

// Source: git's Documentation, "gitcore-tutorial" and fsck's list of modes.
const (
	file       kind = "100644"
	program    kind = "100755"
	groupFile  kind = "100664" // by early versions
	link       kind = "120000"
	folder     kind = "40000"
	oldFolder  kind = "040000" // by other programs
	submodule  kind = "160000"
	noSuchKind kind = "" // of a folder that was not there
)

// mode as a work tree has it. A submodule is a folder, which says what it is when it
// is looked into.
func (k kind) mode() fs.FileMode {
	switch k {
	case program:
		return 0o755
	case link:
		return fs.ModeSymlink | 0o777
	case folder, submodule:
		return fs.ModeDir | 0o755
	default:
		return 0o644
	}
}

// parse reads a tree: for each entry
//
//	<mode> SP <name> NUL <hash in bytes>
//
// and sorts it by name, which git does but for folders. ok says that it is one.
func parse(tree []byte, hashBytes int) (entries []entry, ok bool) {
	for len(tree) > 0 {
		mode, rest, found := bytes.Cut(tree, []byte{' '})
		name, rest, ended := bytes.Cut(rest, []byte{0})
		if !found || !ended || len(rest) < hashBytes {
			return nil, false
		}
		k := kind(mode)
		switch k {
		case file, program, link, folder, submodule:
		case groupFile:
			k = file
		case oldFolder:
			k = folder
		default:
			return nil, false
		}
		e := entry{string(name), k, hex.EncodeToString(rest[:hashBytes])}
		if e.name == "" || e.name == "." || e.name == ".." || strings.Contains(e.name, "/") {
			return nil, false
		}
		entries = append(entries, e)
		tree = rest[hashBytes:]
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(entries); i++ {
		if entries[i].name == entries[i-1].name {
			return nil, false
		}
	}
	return entries, true
}

// list gives the entries of a folder, and remembers them.
func (f *FS) list(e entry) ([]entry, error) {
	switch e.kind {
	case folder:
	case submodule:
		return nil, &Error{fmt.Sprintf("%s is a submodule, whose files another repository has", e.name),
			"compare where they are committed, or take them into this repository"}
	case noSuchKind:
		return nil, nil // the folder that was asked for was not there
	default:
		return nil, errNoFolder
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if entries, ok := f.folders[e.hash]; ok {
		return entries, nil
	}
	found, err := f.objects.ask(e.hash, mostTree)
	switch {
	case err != nil:
		return nil, err
	case found.kind != "tree":
		return nil, f.lacks(e)
	case found.content == nil:
		return nil, tooMany()
	}
	entries, ok := parse(found.content, len(e.hash)/2)
	if !ok {
		return nil, &Error{fmt.Sprintf("the repository's list of files %s is broken, or none that git writes", e.hash), "run `git fsck`"}
	}
	if f.entries += len(entries); f.entries > mostEntries {
		return nil, tooMany()
	}
	f.folders[e.hash] = entries
	return entries, nil
}

func tooMany() error {
	return &Error{fmt.Sprintf("the folders of the revision have more than %d files", mostEntries),
		"keep the environments in a repository, or a folder, of their own"}
}

// lacks says that an object is not there, or is another.
func (f *FS) lacks(e entry) error {
	return &Error{fmt.Sprintf("the repository lacks the object %s, of %q", e.hash, e.name),
		"run `git fsck`; a clone that was made with a filter gets the rest with `git fetch --refetch --no-filter`"}
}
