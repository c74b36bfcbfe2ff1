package environment

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/whiskops/whiskops/internal/finding"
)

// MaxInput is the most bytes of CUE that one package may have. Larger input is
// a mistake (a wrong directory) rather than an installation, and would be
// evaluated for minutes.
const MaxInput = 4 << 20

// Load reads the environments of the *.cue files at the root of a file system,
// which are one CUE package. dir is where that is, as positions name it. Files
// whose names begin with "_" or "." are left out, as CUE does. Environments are
// sorted by name; those with a finding of severity error are left out. The
// error is for faults of the machine: a directory or file that cannot be read.
func Load(system fs.FS, dir string) ([]Environment, []finding.Finding, error) {
	entries, err := fs.ReadDir(system, ".")
	if err != nil {
		return nil, nil, unread(dir, err)
	}
	files := map[string][]byte{}
	left := int64(MaxInput)
	for _, e := range entries {
		if !isInput(e.Name()) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		src, err := readFile(system, e.Name(), left)
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
	return LoadBytes(filepath.ToSlash(dir), files)
}

// unread names the file as the user knows it: the error itself has the name in
// the file system.
func unread(name string, err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("read environments: %s: %w", name, err)
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
func LoadBytes(dir string, files map[string][]byte) (envs []Environment, fs []finding.Finding, err error) {
	defer func() {
		// The evaluator is a large dependency that is given bytes from
		// outside: whatever it panics about must not end the process.
		if r := recover(); r != nil {
			envs, fs, err = nil, nil, fmt.Errorf("evaluate %s: the CUE evaluator stopped: %v", dir, r)
		}
	}()
	pkg, fs := parse(dir, files)
	if pkg == nil {
		return nil, finding.Sort(fs), nil
	}
	con, err := newContract()
	if err != nil {
		return nil, nil, err
	}
	ev := pkg.evaluate(con.ctx)
	fs = append(fs, ev.findings...)
	if len(ev.data) == 0 && len(fs) == 0 {
		fs = append(fs, about(dir, CodeNothing, "no environment in this directory",
			`write one as a top-level field, for example production: {edge: host: "functions.example.com"}`))
	}
	seen := map[finding.Finding]bool{}
	for _, d := range ev.data {
		src := &source{pkg: pkg, env: d.name, data: d.node}
		found := con.check(d, src)
		for _, f := range found {
			// A mistake in a shared struct is one mistake, however
			// many environments use it.
			key := f
			key.Path = ""
			if !seen[key] {
				seen[key] = true
				fs = append(fs, f)
			}
		}
		if len(found) > 0 || d.broken {
			continue
		}
		env, err := con.resolve(d.node)
		if err != nil {
			fs = append(fs, con.disagreement(d, src, err))
			continue
		}
		env.Name, env.Source = d.name, src
		envs = append(envs, env)
	}
	slices.SortFunc(envs, func(a, b Environment) int { return cmp.Compare(a.Name, b.Name) })
	return envs, finding.Sort(fs), nil
}

// Base returns the environment that base/ is made of: #Base with every default.
// The user wrote nothing of it, so its positions are empty.
func Base() Environment {
	con, err := newContract()
	if err == nil {
		var env Environment
		if env, err = con.decode(con.value.LookupPath(cue.ParsePath("#Base")).Unify(con.ctx.BuildExpr(con.fill.expr()))); err == nil {
			env.Source = nowhere{}
			return env
		}
	}
	// The schema is in the binary, and the tests call Base.
	panic(fmt.Sprintf("the embedded schema is broken: %v", err))
}

// about makes a finding that has no line.
func about(file, code, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: file}, Message: message, Help: help}
}
