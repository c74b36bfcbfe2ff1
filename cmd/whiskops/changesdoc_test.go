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

// change is a fence of docs/changes.md, docs/escape.md or the README: lines of
// examples/environments/production.cue that go and come, and the commands with what
// they print.
var changeFence = regexp.MustCompile("(?ms)^```diff\n(.*?)^```\n\n```console\n(.*?)^```$")

// TestChangesDocument makes the changes of the documents, each from the example, and
// runs their lines. -update writes what is printed.
func TestChangesDocument(t *testing.T) {
	before, err := os.ReadFile("../../examples/environments/production.cue")
	if err != nil {
		t.Fatal(err)
	}
	from := generatedBefore(t, string(before))
	for path, atLeast := range map[string]int{"../../docs/changes.md": 5, "../../docs/escape.md": 6, "../../README.md": 1} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		made := 0
		now := changeFence.ReplaceAllStringFunc(string(text), func(fence string) string {
			made++
			parts := changeFence.FindStringSubmatch(fence)
			return "```diff\n" + parts[1] + "```\n\n```console\n" + changed(t, from, string(before), parts[1], parts[2]) + "```"
		})
		if made < atLeast {
			t.Errorf("%s has %d changes, wanted %d", path, made, atLeast)
		}
		if *update {
			write(t, path, now)
			continue
		}
		if diff := cmp.Diff(string(text), now); diff != "" {
			t.Errorf("%s does not show what is printed (-document +printed):\n%s", path, diff)
		}
	}
}

// generatedBefore is a repository with an example that is generated.
func generatedBefore(t *testing.T, example string) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "environments", "production.cue"), example)
	if code := run([]string{"generate"}, streams{out: io.Discard, err: os.Stderr, dir: root, cache: t.TempDir()}); code != exitFine {
		t.Fatalf("generate exits with %d", code)
	}
	return root
}

// changed runs the lines of a fence that begin with "$ ", on a copy of a repository
// whose example has the lines with a minus replaced by those with a plus.
func changed(t *testing.T, from, example, lines, console string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "environments", "production.cue")
	var old, new string
	for line := range strings.Lines(lines) {
		switch line[0] {
		case '-':
			old += line[1:]
		case '+':
			new += line[1:]
		default:
			old, new = old+line[1:], new+line[1:]
		}
	}
	old, new = strings.ReplaceAll(old, "    ", "\t"), strings.ReplaceAll(new, "    ", "\t")
	if strings.Count(example, old) != 1 {
		t.Fatalf("the example does not have once:\n%s", old)
	}
	write(t, file, strings.Replace(example, old, new, 1))
	var printed strings.Builder
	for line := range strings.Lines(console) {
		command, ok := strings.CutPrefix(line, "$ whiskops ")
		if !ok {
			continue
		}
		printed.WriteString(line)
		var out bytes.Buffer
		run(strings.Fields(command), streams{out: &out, err: &out, dir: root, cache: t.TempDir()})
		printed.Write(out.Bytes())
	}
	return printed.String()
}
