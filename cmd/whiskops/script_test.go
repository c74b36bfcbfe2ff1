package main

import (
	"encoding/pem"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/whiskops/whiskops/internal/sops/sopstest"
)

var update = flag.Bool("update", false, "rewrite what the scripts compare output with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"whiskops": main, "sops": sopstest.Main})
}

// TestScripts runs the command as users do: each script has its files, the
// commands, and what they print. "exits 2 whiskops ..." is exec with the exit
// code that is wanted.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, ".cache"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, ".home"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "large": large, "registry": startRegistry, "publish": publish,
			"certificate": certificate, "nosops": noSOPS},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s exits with %d, want %d", args[1], got, want)
	}
}

// large writes a file of so many bytes of CUE.
func large(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: large FILE BYTES")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	line := "// a comment of no meaning that goes on for a while\n"
	text := "package environments\n\n" + strings.Repeat(line, size/len(line))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// certificate writes one of Sealed Secrets that ends in so many days.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate FILE DAYS")
	}
	days, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), madeCertificate(days), 0o644))
}

// noSOPS leaves whiskops alone in the path.
func noSOPS(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.MkAbs(".bin")
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, p := range filepath.SplitList(ts.Getenv("PATH")) {
		if at := filepath.Join(p, "whiskops"); os.Symlink(at, filepath.Join(dir, "whiskops")) == nil {
			ts.Setenv("PATH", dir)
			return
		}
	}
}

// madeCertificate is one of Sealed Secrets that ends in so many days; empty if
// that cannot be made.
func madeCertificate(days int) []byte {
	_, cert, err := crypto.GeneratePrivateKeyAndCert(2048, time.Duration(days)*24*time.Hour, "sealed-secret")
	if err != nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
}
