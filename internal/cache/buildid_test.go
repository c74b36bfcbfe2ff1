package cache

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBuildID builds programs and wants what the go command says of them.
func TestBuildID(t *testing.T) {
	program := func(text string) string {
		name := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	one := program("package main\n\nfunc main() { println(1) }\n")
	two := program("package main\n\nfunc main() { println(2) }\n")
	seen := map[string]string{}
	for _, tt := range []struct {
		name, program, goos, flags string
		none                       bool
	}{
		{name: "one", program: one, goos: "linux"},
		{name: "two", program: two, goos: "linux"},
		{name: "stripped", program: one, goos: "linux", flags: "-s -w"},
		{name: "mach-o", program: one, goos: "darwin"},
		{name: "no id", program: one, goos: "linux", flags: "-buildid=", none: true},
		{name: "an id that says nothing", program: one, goos: "linux", flags: "-buildid=redacted", none: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && (tt.flags == "-s -w" || tt.flags == "-buildid=redacted") {
				t.Skip("each is a link, and others have its kind")
			}
			out := filepath.Join(t.TempDir(), "out")
			build := exec.Command("go", "build", "-o", out, "-ldflags", tt.flags, tt.program)
			build.Env = append(os.Environ(), "GOOS="+tt.goos, "CGO_ENABLED=0")
			if text, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			f, err := os.Open(out)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got := readID(f)
			if tt.none {
				if got != "" {
					t.Errorf("id %q, want none", got)
				}
				return
			}
			want, err := exec.Command("go", "tool", "buildid", out).Output()
			if err != nil {
				t.Fatal(err)
			}
			if got != strings.TrimSpace(string(want)) {
				t.Errorf("id %q, the go command says %q", got, want)
			}
			if other, ok := seen[got]; ok {
				t.Errorf("the same id as %s", other)
			}
			seen[got] = tt.name
		})
	}
}

func TestBuildIDOfThis(t *testing.T) {
	if id := BuildID(); !isID(id) || id != BuildID() {
		t.Errorf("the id of the test is %q, then %q", id, BuildID())
	}
}

func TestNoBinary(t *testing.T) {
	for _, text := range []string{"", "#!/bin/sh\n", "\x7fELF", "\xcf\xfa\xed\xfe"} {
		if id := readID(strings.NewReader(text)); id != "" {
			t.Errorf("%q has the id %q", text, id)
		}
	}
}

func FuzzReadID(f *testing.F) {
	f.Add("\x7fELF\x02\x01\x01")
	f.Add("\xcf\xfa\xed\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		if id := readID(strings.NewReader(text)); id != "" && !isID(id) {
			t.Errorf("no id: %q", id)
		}
	})
}

func BenchmarkBuildID(b *testing.B) {
	for b.Loop() {
		BuildID()
	}
}
