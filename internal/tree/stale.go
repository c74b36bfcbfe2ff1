package tree

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// staleFolders finds the sub-folders of the parents that are not asked for, and
// were a folder once: they have a manifest, or what they keep.
func (d *disk) staleFolders(in input, p *plan) ([]Folder, error) {
	var stale []Folder
	for _, parent := range in.parents {
		if _, k, err := d.look(parent.Path); err != nil || k != directory {
			if err != nil {
				return nil, err
			}
			continue
		}
		var rest crowd
		var found []Folder
		err := d.each(parent.Path, func(e fs.DirEntry) error {
			if !e.IsDir() {
				return nil
			}
			for _, sub := range parent.places(e.Name()) {
				was, err := d.was(in, parent, sub, &rest)
				if err != nil {
					return err
				}
				if was {
					found = append(found, Folder{Path: sub, Keep: parent.Keep})
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b Folder) int { return cmp.Compare(a.Path, b.Path) })
		stale = append(stale, found...)
		p.remains(parent.Path, &rest)
	}
	return stale, nil
}

// was tells whether a directory that is not asked for was a folder once. What is
// left there that it keeps is noted.
func (d *disk) was(in input, parent Parent, sub string, rest *crowd) (bool, error) {
	if in.asks(sub) {
		return false, nil
	}
	was, err := d.listed(sub)
	if err != nil {
		return false, err
	}
	for _, keep := range parent.Keep {
		holds, err := d.holdsAt(path.Join(sub, keep))
		if err != nil {
			return false, err
		}
		if holds {
			rest.add(stray{path: path.Join(sub, keep)})
		}
		was = was || holds
	}
	return was, nil
}

// around are the parents themselves, as folders without files that keep those in
// them. One that has a manifest was a folder once, before what is in it was told
// apart: what it lists is stale.
func (d *disk) around(in input, stale []Folder) ([]Folder, error) {
	var all []Folder
	for _, parent := range in.parents {
		if len(parent.Inner) > 0 || slices.ContainsFunc(in.folders, func(f Folder) bool { return within(f.Path, parent.Path) }) {
			continue
		}
		f := Folder{Path: parent.Path, beside: parent.Beside}
		for _, g := range slices.Concat(in.folders, stale) {
			if name, ok := strings.CutPrefix(g.Path, parent.Path+"/"); ok {
				f.others = append(f.others, name)
			}
		}
		_, k, err := d.look(parent.Path)
		if err != nil {
			return nil, err
		}
		if k == directory {
			was, err := d.listed(parent.Path)
			if err != nil {
				return nil, err
			}
			if was {
				f.Keep = append(f.Keep, parent.Keep...)
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// asks tells whether a path leads to a folder that is asked for, or is in one.
func (in input) asks(p string) bool {
	return slices.ContainsFunc(in.folders, func(f Folder) bool { return within(p, f.Path) || within(f.Path, p) })
}

// holdsAt tells whether anything is at a path but empty directories.
func (d *disk) holdsAt(p string) (bool, error) {
	at, k, err := d.look(p)
	if err != nil || k == missing || at != p {
		return false, err
	}
	info, err := d.root.Lstat(p)
	if err != nil {
		return false, d.fault("read", p, err)
	}
	return d.full(p, fs.FileInfoToDirEntry(info))
}

// listed tells whether a directory has a manifest.
func (d *disk) listed(dir string) (bool, error) {
	_, k, err := d.look(path.Join(dir, ManifestName))
	return k != missing, err
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
	c.notices = append(c.notices, fmt.Sprintf("deleted by force: %s", shown(full)))
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
	clears := true
	err := c.each(dir, func(e fs.DirEntry) (err error) {
		full := path.Join(dir, e.Name())
		if !e.IsDir() {
			clears = c.deletes[full]
		} else {
			clears, err = c.clears(full)
		}
		if err == nil && !clears {
			err = fs.SkipAll
		}
		return err
	})
	if err != nil || !clears {
		return false, err
	}
	rmdir := op{Do: opRmdir, Path: dir}
	planned := func(o op) bool { return o.Do == opRmdir && o.Path == dir }
	if !slices.ContainsFunc(c.ops, planned) {
		c.ops = append(c.ops, rmdir)
	}
	return true, nil
}
