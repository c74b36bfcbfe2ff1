package environment

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// Load reads the environments of the *.cue files at the root of a file system,
// which are one CUE package. dir is where that is, as positions name it. Files
// whose names begin with "_" or "." are left out, as CUE does. Environments are
// sorted by name; those with a finding of severity error are left out. The
// error is for faults of the machine: a directory or file that cannot be read.
func Load(system fs.FS, dir string) ([]Environment, []finding.Finding, error) {
	return Repository{}.Load(system, dir)
}

// Load is Load for environments that may import packages of the repository.
func (r Repository) Load(system fs.FS, dir string) ([]Environment, []finding.Finding, error) {
	entries, err := fs.ReadDir(system, ".")
	if err != nil {
		return nil, nil, unread(dir, err)
	}
	files := map[string][]byte{}
	left := int64(place.MaxInput)
	for _, e := range entries {
		if !isInput(e.Name()) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		src, err := readFile(system, e.Name(), left)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, gone(system, e.Name(), name)
		}
		if err != nil {
			return nil, nil, unread(name, err)
		}
		if src == nil {
			continue
		}
		files[filepath.ToSlash(name)] = src
		if left -= int64(len(src)); left < 0 {
			break
		}
	}
	dir = filepath.ToSlash(dir)
	pkg, envs, found, err := r.load(dir, files)
	if err != nil {
		return nil, nil, err
	}
	return envs, finding.Sort(append(found, r.unread(system, dir, pkg)...)), nil
}

// unread names the file as the user knows it: the error itself has the name in
// the file system.
func unread(name string, err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	// What os.Root says has no value of its own.
	if err.Error() == "path escapes from parent" {
		err = errors.New("it is a symbolic link that leads out of the repository")
	}
	return fmt.Errorf("read environments: %s: %w", name, err)
}

// gone is the error for a file that the directory has and that is not there. It
// is no fs.ErrNotExist, which says that there is no directory.
func gone(system fs.FS, entry, name string) error {
	if target, err := fs.ReadLink(system, entry); err == nil {
		return fmt.Errorf("read environments: %s is a symbolic link to %s, which does not exist", name, target)
	}
	return fmt.Errorf("read environments: %s was removed meanwhile", name)
}

func isInput(name string) bool {
	return strings.HasSuffix(name, ".cue") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}

