package tree

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/seeds"
)

// A crowd keeps the first by name, whatever order they come in.
func TestCrowd(t *testing.T) {
	for _, seed := range seeds.Of(t, 20, 200) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		n := rnd.IntN(3 * mostNamed)
		var c crowd
		var all []string
		for _, i := range rnd.Perm(n) {
			name := fmt.Sprintf("x%03d", i)
			all = append(all, name)
			c.add(stray{path: name})
		}
		slices.Sort(all)
		var got []string
		for _, s := range c.first {
			got = append(got, s.path)
		}
		if diff := cmp.Diff(all[:min(n, mostNamed)], append([]string{}, got...)); n > 0 && diff != "" {
			t.Errorf("seed %d, %d of them (-want +got):\n%s", seed, n, diff)
		}
		if c.count != n || c.many() != (n > mostNamed) || cap(c.first) > 4*mostNamed {
			t.Errorf("seed %d: %d of %d, many %v, room for %d", seed, c.count, n, c.many(), cap(c.first))
		}
	}
}

// However many strangers there are, a few are named, and all are counted.
func TestManyStrangers(t *testing.T) {
	const n = 2*atOnce + 1
	root := newRoot(t)
	asked := []Folder{folder("overlays/ci", files{"a": "1"}, "custom")}
	if err := mustWrite(root, asked, Options{}); err != nil {
		t.Fatal(err)
	}
	put(t, root, numberedFiles("overlays/ci/", n))
	put(t, root, numberedFiles("overlays/", n))
	for name := range numberedFiles("", n) {
		put(t, root, files{"golden/" + name + "/x": "mine", "elsewhere/" + name + "/custom/x": "mine"})
	}
	o := Options{Parents: []Parent{{Path: "elsewhere", Keep: []string{"custom"}}, {Path: "golden"}, {Path: "overlays", Keep: []string{"custom"}}}}
	c, err := Check(root, asked, o)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "findings", 4*(mostNamed+1), len(c.Findings))
	var counted []string
	for _, line := range text(c.Findings) {
		if strings.Contains(line, fmt.Sprint(n)) {
			counted = append(counted, line)
		}
	}
	const away = "; move them away, perhaps to %s; no --force deletes so many"
	same(t, "counts", []string{
		"elsewhere:0: warning WO309: 513 folders of yours in here are used by nothing, and left alone; the first 20 are named; " +
			"delete them, or move them to environments that there are",
		"golden:0: error WO307: 513 files and directories right in here are not from whiskops, and golden/ is generated: all that is in it must be; the first 20 are named" +
			fmt.Sprintf(away, "a folder of your own beside the generated ones"),
		"overlays:0: error WO307: 513 files and directories right in here are not from whiskops, and overlays/ is generated: all that is in it must be; the first 20 are named" +
			fmt.Sprintf(away, "a folder of your own beside the generated ones"),
		"overlays/ci:0: error WO307: 513 files and directories right in here are not from whiskops, and overlays/ci/ is generated: all that is in it must be; the first 20 are named" +
			fmt.Sprintf(away, "overlays/ci/custom/, which is your own"),
	}, counted)
	again, err := Check(root, asked, o)
	if err != nil || !slices.Equal(c.Findings, again.Findings) {
		t.Errorf("another order: %v, %v", again.Findings, err)
	}
}

// Directories in directories are followed for a while.
func TestDeepStrangers(t *testing.T) {
	for depth, want := range map[int]int{deepest - 1: 0, deepest: 0, deepest + 1: 1} {
		root := newRoot(t)
		asked := []Folder{folder("base", files{"a": "1"})}
		if err := mustWrite(root, asked, Options{}); err != nil {
			t.Fatal(err)
		}
		put(t, root, files{filepath.ToSlash(filepath.Join("base", strings.Repeat("d/", depth))) + "/": ""})
		c, err := Check(root, asked, Options{})
		if err != nil || len(c.Findings) != want {
			t.Errorf("%d directories: %v, %v", depth, c.Findings, err)
		}
	}
}

// What is told of a run has an end.
func TestNoticesAreCounted(t *testing.T) {
	for n, want := range map[int]int{mostNotices - 1: mostNotices - 1, mostNotices: mostNotices, mostNotices + 3: mostNotices + 1} {
		var told []string
		o := Options{Notify: func(line string) { told = append(told, line) }}
		o.notifyAll(make([]string, n))
		if len(told) != want || n > mostNotices && told[len(told)-1] != "and 3 more" {
			t.Errorf("of %d: %q", n, told)
		}
	}
}
