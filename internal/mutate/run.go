package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// fate of a mutant.
type fate int

const (
	// killed: a test fails, or never ends.
	killed fate = iota
	// unbuilt: the compiler refuses it.
	unbuilt
	// survived: all tests pass.
	survived
)

// runner tests mutants. The work tree is never written: the compiler is shown
// each mutated file in place of the real one.
type runner struct {
	// root of the module, and a directory for what is made on the way.
	root, scratch string
	timeout       time.Duration
	// guards are packages whose tests count too, by package.
	guards map[string][]string
}

// memory that a mutant may take, in KiB of addresses: one that appends for ever
// must not take the machine along.
const memory = 8 << 20

// command within the bound of memory.
func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	limited := append([]string{"-c", fmt.Sprintf(`ulimit -v %d; exec "$@"`, memory), "sh", name}, args...)
	cmd := exec.CommandContext(ctx, "sh", limited...)
	cmd.Dir = dir
	return cmd
}

// binary is the tests of a package.
type binary struct{ path, dir string }

// build the tests that judge a package, with some of its files replaced.
func (r runner) build(ctx context.Context, folder, name string, replaced map[string][]byte) ([]binary, error) {
	overlay := map[string]string{}
	for file, content := range replaced {
		path := filepath.Join(r.scratch, fmt.Sprint(name, "-", len(overlay), ".go"))
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
		overlay[filepath.Join(r.root, filepath.FromSlash(file))] = path
	}
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	list := filepath.Join(r.scratch, name+".json")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		return nil, err
	}
	var all []binary
	for _, judge := range append([]string{folder}, r.guards[folder]...) {
		b := binary{filepath.Join(r.scratch, fmt.Sprint(name, "-", len(all), ".test")), filepath.Join(r.root, filepath.FromSlash(judge))}
		out, err := command(ctx, r.root, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay="+list, "-o", b.path, "./"+judge).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w\n%s", judge, err, out)
		}
		all = append(all, b)
	}
	return all, nil
}

// test runs tests with one of the mutants that are in them, by its number, or
// with none for 0. The output is that of a failure.
func (r runner) test(ctx context.Context, tests []binary, active int) (fate, []byte) {
	for _, b := range tests {
		cmd := command(ctx, b.dir, b.path, "-test.short", "-test.failfast", "-test.timeout="+r.timeout.String())
		cmd.Env = append(os.Environ(), fmt.Sprint(variable, "=", active))
		if out, err := cmd.CombinedOutput(); err != nil {
			return killed, out
		}
	}
	return survived, nil
}

// alone builds and tests one mutant that has no site.
func (r runner) alone(ctx context.Context, folder string, m mutant, name string) (fate, error) {
	source, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(m.file)))
	if err != nil {
		return 0, err
	}
	tests, err := r.build(ctx, folder, name, map[string][]byte{m.file: m.apply(source)})
	if err != nil {
		return unbuilt, ctx.Err()
	}
	f, _ := r.test(ctx, tests, 0)
	for _, b := range tests {
		os.Remove(b.path)
	}
	return f, ctx.Err()
}

// all tries the mutants of a package, some at a time, and tells each when it is
// done. Fates are in the order of mutants; together has those that have a site,
// numbered from 1.
func (r runner) all(ctx context.Context, folder string, together []binary, mutants []mutant, jobs int, done func(mutant, fate)) ([]fate, error) {
	fates, errs := make([]fate, len(mutants)), make([]error, len(mutants))
	var group sync.WaitGroup
	var told sync.Mutex
	free := make(chan struct{}, jobs)
	for i, m := range mutants {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			if m.site.kind == alone {
				fates[i], errs[i] = r.alone(ctx, folder, m, fmt.Sprint("alone", i))
			} else {
				fates[i], _ = r.test(ctx, together, i+1)
				errs[i] = ctx.Err()
			}
			told.Lock()
			defer told.Unlock()
			done(m, fates[i])
		})
	}
	group.Wait()
	return fates, errors.Join(errs...)
}

// compile a package with all mutants that have a site, and see its tests pass
// with none of them active.
func (r runner) compile(ctx context.Context, folder, name string, mutants []mutant) ([]binary, error) {
	replaced := map[string][]byte{folder + "/active_mutant.go": chooser(name)}
	for i := 0; i < len(mutants); {
		n, ids := i, []int(nil)
		for ; n < len(mutants) && mutants[n].file == mutants[i].file; n++ {
			ids = append(ids, n+1)
		}
		source, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(mutants[i].file)))
		if err != nil {
			return nil, err
		}
		replaced[mutants[i].file] = together(source, mutants[i:n], ids)
		i = n
	}
	tests, err := r.build(ctx, folder, "together", replaced)
	if err != nil {
		return nil, err
	}
	if f, out := r.test(ctx, tests, 0); f != survived {
		return nil, fmt.Errorf("%s: the tests fail without a mutation:\n%s", folder, out)
	}
	return tests, nil
}
