package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var consoleFence = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// TestFunctionsPage does what docs/functions.md shows: what "$ cat" prints is a file, one
// that a command wrote or one for the next, and what a command of whiskops prints is
// compared. -update writes that.
func TestFunctionsPage(t *testing.T) {
	const path = "../../docs/functions.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	now := consoleFence.ReplaceAllStringFunc(string(text), func(fence string) string {
		shown++
		return "```console\n" + pasted(t, consoleFence.FindStringSubmatch(fence)[1]) + "```"
	})
	if shown < 2 {
		t.Errorf("%d consoles", shown)
	}
	if *update {
		write(t, path, now)
		return
	}
	if diff := cmp.Diff(string(text), now); diff != "" {
		t.Errorf("the page does not show what is printed (-document +printed):\n%s", diff)
	}
}

// pasted is a console with what its commands print, in a folder of its own.
func pasted(t *testing.T, console string) string {
	t.Helper()
	dir := t.TempDir()
	var printed strings.Builder
	for _, one := range strings.SplitAfter("\n"+console, "\n$ ")[1:] {
		line, shown, _ := strings.Cut(strings.TrimSuffix(one, "$ "), "\n")
		printed.WriteString("$ " + line + "\n")
		if file, ok := strings.CutPrefix(line, "cat "); ok {
			at := filepath.Join(dir, file)
			if made, err := os.ReadFile(at); err == nil { // a command wrote it
				printed.Write(made)
				continue
			}
			write(t, at, shown)
			printed.WriteString(shown)
			continue
		}
		command, ok := strings.CutPrefix(line, "whiskops ")
		if !ok {
			t.Fatalf("no command of whiskops: %s", line)
		}
		command, from, _ := strings.Cut(command, " < ")
		var in io.Reader = strings.NewReader("")
		if from != "" {
			list, err := os.ReadFile(filepath.Join(dir, from))
			if err != nil {
				t.Fatal(err)
			}
			in = bytes.NewReader(list)
		}
		var out bytes.Buffer
		run(strings.Fields(command), streams{in: in, out: &out, err: &out, dir: dir, cache: t.TempDir()})
		printed.Write(out.Bytes())
	}
	return printed.String()
}
