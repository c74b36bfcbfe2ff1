package main

import (
	"bytes"
	"context"
	"encoding/json"
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

// memory that a mutant's compiler or test may address, in KiB: one that appends
// for ever must not take the machine along.
const memory = 8 << 20

// test runs a package's tests with an overlay, or none.
func (r runner) test(ctx context.Context, pkg, overlay string) (fate, []byte) {
	// Only a package's own tests are linked with a mutant. Those that need longest
	// come last, as a survivor alone has to pass them all.
	for _, p := range append([]string{pkg}, r.guards[pkg]...) {
		cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf(`ulimit -v %d; exec "$@"`, memory), "sh",
			"go", "test", "-short", "-failfast", "-count=1", "-vet=off", "-ldflags=-s -w",
			"-overlay="+overlay, "-timeout="+r.timeout.String(), "./"+p)
		cmd.Dir = r.root
		out, err := cmd.CombinedOutput()
		switch {
		case bytes.Contains(out, []byte("[build failed]")):
			return unbuilt, out
		case err != nil:
			return killed, out
		}
	}
	return survived, nil
}

// try makes one mutant and tests it.
func (r runner) try(ctx context.Context, pkg string, m mutant, name string) (fate, error) {
	path := filepath.Join(r.root, filepath.FromSlash(m.file))
	source, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	mutated, overlay := filepath.Join(r.scratch, name+".go"), filepath.Join(r.scratch, name+".json")
	text, err := json.Marshal(map[string]map[string]string{"Replace": {path: mutated}})
	if err != nil {
		return 0, err
	}
	for file, content := range map[string][]byte{mutated: m.apply(source), overlay: text} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return 0, err
		}
		defer os.Remove(file)
	}
	f, _ := r.test(ctx, pkg, overlay)
	return f, ctx.Err()
}

// all tries the mutants of a package, some at a time, and tells each when it is
// done. Fates are in the order of mutants.
func (r runner) all(ctx context.Context, pkg string, mutants []mutant, jobs int, done func(mutant, fate)) ([]fate, error) {
	fates, errs := make([]fate, len(mutants)), make([]error, len(mutants))
	var group sync.WaitGroup
	var told sync.Mutex
	free := make(chan struct{}, jobs)
	for i, m := range mutants {
		free <- struct{}{}
		group.Go(func() {
			defer func() { <-free }()
			if ctx.Err() != nil {
				errs[i] = ctx.Err()
				return
			}
			fates[i], errs[i] = r.try(ctx, pkg, m, fmt.Sprint("mutant", i))
			told.Lock()
			defer told.Unlock()
			done(m, fates[i])
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return fates, nil
}
