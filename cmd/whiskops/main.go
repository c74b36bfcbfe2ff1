// Command whiskops turns a short CUE description of OpenWhisk installations
// into Kustomize bases and overlays, and proves them.
package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/whiskops/whiskops/internal/finding"
)

// Exit codes.
const (
	exitFine    = 0
	exitFinding = 1 // findings of severity error, or drift
	exitUsage   = 2 // wrong use, or a fault of the machine
)

// memoryLimit is where collecting becomes frequent: what runs in a CI job has
// half a gigabyte.
const memoryLimit = 400 << 20

func main() {
	// A run lives for a blink: collecting often costs a fifth of it, and
	// saves little memory.
	debug.SetGCPercent(600)
	if os.Getenv("GOMEMLIMIT") == "" {
		// But for a thousand environments, of which most is garbage.
		debug.SetMemoryLimit(memoryLimit)
	}
	// A stack that is full ends the process with a trace of Go's. As memory it
	// counts anyway: see budget.go.
	debug.SetMaxStack(math.MaxInt)
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "whiskops: where am I?", err)
		os.Exit(exitUsage)
	}
	// No signal is caught but to end the process, each where it stands, which is
	// safe (see internal/tree).
	quit()
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, dir: dir, cache: cacheDir(), attended: attended(os.Stderr, os.Getenv)}))
}

// cacheDir is where runs remember; empty if the user has no such place.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "whiskops")
}

// streams are what a command reads and writes, and where it stands.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// dir is the working directory, absolute.
	dir string
	// cache is the directory of what earlier runs found out; see
	// internal/cache.
	cache string
	// attended says that a person looks at err while the work goes on.
	attended bool
	// secrets of the environments that were loaded: nothing that is printed
	// for people or in findings may show them.
	secrets *finding.Secrets
}

// errFindings says that findings were printed: there is no more to say.
var errFindings = errors.New("there are findings")

// run runs one command line and returns its exit code.
func run(args []string, s streams) int {
	s.secrets = &finding.Secrets{}
	cmd := rootCommand(s)
	cmd.SetArgs(args)
	cmd.SetIn(s.in)
	cmd.SetOut(s.out)
	cmd.SetErr(s.err)
	err := cmd.Execute()
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFinding
	}
	fmt.Fprintf(s.err, "whiskops: %s\n", finding.PlainLines(s.secrets.Hide(err.Error())))
	return exitUsage
}
