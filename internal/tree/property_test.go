package tree

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/seeds"
)

// TestNothingOfTheUserIsLost plays random writes, kills and hand edits without
// Force. A user's file has a content that nothing else has, and must have it
// until the user changes or removes it.
func TestNothingOfTheUserIsLost(t *testing.T) {
	for _, seed := range seeds.Of(t, 25, 200) {
		g := &game{t: t, rnd: rand.New(rand.NewPCG(seed, 0)), root: newRoot(t), users: files{}}
		for range 30 {
			g.turn()
			if t.Failed() {
				t.Fatalf("seed %d:\n%s", seed, strings.Join(g.log, "\n"))
			}
		}
		t.Logf("seed %d: %+v", seed, g.seen)
	}
}

type game struct {
	t     *testing.T
	rnd   *rand.Rand
	root  string
	users files
	count int
	last  []Folder // of the last write
	log   []string
	seen  struct{ written, unchanged, stopped, killed, matched int }
}

func (g *game) note(format string, args ...any) { g.log = append(g.log, fmt.Sprintf(format, args...)) }

func (g *game) turn() {
	switch g.rnd.IntN(8) {
	case 0, 1:
		g.userWrites()
	case 2, 3, 4:
		g.userRemoves()
	default:
		g.write()
	}
	g.inspect()
	g.matches()
}

// A small world, so that everything meets everything.
var (
	gameFolders = []string{"base", "overlays/a", "overlays/b", "golden/a", "golden/b"}
	gamePlaces  = append([]string{"overlays", "golden/c", "overlays/c"}, gameFolders...)
	gameFiles   = []string{"x", "y", "d/x", "d/y", "d/e/z", "x/z", "d"}
	gamePaths   = []string{"x", "d/x", "d/e/z", "x/z", "d", "notes", "d/notes", "custom/x", ".whiskops"}
	gameOptions = Options{Parents: []Parent{{Path: "overlays", Keep: []string{"custom"}}, {Path: "golden"}}}
)

func pick(rnd *rand.Rand, from []string) string { return from[rnd.IntN(len(from))] }

// userWrites changes, or makes, a file anywhere, if nothing is in the way.
func (g *game) userWrites() {
	p := path.Join(pick(g.rnd, gamePlaces), pick(g.rnd, gamePaths))
	g.count++
	content := fmt.Sprintf("the user's %d\n", g.count)
	full := filepath.Join(g.root, filepath.FromSlash(p))
	if os.MkdirAll(filepath.Dir(full), 0o755) == nil && os.WriteFile(full, []byte(content), 0o644) == nil {
		g.note("user writes %s: %q", p, content)
		g.users[p] = content
	}
}

func (g *game) userRemoves() {
	if len(g.users) == 0 {
		return
	}
	p := pick(g.rnd, slices.Sorted(maps.Keys(g.users)))
	g.note("user removes %s", p)
	delete(g.users, p)
	if err := os.Remove(filepath.Join(g.root, filepath.FromSlash(p))); err != nil {
		g.t.Error(err)
	}
}

func (g *game) asked() []Folder {
	var folders []Folder
	for _, name := range gameFolders {
		f := folder(name, nil)
		if within("overlays", name) {
			f.Keep = []string{"custom"}
		}
		for _, p := range gameFiles {
			if g.rnd.IntN(3) > 0 {
				f.Files[p] = fmt.Appendf(nil, "content %d\n", g.rnd.IntN(3))
			}
		}
		for _, p := range gameFiles { // no file below another
			if _, is := f.Files[p]; is {
				maps.DeleteFunc(f.Files, func(q string, _ []byte) bool { return q != p && within(p, q) })
			}
		}
		switch taken := g.rnd.IntN(3) > 0; {
		case taken:
			folders = append(folders, f)
		case name == "base": // has no parent: to be removed it must be named
			folders = append(folders, folder(name, nil))
		}
	}
	return folders
}

func (g *game) write() {
	folders, o := g.asked(), gameOptions
	g.last = folders
	if g.rnd.IntN(3) == 0 {
		o.hook = dieAt(1 + g.rnd.IntN(100))
	}
	_, statErr := os.Lstat(filepath.Join(g.root, workDir))
	clean := os.IsNotExist(statErr)
	start := snapshot(g.t, g.root)
	c, err := Write(g.root, folders, o)
	g.note("write: %+v, %v", c, err)
	switch {
	case err != nil && o.hook == nil:
		g.t.Error(err)
	case err != nil:
		g.seen.killed++
	case finding.HasErrors(c.Findings):
		g.seen.stopped++
		if clean {
			same(g.t, "tree after findings", start, snapshot(g.t, g.root))
		}
	case c.Unchanged():
		g.seen.unchanged++
	default:
		g.seen.written++
	}
	if err == nil && !finding.HasErrors(c.Findings) {
		done := snapshot(g.t, g.root)
		again, err := Write(g.root, folders, gameOptions)
		if err != nil || !again.Unchanged() {
			g.t.Errorf("second write: %+v, %v", again, err)
		}
		for _, f := range folders {
			for name, content := range f.Files {
				same(g.t, name, string(content), done[path.Join(f.Path, name)])
			}
		}
	}
}

// inspect looks for the user's files.
func (g *game) inspect() {
	got := snapshot(g.t, g.root)
	for p, content := range g.users {
		if got[p] != content {
			g.t.Errorf("%s: %s", p, cmp.Diff(content, got[p]))
		}
	}
}
