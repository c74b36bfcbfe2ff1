package tree

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
)

// A generated folder is the tool's alone, but for what it keeps, and so is a
// parent of such folders: a file there that nobody generates can stop a build,
// as a second kustomization does, or stand in golden/ as if it were built. So it
// is a finding, and Force deletes it. A directory, or many files, are more than
// a slip: even Force leaves them. Empty directories are nobody's business, since
// git does not keep them.

// mostNamed is how many strangers of a directory are named, and how many at most
// Force deletes.
const mostNamed = 20

// crowd is what nobody knows in one directory. It holds the first by name, and
// counts the rest: whoever fills a directory fills neither memory nor screen.
type crowd struct {
	first []stray
	count int
}

type stray struct {
	path string
	kind fs.FileMode // its type bits
}

func (c *crowd) add(s stray) {
	c.count++
	i, _ := slices.BinarySearchFunc(c.first, s, func(a, b stray) int { return cmp.Compare(a.path, b.path) })
	if i == mostNamed {
		return
	}
	c.first = slices.Insert(c.first[:min(len(c.first), mostNamed-1)], min(i, len(c.first)), s)
}

// many tells that some are not named.
func (c *crowd) many() bool { return c.count > len(c.first) }

// strangers looks through a directory, relative to the folder, for what is
// neither wanted nor listed. dirs are the directories that what is known lies in.
func (c *comparison) strangers(dir string, dirs map[string]bool) error {
	var below []string
	var unknown crowd
	err := c.each(path.Join(c.folder.Path, dir), func(e fs.DirEntry) error {
		name := path.Join(dir, e.Name())
		full := path.Join(c.folder.Path, name)
		switch {
		case c.knows(name, e): // judged elsewhere
		case dirs[name] && e.IsDir():
			below = append(below, name)
		case dirs[name] && c.wantedDir(name): // judged where it is in the way
		default:
			if holds, err := c.full(full, e); err != nil || !holds {
				return err
			}
			unknown.add(stray{full, e.Type()})
		}
		return nil
	})
	if err == nil {
		err = c.strange(path.Join(c.folder.Path, dir), &unknown)
	}
	slices.Sort(below)
	for _, name := range below {
		if err == nil {
			err = c.strangers(name, dirs)
		}
	}
	return err
}

// knows tells whether what stands at a name is wanted, listed or kept.
func (c *comparison) knows(name string, e fs.DirEntry) bool {
	_, wanted := c.folder.Files[name]
	_, listed := c.listed[name]
	return wanted || listed && !e.IsDir() || name == ManifestName || c.folder.kept(name) ||
		slices.Contains(c.folder.beside, name) && e.Type().IsRegular()
}

// strange is about what nobody knows in a directory.
func (c *comparison) strange(dir string, unknown *crowd) error {
	if unknown.many() {
		c.complain(strangers(c.folder, dir, unknown.count, len(unknown.first)))
	}
	for _, s := range unknown.first {
		switch {
		case s.kind.IsDir():
			c.complain(strangerDir(c.folder, s.path, "directory"))
		case !s.kind.IsRegular():
			c.complain(strangerDir(c.folder, s.path, "symbolic link or special file"))
		case unknown.many():
			c.complain(strangerDir(c.folder, s.path, "file"))
		case !c.force:
			c.complain(stranger(c.folder, s.path))
		default:
			data, err := c.read(s.path)
			if err != nil {
				return err
			}
			c.deleteByForce(s.path, hash(data))
		}
	}
	return nil
}

// deepest is the depth of directories from which on one counts as full, whatever
// is in it.
const deepest = 64

// full tells whether there is anything at a path but empty directories.
func (d *disk) full(p string, e fs.DirEntry) (bool, error) {
	return d.fullTo(p, e, deepest)
}

func (d *disk) fullTo(p string, e fs.DirEntry, depth int) (full bool, err error) {
	if !e.IsDir() || depth == 0 {
		return true, nil
	}
	err = d.each(p, func(below fs.DirEntry) (err error) {
		if full, err = d.fullTo(path.Join(p, below.Name()), below, depth-1); err == nil && full {
			err = fs.SkipAll
		}
		return err
	})
	return full, err
}

// dirs are the directories, relative to the folder, that what is known lies in.
func (c *comparison) dirs() map[string]bool {
	all := map[string]bool{}
	above := func(name string) {
		for dir := path.Dir(name); dir != "." && !all[dir]; dir = path.Dir(dir) {
			all[dir] = true
		}
	}
	for name := range c.folder.Files {
		above(name)
	}
	for name := range c.listed {
		above(name)
	}
	for _, name := range slices.Concat(c.folder.Keep, c.folder.others) {
		above(name)
	}
	return all
}

// wantedDir tells whether a wanted file lies in a directory.
func (c *comparison) wantedDir(name string) bool {
	for file := range c.folder.Files {
		if file != name && within(name, file) {
			return true
		}
	}
	return false
}
