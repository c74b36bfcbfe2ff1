package tree

import "path"

// mayWrite looks before the commit whether each directory of a step can be
// written. Without it a directory of another user would be found in the midst
// of the renames, when the old tree is gone.
func (d *disk) mayWrite(ops []op) error {
	clear(d.dirs)
	seen := map[string]bool{}
	for _, o := range ops {
		dir := path.Dir(o.Path)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		there, err := d.nearest(dir)
		if err != nil {
			return err
		}
		err = d.change("access", there, func() error { return d.access(there) })
		if err != nil {
			return d.fault(o.Do.text(), o.Path, err)
		}
	}
	return nil
}

// nearest returns dir, or the closest parent that exists.
func (d *disk) nearest(dir string) (string, error) {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, k, err := d.look(dir); err != nil {
			return "", err
		} else if k == directory {
			return dir, nil
		}
	}
	return ".", nil
}
