package main

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A run that makes a tree has so much of its memory in large pages as it asks for.
func TestLargePages(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("this kernel has no large pages:", err)
	}
	dir := t.TempDir()
	var out bytes.Buffer
	if code := run([]string{"init", "."}, streams{in: strings.NewReader(""), out: io.Discard, err: &out, dir: dir}); code != exitFine {
		t.Fatal(code, out.String())
	}
	if code := run([]string{"generate"}, streams{in: strings.NewReader(""), out: io.Discard, err: &out, dir: dir}); code != exitFine {
		t.Fatal(code, out.String())
	}
	areas, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	// Of each area there are a line with its size, and one with its flags; "hg" is
	// what the kernel was told.
	said, size := 0, 0
	for _, m := range regexp.MustCompile(`(?m)^Size: +(\d+) kB$|^VmFlags:.*$`).FindAllStringSubmatch(string(areas), -1) {
		if m[1] != "" {
			size, _ = strconv.Atoi(m[1])
		} else if strings.Contains(m[0]+" ", " hg ") {
			said += size << 10
		}
	}
	if said < heapOfRun {
		t.Errorf("%d bytes are in large pages, want %d", said, heapOfRun)
	}
}
