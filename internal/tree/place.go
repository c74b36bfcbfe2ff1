package tree

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// A folder of which nothing exists is staged as a directory and renamed as one:
// the first generation of an environment is two renames in place of a hundred.
// Such a step has the hash of the folder's manifest, which has those of the
// files.

// place plans a whole folder.
func (c *comparison) place() {
	all := maps.Clone(c.folder.Files)
	list := formatManifest(all)
	all[ManifestName] = list
	c.ops = append(c.ops, op{Do: opPlace, Path: c.folder.Path, New: hash(list), files: all})
}

// stage writes the new content of a step.
func (s *session) stage(o op) error {
	at := path.Join(stageDir, o.Stage)
	switch o.Do {
	case opPut:
		if err := s.disk.write(at, o.content, false); err != nil {
			return s.fault("write", o.Path, err)
		}
	case opPlace:
		return s.stageFolder(at, o)
	}
	return nil
}

// stageFolder writes a whole folder, its directories side by side: before the
// commit nothing follows from the order. Of several errors the first by path is
// told.
func (s *session) stageFolder(at string, o op) error {
	var together [][]string
	for names := slices.Sorted(maps.Keys(o.files)); len(names) > 0; {
		first := beside(names)
		names = names[len(first):]
		if err := s.mkdirAll(path.Join(at, path.Dir(first[0]))); err != nil {
			return s.fault("write", path.Join(o.Path, first[0]), err)
		}
		together = append(together, first)
	}
	errs := make([]error, len(together))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, names := range together {
		g.Go(func() error {
			if name, err := s.stageBeside(at, names, o.files); err != nil {
				errs[i] = s.fault("write", path.Join(o.Path, name), err)
			}
			return nil
		})
	}
	_ = g.Wait() // each keeps its own error
	return cmp.Or(errs...)
}

// beside are the first of sorted names, as many as are in one directory.
func beside(names []string) []string {
	other := slices.IndexFunc(names, func(name string) bool { return path.Dir(name) != path.Dir(names[0]) })
	if other < 0 {
		return names
	}
	return names[:other]
}

// stageBeside writes the files of one directory, which exists, and names the one
// at which it stopped.
func (s *session) stageBeside(at string, names []string, files map[string][]byte) (failed string, err error) {
	dir := path.Join(at, path.Dir(names[0]))
	open, err := s.root.OpenRoot(dir)
	if err != nil {
		return names[0], err
	}
	defer open.Close()
	for _, name := range names {
		if err := s.writeIn(open, path.Join(at, name), files[name], false); err != nil {
			return name, err
		}
	}
	return "", nil
}

// folderIsWhole tells whether a staged folder has exactly the files that its
// manifest lists, and none that this run could not generate: a journal, and
// what is staged, may have come with a cloned repository.
func (s *session) folderIsWhole(in input, o op) (bool, error) {
	at := path.Join(stageDir, o.Stage)
	left := manifest{ManifestName: {o.New}}
	if _, k, err := s.look(path.Join(at, ManifestName)); err != nil || k != file {
		return false, err
	}
	list, err := s.read(path.Join(at, ManifestName))
	if err != nil {
		return false, err
	}
	listed, contested, damage := parseManifest(list)
	if damage != nil || len(contested) > 0 {
		return false, nil
	}
	maps.Copy(left, listed)
	whole := true
	err = fs.WalkDir(s.root.FS(), at, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name := p[len(at)+1:]
		sums := left[name]
		delete(left, name)
		if len(sums) != 1 || !e.Type().IsRegular() || !in.owns(path.Join(o.Path, name)) {
			whole = false
			return fs.SkipAll
		}
		data, err := s.read(p)
		whole = whole && err == nil && hash(data) == sums[0]
		return err
	})
	return whole && len(left) == 0, err
}