// readFile reads at most one byte more than limit, so that a huge file costs
// nothing. It returns nil for a directory.
func readFile(system fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(system, name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, nil
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := system.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	return append([]byte{}, src...), nil
}

// LoadBytes is Load for files that are in memory, by name. dir is the position
// of findings that are about no file. It reads nothing else: no file, no
// network, no environment variable.
func LoadBytes(dir string, files map[string][]byte) ([]Environment, []finding.Finding, error) {
	_, envs, found, err := Repository{}.load(dir, files)
	return envs, found, err
}

// load is LoadBytes; pkg is what it made of the files, nil if they are none.
func (r Repository) load(dir string, files map[string][]byte) (pkg *place.Package, envs []Environment, fs []finding.Finding, err error) {
	var secrets *finding.Secrets
	defer func() {
		// The evaluator is a large dependency that is given bytes from
		// outside: whatever it panics about must not end the process.
		if r := recover(); r != nil {
			pkg, envs, fs, err = nil, nil, nil, fmt.Errorf("evaluate %s: the CUE evaluator stopped: %s", dir, secrets.Hide(fmt.Sprint(r)))
		}
	}()
	con, err := contract.Borrow()
	if err != nil {
		return nil, nil, nil, err
	}
	collect := newCollector(con.Shape())
	secrets = collect.secrets
	pkg, envs, fs = r.read(con, collect, dir, files)
	// What was imported is not counted, and the context has it all the same.
	if pkg == nil || len(pkg.Imported) == 0 {
		con.Return(sizeOf(files))
	}
	return pkg, envs, finding.Sort(secrets.Seal(fs)), nil
}

// read is load by a contract of one's own.
func (r Repository) read(con *contract.Contract, collect *collector, dir string, files map[string][]byte) (pkg *place.Package, envs []Environment, fs []finding.Finding) {
	pkg, fs = place.Parse(dir, files)
	if pkg == nil {
		collect.torn(files)
		return nil, nil, fs
	}
	defer r.begin(evaluating(pkg))()
	pkg.Secrets = collect.secrets
	linked := link(r, con, pkg, sizeOf(files))
	for _, p := range pkg.All() {
		collect.syntax(p, files)
	}
	if finding.HasErrors(linked) {
		collect.lines(files)
		return pkg, nil, linked
	}
	data, fs := evaluate(pkg, con.Context())
	for _, d := range data {
		collect.data(nil, d.Data)
	}
	collect.unused(pkg, fs)
	collect.lines(files)
	if len(data) == 0 && len(fs) == 0 {
		fs = append(fs, place.About(dir, place.CodeNothing, "no environment in this directory",
			`write one as a top-level field, for example production: {edge: host: "functions.example.com"}`))
	}
	for _, d := range data {
		if r.Met != nil {
			r.Met(d.Name, d.lacks)
		}
	}
	envs, found := check(con, data)
	slices.SortFunc(envs, func(a, b Environment) int { return cmp.Compare(a.Name, b.Name) })
	return pkg, envs, slices.Concat(linked, fs, found)
}

func sizeOf(files map[string][]byte) int {
	size := 0
	for _, src := range files {
		size += len(src)
	}
	return size
}

// evaluating says what is at work once a package is read.
func evaluating(pkg *place.Package) string {
	if at, ok := pkg.Costly(); ok {
		return fmt.Sprintf("evaluating %s (%s:%d:%d has the most to calculate)", pkg.Dir, at.File, at.Line, at.Column)
	}
	if len(pkg.Files) == 1 {
		return "evaluating " + pkg.Files[0].Filename
	}
	return "evaluating " + pkg.Dir
}

// check holds each environment to the contract; those that keep it come back
// with their defaults.
func check(con *contract.Contract, data []datum) ([]Environment, []finding.Finding) {
	var envs []Environment
	var fs []finding.Finding
	for _, d := range data {
		found := con.Check(d.Source, d.partial)
		fs = append(fs, found...)
		if len(found) > 0 || d.broken {
			continue
		}
		env, err := decode(con.Resolve(d.Data))
		if err != nil {
			fs = append(fs, contract.Disagreement(d.Source, err))
			continue
		}
		env.Name, env.Source = d.Name, d.Source
		envs = append(envs, env)
	}
	return envs, fs
}

// decode reads the JSON that the contract made of an environment, strictly: the
// types are made from the schema.
func decode(whole []byte, err error) (Environment, error) {
	if err != nil {
		return Environment{}, err
	}
	var env Environment
	d := json.NewDecoder(bytes.NewReader(whole))
	d.DisallowUnknownFields()
	if err := d.Decode(&env); err != nil {
		return Environment{}, fmt.Errorf("decode an environment: %w", err)
	}
	return env, nil
}

// Base returns the environment that base/ is made of: #Base with every default.
// The user wrote nothing of it, so its positions are empty.
func Base() Environment {
	env, err := base()
	if err != nil {
		// The schema is in the binary, and the tests call Base.
		panic(fmt.Sprintf("the embedded schema is broken: %v", err))
	}
	return env
}

// wholeBase is the JSON of #Base: each call of Base decodes an environment of its own.
var wholeBase = sync.OnceValues(func() ([]byte, error) {
	con, err := contract.Borrow()
	if err != nil {
		return nil, err
	}
	defer con.Return(0)
	return con.Base()
})

func base() (Environment, error) {
	env, err := decode(wholeBase())
	env.Source = nowhere{}
	return env, err
}
