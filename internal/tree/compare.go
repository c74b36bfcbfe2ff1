package tree

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// compare reads the disk and says what must change. It changes nothing.
func (d *disk) compare(in input, force bool) (*plan, error) {
	d.dirs = map[string]bool{}
	p := &plan{}
	stale, around, err := d.besides(in, p)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, f := range slices.Concat(around, stale, in.folders) {
		c := comparison{disk: d, plan: p, folder: f, force: force, deletes: map[string]bool{}}
		if err := c.run(); err != nil {
			return nil, err
		}
		gone[f.Path] = gone[f.Path] || len(f.Files) == 0 && f.Manifest == ""
	}
	p.order(gone)
	return p, d.judge(in.mark, p)
}

// besides are the folders of the parents that are not asked for, and the parents.
func (d *disk) besides(in input, p *plan) (stale, around []Folder, err error) {
	if in.part {
		return nil, nil, nil
	}
	if stale, err = d.staleFolders(in, p); err != nil {
		return nil, nil, err
	}
	around, err = d.around(in, stale)
	return stale, around, err
}

func (d *disk) complainLink(p *plan, at string) error {
	target, err := d.root.Readlink(at)
	if err != nil {
		return d.fault("read", at, err)
	}
	p.complain(Linked(at, target))
	return nil
}

// comparison is the work on one folder.
type comparison struct {
	*disk
	*plan
	folder    Folder
	force     bool
	listed    manifest
	contested map[string]bool // names of files that git merged
	marked    bool            // git left marks of a conflict in the manifest
	had       string          // hash of the manifest on disk; empty: there is none
	deletes   map[string]bool // full paths
}

func (c *comparison) run() error {
	f := c.folder
	if f.Manifest != "" {
		if !c.whole([]Folder{f}) {
			return ErrChanged
		}
		return nil
	}
	at, k, err := c.look(f.Path)
	switch {
	case err != nil:
		return err
	case k == link:
		return c.complainLink(c.plan, at)
	case k == file, k == other:
		if len(f.Files) > 0 {
			c.complain(inTheWay(at, "this file", "directory"))
		}
		return nil
	case k == missing:
		if len(f.Files) > 0 {
			c.place()
		}
		return nil
	}
	if ok, err := c.readManifest(); err != nil || !ok {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.listed)) {
		if _, wanted := f.Files[name]; wanted || f.kept(name) {
			continue
		}
		if err := c.stale(name); err != nil {
			return err
		}
	}
	if err := c.strangers(".", c.dirs()); err != nil {
		return err
	}
	c.emptied()
	for _, name := range slices.Sorted(maps.Keys(f.Files)) {
		if err := c.wanted(name, f.Files[name]); err != nil {
			return err
		}
	}
	return c.renewManifest()
}

// readManifest fills listed; if it is false, a finding says why.
func (c *comparison) readManifest() (bool, error) {
	full := path.Join(c.folder.Path, ManifestName)
	at, k, err := c.look(full)
	switch {
	case err != nil:
		return false, err
	case k == missing:
		return true, nil
	case k == link:
		return false, c.complainLink(c.plan, at)
	case k != file:
		c.complain(inTheWay(full, "what stands here", "file"))
		return false, nil
	}
	data, err := c.read(full)
	if err != nil {
		return false, err
	}
	listed, contested, damage := parseManifest(data)
	if damage != nil && !c.force {
		c.complain(unreadable(full, damage))
		return false, nil
	}
	c.listed, c.contested, c.had = listed, contested, hash(data)
	c.marked = slices.ContainsFunc(strings.Split(string(data), "\n"), func(line string) bool { return mark(line) != 0 })
	return true, nil
}

// wanted is about a file that must exist.
func (c *comparison) wanted(name string, content []byte) error {
	full := path.Join(c.folder.Path, name)
	at, k, err := c.look(full)
	if err != nil {
		return err
	}
	put := op{Do: opPut, Path: full, content: content}
	switch {
	case k == missing, k == file && at != full && c.deletes[at]:
		c.put(put)
	case k == link:
		return c.complainLink(c.plan, at)
	case k == other:
		c.complain(inTheWay(at, "this, which is no regular file,", "file"))
	case k == file && at != full:
		c.complain(inTheWay(at, "this file", "directory"))
	case k == directory:
		ok, err := c.clears(full)
		if err != nil {
			return err
		}
		if !ok {
			c.complain(inTheWay(full, "a file in this directory", "file"))
			return nil
		}
		c.put(put)
	default:
		return c.replace(name, put)
	}
	return nil
}

// replace is about a wanted file where a regular file stands.
func (c *comparison) replace(name string, put op) error {
	data, err := c.read(put.Path)
	if err != nil || bytes.Equal(data, put.content) {
		return err
	}
	put.Old = hash(data)
	known, listed := c.listed[name]
	switch {
	case slices.Contains(known, put.Old) || conflicted(data):
	case c.contested[name]:
		c.noticeMerged(put.Path)
	case c.force:
		c.notices = append(c.notices, fmt.Sprintf("overwritten by force: %s", shown(put.Path)))
	case listed:
		c.complain(edited(c.folder, put.Path, "overwrite"))
		return nil
	default:
		c.complain(foreign(put.Path))
		return nil
	}
	c.put(put)
	return nil
}

func (c *comparison) noticeMerged(full string) {
	c.notices = append(c.notices, "resolved, as git merged it to what neither side generated: "+shown(full))
}

func (c *comparison) put(o op) {
	o.New = hash(o.content)
	c.ops = append(c.ops, o)
}

// renewManifest brings the list of files to what is asked.
func (c *comparison) renewManifest() error {
	put := op{Do: opPut, Path: path.Join(c.folder.Path, ManifestName), Old: c.had}
	switch {
	case len(c.folder.Files) > 0:
		put.content = formatManifest(c.folder.Files)
		if hash(put.content) != c.had {
			put.tidies = c.had != "" && c.lists()
			c.put(put)
		}
		return nil
	case c.had == "":
		return nil
	}
	c.delete(put.Path, c.had)
	c.ops = append(c.ops, op{Do: opRmdir, Path: c.folder.Path})
	return nil
}

// lists tells whether the manifest on disk proves each file, though it is not as
// generated: git merged two lists, and kept the lines of both.
func (c *comparison) lists() bool {
	if c.marked {
		return false
	}
	for name, content := range c.folder.Files {
		sums := c.listed[name]
		if len(sums) == 0 || !c.contested[name] && !slices.Contains(sums, hash(content)) {
			return false
		}
	}
	return true
}
