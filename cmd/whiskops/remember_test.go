package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/cache"
	"github.com/whiskops/whiskops/internal/seeds"
)

const (
	ciText = `package environments

ci: {
	profile: "ci"
	cluster: nodes: core: {count: 5, cpu: "4", memory: "15Gi"}
	edge: host: "ci.example.com"
}
`
	component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels:\n- pairs: {team: platform}\n"
)

// repository is a root with environments, and a cache beside it.
type repository struct {
	t           *testing.T
	root, cache string
}

func newRepository(t *testing.T) repository {
	r := repository{t, filepath.Join(t.TempDir(), "root"), filepath.Join(t.TempDir(), "cache")}
	r.write("environments/ci.cue", ciText)
	return r
}

func (r repository) at(p string) string { return filepath.Join(r.root, filepath.FromSlash(p)) }

func (r repository) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) write(p, text string) {
	r.t.Helper()
	r.ok(os.MkdirAll(filepath.Dir(r.at(p)), 0o755))
	r.ok(os.WriteFile(r.at(p), []byte(text), 0o644))
}

func (r repository) edit(p string, change func(string) string) {
	r.t.Helper()
	text, err := os.ReadFile(r.at(p))
	r.ok(err)
	r.write(p, change(string(text)))
}

// swap replaces a file by a link to the same bytes.
func (r repository) swap(p string) {
	r.t.Helper()
	away := r.at("away")
	r.ok(os.Rename(r.at(p), away))
	target, err := filepath.Rel(filepath.Dir(r.at(p)), away)
	r.ok(err)
	r.ok(os.Symlink(target, r.at(p)))
}

// link makes a link, or another of it.
func (r repository) link(p, target string) {
	r.t.Helper()
	r.ok(os.RemoveAll(r.at(p)))
	r.ok(os.Symlink(filepath.FromSlash(target), r.at(p)))
}

// generate runs once, as the command does. A nil store remembers nothing.
func (r repository) generate(store *cache.Store, options ...func(*generation)) outcome {
	r.t.Helper()
	g := generation{store: store, notify: func(string) {}}
	g.root, g.environments = r.root, r.at("environments")
	for _, o := range options {
		o(&g)
	}
	done, err := g.run()
	r.ok(err)
	return done
}

func (r repository) open(build string) *cache.Store {
	s := cache.Open(r.cache, build)
	r.t.Cleanup(s.Close)
	return s
}

// shown is what a person and what a machine reads of a run.
func (r repository) shown(o outcome) (text string) {
	r.t.Helper()
	for _, form := range []string{"text", "json"} {
		var out, err bytes.Buffer
		p := printer{form: form}
		if failed := p.print(streams{out: &out, err: &err, dir: r.root}, o.findings); failed != nil {
			text += failed.Error()
		}
		text += out.String() + err.String()
	}
	return text + summary(o.environments, o.changes)
}

// change is something that happens between two runs.
type change struct {
	name string
	do   func(repository)
	// hit: the run after it may be spared.
	hit bool
	// undo is for what stops all further runs.
	undo func(repository)
}

func forceful(g *generation) { g.force = true }

