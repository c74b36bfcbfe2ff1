//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// endless is an environment that CUE evaluates for ever, as far as a test is
// concerned: nothing that could be counted beforehand says so.
const endless = `package environments

import "list"

_n: len("\(1000 * 1000)")
_l: [for a in list.Range(0, 10*_n, 1) for b in list.Range(0, 10*_n, 1) for c in list.Range(0, 10*_n, 1) for d in list.Range(0, 10*_n, 1) {a + b + c + d}]
a: edge: host: "\(len(_l)).example.com"
`

// TestStops: a signal ends each command at once, whatever it is doing.
func TestStops(t *testing.T) {
	for _, s := range []struct {
		name      string
		sig, ends syscall.Signal
	}{{"SIGTERM", syscall.SIGTERM, syscall.SIGTERM}, {"SIGINT", syscall.SIGINT, syscall.SIGINT}, {"SIGQUIT", syscall.SIGQUIT, syscall.SIGINT}} {
		t.Run(s.name+" while it evaluates", func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			write(t, filepath.Join(root, "environments", "a.cue"), endless)
			cmd, stderr := start(t, root, "validate")
			// It says nothing while it evaluates. A signal that comes before
			// that would prove less, but no other thing.
			time.Sleep(500 * time.Millisecond)
			ends(t, cmd, s.sig, s.ends)
			if said, err := os.ReadFile(stderr); err != nil || len(said) > 0 {
				t.Errorf("it says %q, %v", said, err)
			}
		})
		t.Run(s.name+" while it waits for the lock", func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			if out, err := exec.Command("whiskops", "init", root).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			held := filepath.Join(root, ".whiskops", "lock")
			write(t, held, "")
			lock, err := lockedfile.OpenFile(held, os.O_RDWR, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
			cmd, stderr := start(t, root, "generate", "--no-cache")
			poll(t, "it says that it waits", func() bool {
				text, err := os.ReadFile(stderr)
				return err == nil && bytes.Contains(text, []byte("waiting for another whiskops"))
			})
			ends(t, cmd, s.sig, s.ends)
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// start starts the command, whose standard error goes into a file.
func start(t *testing.T, root string, args ...string) (cmd *exec.Cmd, stderr string) {
	t.Helper()
	stderr = filepath.Join(t.TempDir(), "stderr")
	to, err := os.Create(stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	cmd = exec.Command("whiskops", args...)
	cmd.Dir, cmd.Stderr = root, to
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, stderr
}

// ends sends a signal and wants the process to have ended by that, or by another.
func ends(t *testing.T, cmd *exec.Cmd, sig, want syscall.Signal) {
	t.Helper()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatalf("it ended by itself: %v", err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	poll(t, "it ends", func() bool {
		select {
		case <-gone:
			return true
		default:
			return false
		}
	})
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != want {
		t.Errorf("it ended with %v, want signal %v", cmd.ProcessState, want)
	}
}

// poll asks until something is so.
func poll(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 3000 {
		if so() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("not within 3000 polls: %s", what)
}
