package main

import (
	"context"
	"os/exec"
	"testing"
)

// A test that fails kills a mutant; one that somebody ends says nothing.
func TestEnded(t *testing.T) {
	for script, want := range map[string]bool{"exit 0": false, "exit 2": false, "kill -TERM $$": true, "kill -KILL $$": true} {
		if got := ended(exec.Command("sh", "-c", script).Run()); got != want {
			t.Errorf("%s: ended from outside: %v", script, got)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if !ended(exec.CommandContext(ctx, "sh", "-c", "exit 1").Run()) {
		t.Error("a run that is stopped is a test that fails")
	}
}
