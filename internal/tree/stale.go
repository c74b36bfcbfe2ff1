package tree

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// staleFolders finds the sub-folders of the parents that have a manifest and
// are not asked for. A parent that has one itself was a folder once, before what
// is in it was told apart: what it lists is stale.
func (d *disk) staleFolders(in input, p *plan) ([]Folder, error) {
	var stale []Folder
	for _, parent := range in.parents {
		at, k, err := d.look(parent.Path)
		if err != nil {
			return nil, err
		}
		if k == link {
			if err := d.complainLink(p, at); err != nil {
				return nil, err
			}
		}
		if k != directory {
			continue
		}
		entries, err := d.readDir(parent.Path)
		if err != nil {
			return nil, err
		}
		if was, err := d.listed(parent.Path); err != nil {
			return nil, err
		} else if was {
			stale = append(stale, Folder{Path: parent.Path, Keep: append(in.below(parent.Path), parent.Keep...)})
		}
		for _, e := range entries {
			sub := path.Join(parent.Path, e.Name())
			asked := slices.ContainsFunc(in.folders, func(f Folder) bool {
				return within(sub, f.Path) || within(f.Path, sub)
			})
			if asked || !e.IsDir() {
				continue
			}
			if was, err := d.listed(sub); err != nil {
				return nil, err
			} else if was {
				stale = append(stale, Folder{Path: sub, Keep: parent.Keep})
			}
		}
	}
	return stale, nil
}

// listed tells whether a directory has a manifest.
func (d *disk) listed(dir string) (bool, error) {
	_, k, err := d.look(path.Join(dir, ManifestName))
	return k != missing, err
}

// below are the folders that are asked for in a directory, relative to it.
func (in input) below(dir string) []string {
	var all []string
	for _, f := range in.folders {
		if name, ok := strings.CutPrefix(f.Path, dir+"/"); ok {
			all = append(all, name)
		}
	}
	return all
}

// stale is about a file that the manifest lists and that nobody asks for.
func (c *comparison) stale(name string) error {
	full := path.Join(c.folder.Path, name)
	at, k, err := c.look(full)
	switch {
	case err != nil:
		return err
	case k == link:
		return c.complainLink(c.plan, at)
	case k != file || at != full:
		return nil // a person removed it or put something else there
	}
	data, err := c.read(full)
	if err != nil {
		return err
	}
	switch sum := hash(data); {
	case slices.Contains(c.listed[name], sum) || conflicted(data):
		c.delete(full, sum)
	case c.contested[name]:
		c.noticeMerged(full)
		c.delete(full, sum)
	case c.force:
		c.deleteByForce(full, sum)
	default:
		c.complain(edited(c.folder, full, "delete"))
	}
	return nil
}

func (c *comparison) deleteByForce(full, sum string) {
	c.notices = append(c.notices, fmt.Sprintf("deleted by force: %s", full))
	c.delete(full, sum)
}

func (c *comparison) delete(full, sum string) {
	c.deletes[full] = true
	c.ops = append(c.ops, op{Do: opDelete, Path: full, Old: sum})
}

// emptied plans the removal of the directories that deletions may empty, but
// for those that a wanted file needs.
func (c *comparison) emptied() {
	needed := map[string]bool{c.folder.Path: true}
	for name := range c.folder.Files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			needed[path.Join(c.folder.Path, dir)] = true
		}
	}
	for full := range c.deletes {
		for dir := path.Dir(full); !needed[dir]; dir = path.Dir(dir) {
			needed[dir] = true
			c.ops = append(c.ops, op{Do: opRmdir, Path: dir})
		}
	}
}

// clears tells whether dir has nothing but files that will be deleted, and
// plans the removal of the directories.
func (c *comparison) clears(dir string) (bool, error) {
	entries, err := c.readDir(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		full := path.Join(dir, e.Name())
		if !e.IsDir() {
			if !c.deletes[full] {
				return false, nil
			}
			continue
		}
		if ok, err := c.clears(full); err != nil || !ok {
			return false, err
		}
	}
	rmdir := op{Do: opRmdir, Path: dir}
	planned := func(o op) bool { return o.Do == opRmdir && o.Path == dir }
	if !slices.ContainsFunc(c.ops, planned) {
		c.ops = append(c.ops, rmdir)
	}
	return true, nil
}

// noticeRest says what is left of a folder that is not generated any more.
func (c *comparison) noticeRest() error {
	entries, err := c.readDir(c.folder.Path)
	if err != nil {
		return err
	}
	var rest []string
	for _, e := range entries {
		full := path.Join(c.folder.Path, e.Name())
		if c.deletes[full] || c.generates(full) {
			continue
		}
		if e.IsDir() {
			sub := *c
			sub.plan = &plan{} // only the answer is wanted
			if ok, err := sub.clears(full); err != nil {
				return err
			} else if ok {
				continue
			}
		}
		rest = append(rest, full)
	}
	if len(rest) > 0 {
		c.notices = append(c.notices, fmt.Sprintf("%s is not generated any more; yours and left alone: %s",
			c.folder.Path, strings.Join(rest, ", ")))
	}
	return nil
}

// generates tells whether what is asked for lies in a directory.
func (c *comparison) generates(dir string) bool {
	return slices.ContainsFunc(c.asked, func(f Folder) bool { return within(dir, f.Path) })
}
