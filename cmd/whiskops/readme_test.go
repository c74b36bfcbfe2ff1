package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadme holds the README's example against the file that it says it is.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../examples/environments/production.cue")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(example)) {
		line = strings.TrimRight(line, "\n")
		rest := strings.TrimLeft(line, "\t")
		if rest == "" {
			continue
		}
		shown := strings.Repeat("    ", 1+len(line)-len(rest)) + rest
		if !strings.Contains(string(readme), "\n"+shown+"\n") {
			t.Errorf("README.md does not show the line %q", shown)
		}
	}
}
