package kustomize

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// rootDir is where a Tree stands in the engine's eyes. It is not "/", above
// which there is nothing: "../../.." must be seen to lead out.
const rootDir = "/whiskops-repository"

// Why a path of a Tree cannot be used.
var (
	// ErrOutside says that a path, or a link on the way, leads out of the
	// repository.
	ErrOutside = errors.New("it leads out of the repository")
	// ErrAbsolute says that a path, or a link on the way, is one of a machine.
	ErrAbsolute = errors.New("it is an absolute path, which is another one on each machine")
	// ErrDangling says that a link leads to nothing.
	ErrDangling = errors.New("it is a symbolic link to nothing")
	// ErrLoop says that links lead to each other.
	ErrLoop = errors.New("its symbolic links lead in a circle")

	errGit     = errors.New("it is git's own")
	errSpecial = errors.New("it is no regular file")
	errNoDir   = errors.New("a file stands where a directory must be")
)

// mostLinks is as many as filepath.EvalSymlinks follows, which is what the
// engine asks on a disk.
const mostLinks = 255

// kind is what stands at a path.
type kind int

const (
	missing kind = iota
	regular
	directory
	link
	special // a device, a pipe, a socket
)

// local brings a path of the engine into the form of the maps. Relative ones
// are below the root.
func local(name string) (string, error) {
	name = filepath.ToSlash(name)
	if !path.IsAbs(name) {
		name = path.Join(rootDir, name)
	}
	name = path.Clean(name)
	if name == rootDir {
		return ".", nil
	}
	p, ok := strings.CutPrefix(name, rootDir+"/")
	if !ok {
		return "", ErrOutside
	}
	return p, nil
}

func confirmed(p string) filesys.ConfirmedDir {
	return filesys.ConfirmedDir(filepath.FromSlash(path.Join(rootDir, p)))
}

// Below is the slash path below a Tree's root of a folder that CleanedAbs gave.
func Below(dir filesys.ConfirmedDir) string {
	rest, ok := strings.CutPrefix(filepath.ToSlash(dir.String()), rootDir+"/")
	if !ok {
		return "."
	}
	return rest
}

// shown is what a person reads of a path, or of a text with paths in it.
func shown(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, rootDir+"/", ""), rootDir, ".")
}

// resolve follows all links on the way, and tells what is at the end. Links
// that lead out are followed no further, whatever may be there.
func (t *Tree) resolve(name string) (real string, isDir bool, err error) {
	p, err := local(name)
	if err != nil {
		return "", false, err
	}
	at, stands, links := ".", directory, 0
	for rest := p; rest != ""; {
		var element string
		element, rest, _ = strings.Cut(rest, "/")
		switch {
		case element == "" || element == ".":
			continue
		case stands != directory:
			return "", false, errNoDir
		case element == "..":
			if at == "." {
				return "", false, ErrOutside
			}
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, element)
		k, err := t.look(next)
		switch {
		case err != nil:
			return "", false, err
		case k == missing && links > 0:
			return "", false, ErrDangling
		case k == missing:
			return "", false, fs.ErrNotExist
		case k == special:
			return "", false, errSpecial
		case k != link:
			at, stands = next, k
			continue
		}
		target, err := t.disk.ReadLink(next)
		if err != nil {
			return "", false, err
		}
		if path.IsAbs(filepath.ToSlash(target)) || filepath.IsAbs(target) {
			return "", false, ErrAbsolute
		}
		if links++; links > mostLinks {
			return "", false, ErrLoop
		}
		rest = filepath.ToSlash(target) + "/" + rest
	}
	return at, stands == directory, t.refused(at)
}

// look tells what stands at a path without following it.
func (t *Tree) look(p string) (kind, error) {
	if k := t.inMemory(p); k != missing || t.disk == nil {
		return k, nil
	}
	info, err := t.disk.Lstat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing, nil
	case err != nil:
		return missing, err
	case info.IsDir():
		return directory, nil
	case info.Mode().IsRegular():
		return regular, nil
	case info.Mode()&fs.ModeSymlink != 0:
		return link, nil
	}
	return special, nil
}

func (t *Tree) inMemory(p string) kind {
	for _, l := range t.layers {
		if _, ok := l.files[p]; ok {
			return regular
		}
		if l.dirs[p] {
			return directory
		}
	}
	return missing
}

// refused says why what the disk has at a path cannot be used.
func (t *Tree) refused(real string) error {
	if t.disk == nil || t.inMemory(real) != missing {
		return nil
	}
	for element := range strings.SplitSeq(real, "/") {
		if strings.EqualFold(element, ".git") {
			return errGit
		}
	}
	if t.refuse == nil {
		return nil
	}
	return t.refuse(real)
}
