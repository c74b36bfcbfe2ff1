package tree

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
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
// its hash says, nothing else is in the folders and parents but what these keep,
// and no other run is at work or was killed. It reads every file, and writes none.
// Whatever else it finds, a fault of the machine too, is false: a Write says it
// better.
func Matches(root string, manifests map[string]string, parents []Parent) bool {
	return stands(root, func(d *disk) bool {
		folders := foldersBy(manifests, parents)
		return d.whole(folders) && !d.anyElse(folders, parents)
	})
}

// Holds is Matches without a look at what is beside the folders.
func Holds(root string, manifests map[string]string, parents []Parent) bool {
	return stands(root, func(d *disk) bool { return d.whole(foldersBy(manifests, parents)) })
}

// Stated tells whether folders have these manifests. What the manifests list is not
// looked at.
func Stated(root string, manifests map[string]string) bool {
	return stands(root, func(d *disk) bool {
		for at, sum := range manifests {
			if _, ok := d.manifestOf(at, sum); !ok {
				return false
			}
		}
		return true
	})
}

// stands tells whether something is true of a disk that no run works on.
func stands(root string, is func(*disk) bool) bool {
	d := &disk{name: root}
	if d.open() != nil {
		return false
	}
	defer d.close()
	before, idle, err := d.idle()
	if err != nil || !idle || !is(d) {
		return false
	}
	after, idle, err := d.idle()
	return err == nil && idle && before.Equal(after)
}

// foldersBy are the folders with these manifests.
func foldersBy(manifests map[string]string, parents []Parent) []Folder {
	var folders []Folder
	for at, sum := range manifests {
		f := Folder{Path: at, Manifest: sum}
		for _, p := range parents {
			if within(p.Path, at) {
				f.Keep = p.Keep
			}
		}
		folders = append(folders, f)
	}
	slices.SortFunc(folders, func(a, b Folder) int { return cmp.Compare(a.Path, b.Path) })
	return folders
}

// anyElse tells whether anything is in the parents but these folders.
func (d *disk) anyElse(folders []Folder, parents []Parent) bool {
	in, p := input{folders: folders, parents: parents}, &plan{}
	stale, err := d.staleFolders(in, p)
	if err != nil || len(stale) > 0 {
		return true
	}
	around, err := d.around(in, nil)
	for _, f := range around {
		c := comparison{disk: d, plan: p, folder: f, deletes: map[string]bool{}}
		if err == nil {
			err = c.run()
		}
	}
	return err != nil || len(p.findings)+len(p.ops) > 0
}

// whole tells whether each folder is as its manifest says. Directories are
// opened and listed once, and read side by side: asked for by their whole
// paths, three hundred files would cost as much as all the rest of a run.
func (d *disk) whole(folders []Folder) bool {
	var all []content
	for _, f := range folders {
		list, ok := d.manifestOf(f.Path, f.Manifest)
		if !ok {
			return false
		}
		all = append(all, contentsOf(f, list)...)
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, c := range all {
		if _, k, err := d.look(c.dir); err != nil || k != directory {
			g.Go(func() error { return errDiffers })
			break
		}
		g.Go(func() error { return d.holds(c) })
	}
	return g.Wait() == nil
}

// content is what a directory must have: files with their hashes, and nothing
// else but what is said of each name in beside.
type content struct {
	dir    string
	files  map[string]string
	beside map[string]bool // directories that are looked at on their own, and what is kept
}

// contentsOf are the directories of a folder.
func contentsOf(f Folder, list manifest) []content {
	dirs := map[string]*content{}
	var at func(dir string) *content
	at = func(dir string) *content {
		if dirs[dir] == nil {
			dirs[dir] = &content{path.Join(f.Path, dir), map[string]string{}, map[string]bool{}}
			if dir != "." {
				at(path.Dir(dir)).beside[path.Base(dir)] = true
			}
		}
		return dirs[dir]
	}
	at(".").beside[ManifestName] = true
	for name, sums := range list {
		at(path.Dir(name)).files[path.Base(name)] = sums[0]
	}
	for _, keep := range f.Keep {
		if c := dirs[path.Dir(keep)]; c != nil {
			c.beside[path.Base(keep)] = true
		}
	}
	var all []content
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		all = append(all, *dirs[dir])
	}
	return all
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
	list, contested, damage := parseManifest(data)
	return list, damage == nil && len(contested) == 0
}

var errDiffers = errors.New("not as generated")

// holds is an error unless a directory has these files, has them as regular
// files, and has nothing else. It reads past os.Root, which takes twice as many
// calls of the kernel: a link that comes in this very moment leads to the wrong
// bytes, or to the right ones.
func (d *disk) holds(c content) error {
	at := filepath.Join(d.abs, filepath.FromSlash(c.dir))
	dir, err := os.Open(at)
	if err != nil {
		return err
	}
	defer dir.Close()
	left := len(c.files)
	err = eachOf(dir, func(e fs.DirEntry) error {
		sum, ok := c.files[e.Name()]
		switch {
		case !ok && c.beside[e.Name()]:
			return nil
		case !ok:
			if full, err := d.full(path.Join(c.dir, e.Name()), e); err != nil || full {
				return errDiffers
			}
			return nil
		case !e.Type().IsRegular():
			return errDiffers
		}
		if data, err := os.ReadFile(filepath.Join(at, e.Name())); err != nil || hash(data) != sum {
			return errDiffers
		}
		left--
		return nil
	})
	if err == nil && left > 0 {
		err = errDiffers
	}
	return err
}
