package tree

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// input is what was asked, checked and in a fixed order.
type input struct {
	folders []Folder
	parents []Parent
	mark    Mark
	part    bool
}

// newInput refuses what no generator may ask for. Names that come from a user
// are findings long before: this is the last line of defence.
func newInput(folders []Folder, o Options) (input, error) {
	in := input{folders: slices.Clone(folders), parents: slices.Clone(o.Parents), mark: o.Mark, part: o.Part}
	byPath := func(a, b Folder) int { return cmp.Compare(a.Path, b.Path) }
	slices.SortFunc(in.folders, byPath)
	slices.SortFunc(in.parents, func(a, b Parent) int { return cmp.Compare(a.Path, b.Path) })

	for i, f := range in.folders {
		if !validPath(f.Path) || within(workDir, f.Path) {
			return input{}, fmt.Errorf("generate folder %q: not a valid path below the root", f.Path)
		}
		for _, g := range in.folders[:i] {
			if within(g.Path, f.Path) {
				return input{}, fmt.Errorf("generate folder %q: it lies in folder %q", f.Path, g.Path)
			}
		}
		if err := f.valid(); err != nil {
			return input{}, err
		}
	}
	for _, p := range in.parents {
		if !validPath(p.Path) || within(workDir, p.Path) {
			return input{}, fmt.Errorf("parent folder %q: not a valid path below the root", p.Path)
		}
		if err := (Folder{Path: p.Path, Keep: slices.Concat(p.Keep, p.Beside)}).valid(); err != nil {
			return input{}, err
		}
	}
	return in, in.mark.valid(in.folders)
}

func (m Mark) valid(folders []Folder) error {
	inside := func(f Folder) bool { return within(f.Path, m.Path) || within(m.Path, f.Path) }
	if m.Path != "" && (!validPath(m.Path) || within(workDir, m.Path) || slices.ContainsFunc(folders, inside)) {
		return fmt.Errorf("mark %q: not a valid path beside the folders", m.Path)
	}
	return nil
}

func (f Folder) valid() error {
	if f.Manifest != "" && (len(f.Files) > 0 || !isHash(f.Manifest)) {
		return fmt.Errorf("folder %q: it has either files or the hash of its manifest", f.Path)
	}
	for _, keep := range f.Keep {
		if !validPath(keep) {
			return fmt.Errorf("keep %q in %q: not a valid path below the folder", keep, f.Path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Files)) {
		full := path.Join(f.Path, name)
		switch {
		case !validPath(name) || within(ManifestName, name):
			return fmt.Errorf("generate file %q in %q: not a valid path for a generated file", name, f.Path)
		case f.kept(name):
			return fmt.Errorf("generate file %q: the folder is the user's own", full)
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, both := f.Files[dir]; both {
				return fmt.Errorf("generate file %q: %q is a generated file too", full, path.Join(f.Path, dir))
			}
		}
	}
	return nil
}

// kept tells whether name, relative to the folder, is the user's own, or in
// another folder.
func (f Folder) kept(name string) bool {
	in := func(keep string) bool { return within(keep, name) }
	return slices.ContainsFunc(f.Keep, in) || slices.ContainsFunc(f.others, in)
}

// owns tells whether a path below the root can be a generated one. It keeps a
// journal, which may have come with a cloned repository, from reaching
// anything else, such as .git.
func (in input) owns(p string) bool {
	if p == in.mark.Path {
		return true
	}
	for _, f := range in.folders {
		if within(f.Path, p) {
			return !f.kept(strings.TrimPrefix(p, f.Path+"/"))
		}
	}
	for _, parent := range in.parents {
		if rest, ok := strings.CutPrefix(p, parent.Path+"/"); ok {
			sub, name, _ := strings.Cut(rest, "/")
			if len(parent.Inner) > 0 {
				return slices.ContainsFunc(parent.places(sub), func(place string) bool { return within(place, p) })
			}
			return !Folder{Keep: parent.Keep}.kept(name)
		}
	}
	return false
}

// within tells whether p is dir or lies in it.
func within(dir, p string) bool {
	return p == dir || strings.HasPrefix(p, dir+"/")
}

// validPath takes slash paths without ".", ".." and empty elements. Control
// characters and backslashes are refused: sha256sum would have to escape them.
func validPath(p string) bool {
	return fs.ValidPath(p) && p != "." && filepath.IsLocal(filepath.FromSlash(p)) &&
		!strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
}
