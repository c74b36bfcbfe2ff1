package environment

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"golang.org/x/mod/semver"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// Repository is where the packages are that environments may import: those of
// the CUE module that cue.mod/module.cue at its root names. The zero value has
// none.
type Repository struct {
	FS  fs.FS
	Dir string // where it is, as positions name it
	// Begin is told of a piece of work before it is done, since the evaluator
	// cannot be asked; what it returns is called after it. Nil hears nothing.
	Begin func(what string) (end func())
	// Met is told the name of each environment, also of one that is left out because
	// of a mistake, and whether one of its values refers to nothing: it is not as it
	// was meant then, though it may look sound. Of files that are no CUE nobody knows
	// the environments. Nil hears nothing.
	Met func(name string, lacks bool)
}

func (r Repository) begin(what string) (end func()) {
	if r.Begin == nil {
		return func() {}
	}
	return r.Begin(what)
}

const moduleFile = "cue.mod/module.cue"

// at is a path of the repository as positions name it.
func (r Repository) at(name string) string { return filepath.ToSlash(filepath.Join(r.Dir, name)) }

// module is what cue.mod says; without one, it has no path.
type module struct{ path ast.ImportPath }

// module reads cue.mod. CUE's own reader holds it to a schema of its own, which
// takes longer than all the rest of a run.
func (r Repository) module() (module, []finding.Finding) {
	if r.FS == nil {
		return module{}, nil
	}
	src, err := readFile(r.FS, moduleFile, place.MaxInput)
	if err != nil || src == nil {
		return module{}, nil // there is none
	}
	name := r.at(moduleFile)
	pkg, found := place.Parse(name, map[string][]byte{name: src})
	if len(found) > 0 {
		return module{}, found
	}
	said, found := moduleOf(pkg)
	if len(found) > 0 {
		return module{}, found
	}
	m := module{ast.ParseImportPath(said.path.text)}
	if covers(m.path.Path, contract.ImportPath) {
		return module{}, []finding.Finding{place.At(said.path.pos, place.CodeModule, "module",
			fmt.Sprintf("module %q hides the contract, which is imported as %q", m.path, contract.ImportPath), helpModule)}
	}
	if semver.Compare(said.version.text, cue.LanguageVersion()) > 0 {
		return module{}, []finding.Finding{place.At(said.version.pos, place.CodeModule, "language.version",
			fmt.Sprintf("the module is written in CUE %s, and this whiskops reads it up to %s", said.version.text, cue.LanguageVersion()),
			"use a newer whiskops, or write language: version: \""+cue.LanguageVersion()+"\"")}
	}
	return m, nil
}

// covers tells whether a package is in a module, by their paths.
func covers(module, pkg string) bool {
	return module != "" && (pkg == module || strings.HasPrefix(pkg, module+"/"))
}

const helpVendored = "whiskops goes by its own contract, but `cue vet` and editors by this one: run `whiskops schema --cue > %s`"

// vendored compares the contract that CUE's own command finds with the
// binary's, which is what counts.
func (r Repository) vendored() []finding.Finding {
	if r.FS == nil {
		return nil
	}
	const dir = "cue.mod/pkg/" + contract.ImportPath
	file := path.Join(dir, "schema.cue")
	var fs []finding.Finding
	for _, at := range []string{"cue.mod/gen/" + contract.ImportPath, "cue.mod/usr/" + contract.ImportPath, dir} {
		for _, name := range r.cueFiles(at) {
			if name != file {
				fs = append(fs, different(r.at(name), 0, "this file adds to the contract, as CUE reads it", "remove it: whiskops goes by its own contract, and `cue vet` and editors by this one too"))
			}
		}
	}
	if line := r.firstDifference(file); line > 0 {
		fs = append(fs, different(r.at(file), line, "the contract here is not that of this whiskops", fmt.Sprintf(helpVendored, file)))
	}
	return fs
}

func different(file string, line int, message, help string) finding.Finding {
	f := place.About(file, place.CodeContract, message, help)
	f.Severity, f.Line = finding.Warning, line
	return f
}

// firstDifference is the line at which a file is not the contract; 0 if it is,
// or is not there.
func (r Repository) firstDifference(file string) int {
	got, err := readFile(r.FS, file, place.MaxInput)
	if err != nil || got == nil {
		return 0
	}
	want, err := contract.Source()
	if err != nil || string(got) == string(want) {
		return 0
	}
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i + 1
		}
	}
	return min(len(a), len(b))
}

// cueFiles are the files of a directory that CUE reads as a package, by their
// paths; none if it cannot be read.
func (r Repository) cueFiles(dir string) []string {
	entries, err := fs.ReadDir(r.FS, dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if isInput(e.Name()) {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	return names
}
