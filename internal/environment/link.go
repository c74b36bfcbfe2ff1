package environment

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// link finds what the package imports: packages of the same repository, and the
// contract. Warnings do not stop the work.
func link(repo Repository, con *contract.Contract, pkg *place.Package, size int) []finding.Finding {
	m, found := repo.module()
	if len(found) > 0 {
		return found
	}
	l := linker{repo: repo, module: m, contract: con, packages: map[string]*place.Package{}, left: place.MaxInput - size}
	var trail []string
	if dir, err := filepath.Rel(repo.Dir, pkg.Dir); err == nil {
		trail = append(trail, filepath.ToSlash(dir))
	}
	l.link(pkg, trail)
	return append(l.found, repo.vendored()...)
}

// linker reads the packages that others import.
type linker struct {
	repo     Repository
	module   module
	contract *contract.Contract
	packages map[string]*place.Package // by directory; nil: what is wrong is said
	left     int                       // bytes that may still be read
	found    []finding.Finding
}

const helpImport = "packages of this repository's module may be imported (cue.mod, as `whiskops init` writes it), the contract, and CUE's own"

// link puts the packages that pkg imports into it. trail has the directories of
// those that import it, and its own.
func (l *linker) link(pkg *place.Package, trail []string) {
	pkg.Imported = map[string]*place.Package{}
	for _, i := range pkg.Imports() {
		dir, ok := l.directory(i.Path)
		switch {
		case i.Path.Path == contract.ImportPath && slices.Contains([]string{"", "v0"}, i.Path.Version):
		case !ok:
			l.refuse(i, "", helpImport)
		case slices.Contains(trail, dir):
			l.refuse(i, ": it imports the package that imports it", "move what both need into a package of its own")
		default:
			if other := l.read(i, dir, trail); other != nil {
				pkg.Imported[i.Path.String()] = other
			}
		}
	}
	l.found = append(l.found, lift(l.contract, pkg)...)
}

func (l *linker) refuse(i place.Import, message, help string) {
	l.found = append(l.found, i.Refused(message, help))
}

// directory of a package of the module, from the root of the repository.
func (l *linker) directory(p ast.ImportPath) (string, bool) {
	if !covers(l.module.path.Path, p.Path) || p.Version != "" && p.Version != l.module.path.Version {
		return "", false
	}
	dir := path.Join(".", strings.TrimPrefix(p.Path, l.module.path.Path))
	dir = strings.TrimPrefix(dir, "/")
	return dir, fs.ValidPath(dir) && dir != "cue.mod" && !strings.HasPrefix(dir, "cue.mod/")
}

// read reads the package in a directory, and those that it imports.
func (l *linker) read(i place.Import, dir string, trail []string) *place.Package {
	pkg, ok := l.packages[dir]
	if !ok {
		pkg = l.parse(i, dir)
		l.packages[dir] = pkg
		if pkg != nil {
			l.link(pkg, append(trail[:len(trail):len(trail)], dir))
		}
	}
	if pkg == nil {
		return nil
	}
	if name := pkg.Files[0].PackageName(); name != i.Path.Qualifier {
		l.refuse(i, fmt.Sprintf(": its files are of package %q", name), fmt.Sprintf("write %q", i.Path.Path+":"+name))
		return nil
	}
	return pkg
}

func (l *linker) parse(i place.Import, dir string) *place.Package {
	files := map[string][]byte{}
	for _, name := range l.repo.cueFiles(dir) {
		src, err := readFile(l.repo.FS, name, int64(l.left))
		if err != nil {
			l.refuse(i, fmt.Sprintf(": %s cannot be read", l.repo.at(name)), "its files must be regular files of this repository")
			return nil
		}
		if l.left -= len(src); l.left < 0 {
			l.found = append(l.found, place.At(i.Pos, place.CodeSize, "", fmt.Sprintf("more than %d MiB of CUE with this package", place.MaxInput>>20),
				"import packages that hold nothing but what environments need"))
			return nil
		}
		if src != nil {
			files[l.repo.at(name)] = src
		}
	}
	if len(files) == 0 {
		l.refuse(i, fmt.Sprintf(": there are no CUE files in %s", l.repo.at(dir)), "the path is the module's name and the directory, from the root of the repository")
		return nil
	}
	pkg, found := place.Parse(l.repo.at(dir), files)
	l.found = append(l.found, found...)
	return pkg
}

// instances builds imported packages for CUE.
func instances(ctx *build.Context, pkg *place.Package) build.LoadFunc {
	return func(_ token.Pos, name string) *build.Instance {
		other := pkg.Imported[name]
		if other == nil {
			return nil // one of CUE's own
		}
		return instance(ctx, other)
	}
}

func instance(ctx *build.Context, pkg *place.Package) *build.Instance {
	inst := ctx.NewInstance(pkg.Dir, instances(ctx, pkg))
	for _, f := range pkg.Files {
		// Both report what building the instance reports again.
		_ = inst.AddSyntax(f)
	}
	_ = inst.Complete()
	return inst
}