var changes = []change{
	{name: "nothing", hit: true, do: func(repository) {}},
	{name: "touched inputs", hit: true, do: func(r repository) {
		at := time.Now().Add(time.Hour)
		r.ok(os.Chtimes(r.at("environments/ci.cue"), at, at))
	}},
	{name: "written again", hit: true, do: func(r repository) {
		same := func(text string) string { return text }
		r.edit("environments/ci.cue", same)
		r.edit("base/2.0.0/kafka/kustomization.yaml", same)
		r.edit("golden/ci/.whiskops", same)
	}},
	{name: "a file of one's own", hit: true, do: func(r repository) { r.write("own/notes.txt", "mine") }},
	{name: "a foreign folder", do: func(r repository) { r.write("golden/own/notes.txt", "mine") },
		undo: func(r repository) { r.ok(os.RemoveAll(r.at("golden/own"))) }},
	{name: "a custom folder of no environment", do: func(r repository) { r.write("overlays/gone/custom/notes.txt", "mine") },
		undo: func(r repository) { r.ok(os.RemoveAll(r.at("overlays/gone"))) }},
	{name: "a foreign file", do: func(r repository) { r.write("golden/ci/notes.txt", "mine") },
		undo: func(r repository) { r.ok(os.Remove(r.at("golden/ci/notes.txt"))) }},
	{name: "a comment", do: func(r repository) {
		r.edit("environments/ci.cue", func(text string) string { return text + "// one more\n" })
	}},
	{name: "a value", do: func(r repository) {
		r.edit("environments/ci.cue", func(text string) string {
			return strings.Replace(text, "ci.example.com", "more.ci.example.com", 1)
		})
	}},
	{name: "an environment more", do: func(r repository) {
		r.write("environments/staging.cue", strings.Replace(ciText, "\nci:", "\nstaging:", 1))
	}, undo: func(r repository) { r.ok(os.Remove(r.at("environments/staging.cue"))) }},
	{name: "a file more", do: func(r repository) { r.write("environments/shared.cue", "package environments\n\n_x: 1\n") },
		undo: func(r repository) { r.ok(os.Remove(r.at("environments/shared.cue"))) }},
	{name: "a mistake", do: func(r repository) { r.write("environments/wrong.cue", "}") },
		undo: func(r repository) { r.ok(os.Remove(r.at("environments/wrong.cue"))) }},
	{name: "linked inputs", do: func(r repository) { r.swap("environments/ci.cue") },
		undo: func(r repository) {
			r.ok(os.Remove(r.at("environments/ci.cue")))
			r.write("environments/ci.cue", ciText)
		}},
	{name: "an edited file", do: func(r repository) {
		r.edit("golden/ci/README.md", func(text string) string { return text + "mine" })
	}, undo: func(r repository) { r.generate(nil, forceful) }},
	{name: "an edited manifest", do: func(r repository) {
		r.edit("golden/ci/.whiskops", func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") })
	}, undo: func(r repository) { r.generate(nil, forceful) }},
	{name: "a file less", do: func(r repository) { r.ok(os.Remove(r.at("base/2.0.0/kafka/kustomization.yaml"))) }},
	{name: "a folder less", do: func(r repository) { r.ok(os.RemoveAll(r.at("overlays/ci"))) }},
	{name: "all less", do: func(r repository) {
		for _, dir := range []string{"base", "overlays", "golden"} {
			r.ok(os.RemoveAll(r.at(dir)))
		}
	}},
	{name: "a linked file", do: func(r repository) { r.swap("golden/ci/README.md") },
		undo: func(r repository) { r.ok(os.Remove(r.at("golden/ci/README.md"))) }},
	{name: "a stale folder", do: func(r repository) { r.write("golden/old/.whiskops", "") }},
	{name: "a killed run", do: func(r repository) { r.write(".whiskops/stage/0", "half") }},
	{name: "a journal", do: func(r repository) { r.write(".whiskops/journal", "half") }},
	{name: "a custom folder", do: func(r repository) { r.write("overlays/ci/custom/kustomization.yaml", component) }},
	{name: "another custom folder", do: func(r repository) {
		r.write("overlays/ci/custom/kustomization.yaml", component+"# more\n")
	}},
	{name: "a custom folder with a link", do: func(r repository) {
		r.write("shared/a/kustomization.yaml", component)
		r.write("shared/b/kustomization.yaml", strings.Replace(component, "platform", "other", 1))
		r.write("overlays/ci/custom/kustomization.yaml", component+"components: [l]\n")
		r.link("overlays/ci/custom/l", "../../../shared/a")
	}},
	{name: "no custom folder", do: func(r repository) { r.ok(os.RemoveAll(r.at("overlays/ci/custom"))) }},
	{name: "a broken custom folder", do: func(r repository) { r.write("overlays/ci/custom/kustomization.yaml", "kind: [") },
		undo: func(r repository) { r.ok(os.RemoveAll(r.at("overlays/ci/custom"))) }},
}

// TestRemembered makes changes in random order. A run that is spared says what
// a whole one would, and one is spared only if nothing that counts has changed. With
// -short it is a third of the changes.
func TestRemembered(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds.Of(t, 1, 4) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			remembered(t, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func remembered(t *testing.T, rnd *rand.Rand) {
	t.Helper()
	r := newRepository(t)
	store := r.open("build")
	if r.generate(store).remembered {
		t.Fatal("the first run is remembered")
	}
	for _, i := range rnd.Perm(len(changes))[:seeds.Count(len(changes)/3, len(changes))] {
		c := changes[i]
		if !r.generate(store).remembered {
			t.Fatalf("before %q: a second run is not remembered", c.name)
		}
		before := snapshotOf(t, r.root)
		c.do(r)
		// Some changes are none if they come before or after others.
		hit := c.hit || cmp.Equal(before, snapshotOf(t, r.root))
		done := r.generate(store)
		if done.remembered != hit {
			t.Errorf("%s: remembered %v, want %v", c.name, done.remembered, hit)
		}
		if done.remembered {
			if diff := cmp.Diff(r.shown(r.generate(nil)), r.shown(done)); diff != "" {
				t.Errorf("%s: a whole run says otherwise (-whole +remembered):\n%s", c.name, diff)
			}
		}
		if c.undo != nil {
			c.undo(r)
		}
		r.generate(store)
	}
}

// snapshotOf reads all files below a directory, and where links lead.
func snapshotOf(t *testing.T, root string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(root, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if e.Type()&os.ModeSymlink != 0 {
			got[p], err = os.Readlink(p)
			return err
		}
		text, err := os.ReadFile(p)
		got[p] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestRememberedThroughLinks: a link is an input, and what it leads to.
func TestRememberedThroughLinks(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.write("shared/a/kustomization.yaml", component)
	r.write("shared/b/kustomization.yaml", component)
	r.ok(os.MkdirAll(r.at("overlays/ci/custom"), 0o755))
	r.write("overlays/ci/custom/kustomization.yaml", component+"components: [l]\n")
	r.link("overlays/ci/custom/l", "../../../shared/a")
	store := r.open("build")
	r.generate(store)
	for _, c := range []change{
		{name: "nothing", hit: true, do: func(repository) {}},
		{name: "what nobody reads", hit: true, do: func(r repository) { r.write("shared/b/kustomization.yaml", component+"# b\n") }},
		{name: "what the link leads to", do: func(r repository) { r.write("shared/a/kustomization.yaml", component+"# a\n") }},
		{name: "the link", do: func(r repository) { r.link("overlays/ci/custom/l", "../../../shared/b") }},
		{name: "another way to the same", do: func(r repository) { r.link("overlays/ci/custom/l", "../custom/../../../shared/b") }},
		{name: "a folder for the link", do: func(r repository) {
			r.ok(os.Remove(r.at("overlays/ci/custom/l")))
			r.ok(os.CopyFS(r.at("overlays/ci/custom/l"), os.DirFS(r.at("shared/b"))))
		}},
	} {
		c.do(r)
		if done := r.generate(store); done.remembered != c.hit {
			t.Errorf("%s: remembered %v, want %v", c.name, done.remembered, c.hit)
		}
		if !r.generate(store).remembered {
			t.Errorf("after %s: a second run is not remembered", c.name)
		}
	}
}

// TestRememberedFindings: warnings are said again.
func TestRememberedFindings(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	store := r.open("build")
	first, second := r.generate(store), r.generate(store)
	if len(first.findings) == 0 || first.remembered || !second.remembered {
		t.Fatalf("%d findings, remembered %v, %v", len(first.findings), first.remembered, second.remembered)
	}
	first.changes = second.changes
	if diff := cmp.Diff(r.shown(first), r.shown(second)); diff != "" {
		t.Errorf("said again (-first +second):\n%s", diff)
	}
}

// TestNotRemembered: who asks for everything gets it, and nobody believes what
// another build, another place or nobody in particular wrote down.
func TestNotRemembered(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	store := r.open("build")
	r.generate(store)
	for name, run := range map[string]func() outcome{
		"force":          func() outcome { return r.generate(store, forceful) },
		"another build":  func() outcome { return r.generate(r.open("other")) },
		"no build":       func() outcome { return r.generate(r.open("")) },
		"no store":       func() outcome { return r.generate(nil) },
		"another folder": func() outcome { return r.generate(store, func(g *generation) { g.environments = r.at("elsewhere") }) },
		"a moved root": func() outcome {
			moved := repository{t, r.root + "-moved", r.cache}
			r.ok(os.CopyFS(moved.root, os.DirFS(r.root)))
			return moved.generate(store)
		},
	} {
		if name == "another folder" {
			r.write("elsewhere/ci.cue", ciText)
		}
		if run().remembered {
			t.Errorf("%s: remembered", name)
		}
		if !r.generate(store).remembered {
			t.Errorf("%s: the record is gone", name)
		}
	}
	entries, err := filepath.Glob(filepath.Join(r.cache, "*"))
	r.ok(err)
	for _, e := range entries {
		text, err := os.ReadFile(e)
		r.ok(err)
		text[len(text)/2] ^= 1
		r.ok(os.WriteFile(e, text, 0o600))
	}
	if r.generate(store).remembered {
		t.Error("a damaged record is believed")
	}
	if !r.generate(store).remembered {
		t.Error("a damaged record is not replaced")
	}
}

// TestRememberedAtOnce: runs that share a cache and a root all say the same.
func TestRememberedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.generate(r.open("build"))
	whole := r.shown(r.generate(nil))
	var work sync.WaitGroup
	for range 4 {
		store := r.open("build")
		work.Go(func() {
			for range 3 {
				if got := r.shown(r.generate(store)); got != whole {
					t.Errorf("a run says %s", got)
				}
				r.generate(store, forceful) // writes the record
			}
		})
	}
	work.Wait()
}

// TestCacheLeftAlone: a proof in CI neither believes nor writes a record, and
// whoever wants none has none.
func TestCacheLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.generate(nil)
	for _, flag := range []string{"--check", "--no-cache", ""} {
		args := []string{"generate"}
		if flag != "" {
			args = append(args, flag)
		}
		var out, err bytes.Buffer
		if code := run(args, streams{out: &out, err: &err, dir: r.root, cache: r.cache}); code != exitFine {
			t.Fatalf("%s exits with %d: %s", flag, code, err.String())
		}
		if _, err := os.Stat(r.cache); os.IsNotExist(err) != (flag != "") {
			t.Errorf("generate %s: %v", flag, err)
		}
	}
}
