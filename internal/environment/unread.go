package environment

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/parser"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// dataEnds are the ends of names that someone may have taken for environments'.
var dataEnds = []string{".yaml", ".yml", ".json"}

// unread says what lies beside the environments as if it were some, and is not
// read: data in another format, a warning, and CUE files in folders below, an
// error, since what is written there would be missing.
// dir is where the environments are; pkg is nil if they could not be read.
func (r Repository) unread(system fs.FS, dir string, pkg *place.Package) []finding.Finding {
	entries, err := fs.ReadDir(system, ".")
	if err != nil {
		return nil
	}
	var found []finding.Finding
	for _, e := range entries {
		if e.Type().IsRegular() && slices.Contains(dataEnds, path.Ext(e.Name())) {
			found = append(found, passedOver(path.Join(dir, e.Name()), "this file is not read: environments are CUE",
				fmt.Sprintf("write it as CUE (`cue import` begins with that), in %s.cue, or move it out of this directory", strings.TrimSuffix(e.Name(), path.Ext(e.Name())))))
		}
	}
	// The whole repository is no folder of environments.
	if pkg == nil || dir == r.at(".") {
		return found
	}
	return append(found, nested(system, dir, pkg)...)
}

func passedOver(file, message, help string) finding.Finding {
	f := place.About(file, place.CodeUnread, message, help)
	f.Severity = finding.Warning
	return f
}

// nested are the folders below that have CUE files, and that the package does not
// import: someone believes that they are environments, or a part of them.
func nested(system fs.FS, dir string, pkg *place.Package) []finding.Finding {
	var found []finding.Finding
	_ = fs.WalkDir(system, ".", func(at string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || at == "." || !leadsToDir(system, at, e):
			return nil // what cannot be listed says so to nobody who needs it
		case strings.HasPrefix(e.Name(), ".") || e.Name() == "cue.mod":
			return skip(e)
		}
		files := (Repository{FS: system}).cueFiles(at)
		if len(files) == 0 || imports(pkg, path.Join(dir, at), at) {
			return nil
		}
		found = append(found, unreadFolder(system, dir, at, pkg.Files[0].PackageName(), files))
		return nil
	})
	return found
}

// leadsToDir tells that an entry is a directory, or a link to one. No link is
// followed further.
func leadsToDir(system fs.FS, at string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(system, at)
	return err == nil && info.IsDir()
}

// skip leaves out what is in a directory; of a link it would be what is beside it.
func skip(e fs.DirEntry) error {
	if e.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// imports tells that a folder is imported, or named by an import that is refused,
// which says why itself.
func imports(pkg *place.Package, full, at string) bool {
	return slices.ContainsFunc(pkg.All(), func(p *place.Package) bool {
		return p.Dir == full || slices.ContainsFunc(p.Imports(), func(i place.Import) bool { return strings.HasSuffix(i.Path.Path, "/"+at) })
	})
}

// unreadFolder is about the CUE files of a folder at a path below dir, where the
// environments are of the package of that name.
func unreadFolder(system fs.FS, dir, at, name string, files []string) finding.Finding {
	message := "the CUE files here are not read: %s; no environment imports them"
	help := fmt.Sprintf("import their package, or move them out of %s", path.Base(dir))
	if same := (Repository{FS: system}).ofPackage(at, name); len(same) > 0 {
		files = same
		message = fmt.Sprintf("the files of package %q here are not read: %%s; a folder is a package of its own", name)
		help = fmt.Sprintf("move them to %s, or give them a package of their own that it imports", path.Base(dir))
	}
	for i, file := range files {
		files[i] = path.Base(file)
	}
	return place.About(path.Join(dir, at), place.CodeUnread, fmt.Sprintf(message, strings.Join(files, ", ")), help)
}

// ofPackage are the names of a folder's files that are of a package.
func (r Repository) ofPackage(dir, name string) []string {
	var all []string
	for _, file := range r.cueFiles(dir) {
		src, err := readFile(r.FS, file, place.MaxInput)
		if err != nil {
			continue
		}
		if f, err := parser.ParseFile(file, src, parser.PackageClauseOnly); err == nil && f.PackageName() == name {
			all = append(all, path.Base(file))
		}
	}
	return all
}
