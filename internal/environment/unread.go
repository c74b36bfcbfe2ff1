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
// read: data in another format, and files of the same package in folders below.
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

// nested are the folders below that have files of the package, unless it
// imports them.
func nested(system fs.FS, dir string, pkg *place.Package) []finding.Finding {
	var found []finding.Finding
	name := pkg.Files[0].PackageName()
	_ = fs.WalkDir(system, ".", func(at string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || !e.IsDir():
			return nil // what cannot be listed says so to nobody who needs it
		case at == ".":
			return nil
		case strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") || e.Name() == "cue.mod":
			return fs.SkipDir
		}
		full := path.Join(dir, at)
		imported := slices.ContainsFunc(pkg.All(), func(p *place.Package) bool { return p.Dir == full })
		if files := (Repository{FS: system}).ofPackage(at, name); len(files) > 0 && !imported {
			found = append(found, passedOver(full,
				fmt.Sprintf("the files of package %q here are not read: %s; a folder is a package of its own", name, strings.Join(files, ", ")),
				fmt.Sprintf("move them to %s, or give them a package of their own that it imports", path.Base(dir))))
		}
		return nil
	})
	return found
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
