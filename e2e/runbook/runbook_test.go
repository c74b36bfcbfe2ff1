package runbook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is read is all that is there: each symptom has a command, and no command has a
// word that nobody knows to replace.
func TestRead(t *testing.T) {
	readmes, err := filepath.Glob("../../golden/*/README.md")
	if err != nil || len(readmes) == 0 {
		t.Fatalf("no README: %v", err)
	}
	for _, file := range readmes {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all, err := Read(string(text))
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]int{}
		for _, c := range all {
			of[c.Symptom]++
			if strings.ContainsAny(c.Run, "`<>") && !strings.Contains(c.Run, "2>&1") || c.Run == "" {
				t.Errorf("%s: %s: %q", file, c.Symptom, c.Run)
			}
		}
		if headings := strings.Count(string(text), "\n### "); len(of) != headings+1 || headings < 15 {
			t.Errorf("%s: %d symptoms have commands, of %d", file, len(of)-1, headings)
		}
		t.Logf("%s: %d commands under %d symptoms", file, len(all), len(of)-1)
	}
	if _, err := Read("# nothing\n"); err == nil {
		t.Error("a README without the section is read")
	}
}
