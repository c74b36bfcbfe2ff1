package judge

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/tree"
)

// Golden reads the golden files of environments: what is, or was, before.
type Golden struct {
	// Root is where the tree is, and Folder the one in it that has a folder for each
	// environment.
	Root   fs.FS
	Folder string
}

// mostFile is the most bytes of a golden file: an object of a cluster has less.
const mostFile = 4 << 20

// files of an environment by their names: those that its manifest lists, and that
// itself. One that is listed and cannot be read is there without content, which is no
// object. Where the manifest is gone they are all that look like objects. None if there is
// no such environment.
func (g Golden) files(environment string) (map[string][]byte, error) {
	dir := path.Join(g.Folder, environment)
	list, err := g.read(path.Join(dir, tree.ManifestName))
	if err != nil {
		return nil, err
	}
	names := tree.Listed(list)
	if list == nil {
		if names, err = g.objects(dir); len(names) == 0 || err != nil {
			return nil, err
		}
	}
	files := map[string][]byte{tree.ManifestName: list}
	for _, name := range names {
		if files[name], err = g.read(path.Join(dir, name)); err != nil {
			return nil, err
		}
		if files[name] == nil && name == File {
			delete(files, name)
		}
	}
	return files, nil
}

// objects are the names of a folder's files that look like objects.
func (g Golden) objects(dir string) ([]string, error) {
	entries, err := fs.ReadDir(g.Root, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unread(dir, err)
	}
	var names []string
	for _, e := range entries {
		if path.Ext(e.Name()) == ".yaml" {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// manifest of an environment's golden files; nil if there is none.
func (g Golden) manifest(environment string) ([]byte, error) {
	return g.read(path.Join(g.Folder, environment, tree.ManifestName))
}

// read a file; nil if it is not there, no file, or too large to be one of ours.
func (g Golden) read(name string) ([]byte, error) {
	info, err := fs.Stat(g.Root, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || info.Size() > mostFile) {
		return nil, nil
	}
	if err != nil {
		return nil, unread(name, err)
	}
	text, err := fs.ReadFile(g.Root, name)
	if err != nil {
		return nil, unread(name, err)
	}
	return text, nil
}

// unread says why something of what was before is not read.
func unread(name string, err error) error {
	at := (*fs.PathError)(nil)
	if errors.As(err, &at) && at.Err.Error() == "path escapes from parent" { // os.Root has no name for it
		return fmt.Errorf("%s: a link leads out of the repository, where nothing is read\n  help: remove the link; whiskops makes files and no links", name)
	}
	return fmt.Errorf("read what was before: %w", err)
}

// environments that have golden files, sorted.
func (g Golden) environments() ([]string, error) {
	entries, err := fs.ReadDir(g.Root, g.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was before: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if list, err := g.manifest(e.Name()); err != nil {
			return nil, err
		} else if list != nil {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Sides of a change.
type Sides struct {
	// Now is what is on the disk, Before what was; nil: what is on the disk.
	Now    Golden
	Before *Golden
	// Midway has golden files by environment that this whiskops makes of what people
	// wrote before; nil if it is the same that made those.
	Midway map[string]map[string][]byte
	// Accept is what a person accepts in this run.
	Accept []Accept
	// Files asks for those that differ.
	Files bool
	// Against is the revision that Before is of, as a person names it.
	Against string
}

func (s Sides) before() Golden {
	if s.Before != nil {
		return *s.Before
	}
	return s.Now
}

// Environments that there were, sorted.
func (s Sides) Environments() ([]string, error) { return s.before().environments() }

// Tree judges what a generated tree changes, environment by environment, and puts
// the files of acceptances into its golden folders. A folder that is known by its
// manifest alone is on the disk. The map has the environments
// that were judged.
func Tree(envs []environment.Environment, folders []tree.Folder, s Sides) (map[string]Judged, error) {
	golden := make(map[string]*tree.Folder, len(envs))
	for i := range folders {
		golden[folders[i].Path] = &folders[i]
	}
	all := map[string]Judged{}
	for i := range envs {
		f, ok := golden[path.Join(s.Now.Folder, envs[i].Name)]
		if !ok {
			continue
		}
		judged, err := s.one(&envs[i], f)
		if err != nil {
			return nil, fmt.Errorf("environment %s: %w", envs[i].Name, err)
		}
		all[envs[i].Name] = judged
	}
	return all, nil
}

func (s Sides) one(env *environment.Environment, f *tree.Folder) (Judged, error) {
	before, now, made := s.before(), s.Now, f.Files
	if f.Files == nil && f.Manifest != "" {
		if s.Before == nil {
			return s.unchanged(f.Path)
		}
		is, err := now.manifest(env.Name)
		if err != nil {
			return Judged{}, err
		}
		if was, err := before.manifest(env.Name); err != nil || string(was) == string(is) {
			return Judged{}, err
		}
		if made, err = now.files(env.Name); err != nil {
			return Judged{}, err
		}
	}
	old, err := before.files(env.Name)
	if err != nil {
		return Judged{}, err
	}
	values, err := derived.New(env)
	if err != nil {
		return Judged{}, err
	}
	in := Input{Values: &values, Folder: f.Path, Old: old, New: made, Accept: s.Accept, Against: s.Against}
	if f.Files != nil && s.Before != nil {
		// What was accepted in runs before stands in the tree.
		here, err := now.read(path.Join(f.Path, File))
		if err != nil {
			return Judged{}, err
		}
		in.Known = parse(here)
	}
	judged := Change(in)
	if mid := s.Midway[env.Name]; mid != nil && !judged.New {
		judged.Tool = Change(Input{Values: &values, Old: old, New: mid}).Effects
		judged.Effects = Change(Input{Values: &values, Old: mid, New: made}).Effects
	}
	if f.Files != nil {
		delete(f.Files, File)
		if text := judged.AcceptanceFile(); text != nil {
			f.Files[File] = text
		}
	}
	if s.Files {
		judged.Files = files(old, made)
	}
	return judged, nil
}

// unchanged is an environment of which nothing was made anew: what is accepted once
// more is looked for in its golden folder.
func (s Sides) unchanged(folder string) (Judged, error) {
	if len(s.Accept) == 0 {
		return Judged{}, nil
	}
	text, err := s.Now.read(path.Join(folder, File))
	return Judged{Kept: parse(text)}, err
}

// Findings of all that was judged, and of what was accepted in vain. What was accepted
// before, and holds, is not: the same command twice is once.
func Findings(all map[string]Judged, accept []Accept) []finding.Finding {
	var found []finding.Finding
	for _, j := range all {
		found = append(found, j.Findings...)
	}
	for _, a := range accept {
		used := false
		for name, j := range all {
			used = used || slices.Contains(j.Used, a) || slices.ContainsFunc(j.Kept, func(k Acceptance) bool {
				return a.covers(k.Code, name, change.Effect{Object: k.Object})
			})
		}
		if !used {
			found = append(found, finding.Finding{
				Code: codeUnused, Severity: finding.Error,
				Message: fmt.Sprintf("--accept %s is about nothing that this change does", a),
				Help:    "leave it out, or write it as the finding says",
			})
		}
	}
	return finding.Sort(found)
}
