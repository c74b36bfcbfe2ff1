package tree

import (
	"io/fs"
	"path"
)

// A generated folder is the tool's alone, but for what it keeps: a file there
// that nobody generates can stop a build, as a second kustomization does, or
// stand in golden/ as if it were built. So it is a finding, and Force deletes
// it. A directory is more than a slip: even Force leaves it. Empty ones are
// nobody's business, since git does not keep them.

// strangers looks through a directory, relative to the folder, for what is
// neither wanted nor listed.
func (c *comparison) strangers(dir string) error {
	entries, err := c.readDir(path.Join(c.folder.Path, dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		_, wanted := c.folder.Files[name]
		_, listed := c.listed[name]
		switch {
		case wanted || name == ManifestName || c.folder.kept(name):
			// judged elsewhere
		case c.wantedDir(name):
			// What is no directory there is judged elsewhere.
			if e.IsDir() {
				err = c.strangers(name)
			}
		case listed && !e.IsDir():
			// judged as stale
		case c.listedDir(name) && e.IsDir():
			err = c.strangers(name)
		default:
			err = c.stranger(path.Join(c.folder.Path, name), e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stranger is about what nobody knows.
func (c *comparison) stranger(full string, e fs.DirEntry) error {
	switch {
	case e.IsDir():
		if holds, err := c.full(full, e); err != nil || !holds {
			return err
		}
		c.complain(strangerDir(c.folder, full, "directory"))
	case !e.Type().IsRegular():
		c.complain(strangerDir(c.folder, full, "symbolic link or special file"))
	case !c.force:
		c.complain(stranger(c.folder, full))
	default:
		data, err := c.read(full)
		if err != nil {
			return err
		}
		c.deleteByForce(full, hash(data))
	}
	return nil
}

// full tells whether there is anything at a path but empty directories.
func (d *disk) full(p string, e fs.DirEntry) (bool, error) {
	if !e.IsDir() {
		return true, nil
	}
	entries, err := d.readDir(p)
	if err != nil {
		return true, err
	}
	for _, below := range entries {
		if full, err := d.full(path.Join(p, below.Name()), below); err != nil || full {
			return full, err
		}
	}
	return false, nil
}

func (c *comparison) wantedDir(name string) bool {
	for file := range c.folder.Files {
		if file != name && within(name, file) {
			return true
		}
	}
	return false
}

func (c *comparison) listedDir(name string) bool {
	for file := range c.listed {
		if file != name && within(name, file) {
			return true
		}
	}
	return false
}
