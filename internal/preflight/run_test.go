//go:build unix

package preflight

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kubectl puts a program of that name before all others.
func kubectl(t *testing.T, lines string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kubectl"), []byte("#!/bin/sh\n"+lines+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// Whatever a cluster shows, no secret of the environment is printed: not by the
// lines, and not by findings.
func TestRunHidesSecrets(t *testing.T) {
	kubectl(t, "echo development-only")
	v := values(t)["development"]
	var out bytes.Buffer
	found, err := Run(context.Background(), v, Options{Timeout: time.Minute, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 || !strings.Contains(out.String(), "shown: ") {
		t.Fatalf("nothing is wrong: %s", out.String())
	}
	text := out.String()
	for _, f := range found {
		text += f.Message + f.Help
	}
	if strings.Contains(text, "development-only") {
		t.Errorf("a secret is shown:\n%s", text)
	}
}

// What a cluster shows moves no cursor of the terminal that it is printed on.
func TestRunShowsNoControls(t *testing.T) {
	kubectl(t, `printf 'a\033[2J\007b\177\r\n'`)
	var out bytes.Buffer
	if _, err := Run(context.Background(), values(t)["production"], Options{Timeout: time.Minute, Out: &out}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "shown: a[2Jb\n") || strings.ContainsAny(out.String(), "\x1b\a\x7f\r") {
		t.Errorf("what is shown: %.400q", out.String())
	}
}

// A kubectl that does not end, and says a lot, holds nobody up.
func TestRunIsBounded(t *testing.T) {
	for name, lines := range map[string]string{
		"never answers":    "exec sleep 60",
		"says it for ever": "while :; do echo 0123456789 0123456789 >&2; done",
	} {
		t.Run(name, func(t *testing.T) {
			pid := filepath.Join(t.TempDir(), "pid")
			kubectl(t, "echo $$ >"+pid+"\n"+lines)
			begun := time.Now()
			found, err := Run(context.Background(), values(t)["production"], Options{Timeout: 300 * time.Millisecond, Out: &bytes.Buffer{}})
			if err != nil || len(found) != 1 || found[0].Code != codeTime {
				t.Errorf("%v %v", found, err)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			gone(t, pid)
		})
	}
}

// gone wants a process whose number is in a file to end.
func gone(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("kubectl goes on")
		}
	}
}
