package tree

import (
	"cmp"
	"errors"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Manifests returns the hash of the manifest that each folder has after a
// Write, by the folder's path. That is all that Matches needs to know of what
// was written.
func Manifests(folders []Folder) map[string]string {
	hashes := make(map[string]string, len(folders))
	for _, f := range folders {
		switch {
		case f.Manifest != "":
			hashes[f.Path] = f.Manifest
		case len(f.Files) > 0:
			hashes[f.Path] = hash(formatManifest(f.Files))
		}
	}
	return hashes
}

// ErrChanged says that a folder that was there by its manifest is not any more:
// its files are needed after all. Nothing was written.
var ErrChanged = errors.New("a folder changed on the disk during the run")

// Matches tells whether a Write of the folders with these manifests would find
// nothing to do: each file is there and as its manifest says, each manifest as
// its hash says, no folder is stale, and no other run is at work or was killed.
// It reads every file, and writes none. Whatever else it finds, a fault of the
// machine too, is false: a Write says it better.
func Matches(root string, manifests map[string]string, parents []Parent) bool {
	d := &disk{name: root}
	if d.open() != nil {
		return false
	}
	defer d.close()
	before, idle, err := d.idle()
	if err != nil || !idle || !d.whole(manifests) || d.anyStale(manifests, parents) {
		return false
	}
	after, idle, err := d.idle()
	return err == nil && idle && before.Equal(after)
}

func (d *disk) anyStale(manifests map[string]string, parents []Parent) bool {
	in := input{parents: parents}
	for folder := range manifests {
		in.folders = append(in.folders, Folder{Path: folder})
	}
	slices.SortFunc(in.folders, func(a, b Folder) int { return cmp.Compare(a.Path, b.Path) })
	var p plan
	stale, err := d.staleFolders(in, &p)
	return err != nil || len(stale) > 0 || len(p.findings) > 0
}

// whole tells whether each folder is as its manifest says. Directories are
// opened and listed once, and read side by side: asked for by their whole
// paths, three hundred files would cost as much as all the rest of a run.
func (d *disk) whole(manifests map[string]string) bool {
	dirs := map[string]map[string]string{}
	for folder, sum := range manifests {
		list, ok := d.manifestOf(folder, sum)
		if !ok {
			return false
		}
		for name, sums := range list {
			dir := path.Join(folder, path.Dir(name))
			if dirs[dir] == nil {
				dirs[dir] = map[string]string{}
			}
			dirs[dir][path.Base(name)] = sums[0]
		}
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for dir, files := range dirs {
		if _, k, err := d.look(dir); err != nil || k != directory {
			g.Go(func() error { return errDiffers })
			break
		}
		g.Go(func() error { return d.holds(dir, files) })
	}
	return g.Wait() == nil
}

// manifestOf reads a folder's manifest if it has this hash.
func (d *disk) manifestOf(folder, sum string) (manifest, bool) {
	p := path.Join(folder, ManifestName)
	if at, k, err := d.look(p); err != nil || k != file || at != p {
		return nil, false
	}
	data, err := d.read(p)
	if err != nil || hash(data) != sum {
		return nil, false
	}
	list, damage := parseManifest(data)
	return list, damage == nil
}

var errDiffers = errors.New("not as generated")

// holds is an error unless a directory has these files, and has them as
// regular files. It reads past os.Root, which takes twice as many calls of the
// kernel: a link that comes in this very moment leads to the wrong bytes, or to
// the right ones.
func (d *disk) holds(dir string, files map[string]string) error {
	at := filepath.Join(d.abs, filepath.FromSlash(dir))
	entries, err := os.ReadDir(at)
	if err != nil {
		return err
	}
	left := len(files)
	for _, e := range entries {
		sum, ok := files[e.Name()]
		if !ok {
			continue // the user's own
		}
		if !e.Type().IsRegular() {
			return errDiffers
		}
		if data, err := os.ReadFile(filepath.Join(at, e.Name())); err != nil || hash(data) != sum {
			return errDiffers
		}
		left--
	}
	if left > 0 {
		return errDiffers
	}
	return nil
}
