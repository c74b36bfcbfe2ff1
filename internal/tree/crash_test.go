package tree

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/seeds"
)

// TestKilledAtEachStep kills a child before each change that a write makes,
// and lets the next whiskops see the rest.
func TestKilledAtEachStep(t *testing.T) {
	old, new := bothTrees(t)
	fresh := start(t)
	seen := map[string]int{}
	for n := 1; ; n++ {
		root := newRoot(t)
		if err := os.CopyFS(root, os.DirFS(fresh)); err != nil {
			t.Fatal(err)
		}
		out, err := child(t, "crash", root, n).CombinedOutput()
		state := recovered(t, n, root, old, new)
		seen[state]++
		if state == "old" && seen["new"] > 0 {
			t.Errorf("step %d: the old tree after the commit", n)
		}
		if err == nil {
			break
		}
		if len(out) > 0 {
			t.Fatalf("step %d: %v: %s", n, err, out)
		}
	}
	t.Logf("%v", seen)
	if seen["old"] < 10 || seen["new"] < 10 {
		t.Errorf("too few steps: %v", seen)
	}
}

// recoverAt is what a Write does first: it completes or clears what a killed one
// left.
func recoverAt(root string, folders []Folder, o Options) error {
	in, err := newInput(folders, o)
	if err != nil {
		return err
	}
	d := &disk{name: root, hook: o.hook}
	if err := d.create(); err != nil {
		return err
	}
	defer d.close()
	if _, idle, err := d.idle(); err != nil || idle {
		return err
	}
	s, _, err := d.begin(in, o)
	if err == nil {
		s.end()
	}
	return err
}

// checked runs Check on what a killed run left: nothing changes, and if there is
// something of it, a finding says so.
func checked(t *testing.T, n int, root string) {
	t.Helper()
	before := snapshot(t, root)
	c, err := Check(root, after.folders, after.options())
	if err != nil {
		t.Fatalf("step %d: %v", n, err)
	}
	same(t, "tree after Check", before, snapshot(t, root))
	_, there := os.Lstat(filepath.Join(root, workDir))
	if _, err := os.Lstat(filepath.Join(root, stageDir)); err == nil {
		// git takes what is left for nothing of the user's.
		ignore, err := os.ReadFile(filepath.Join(root, ignoreFile))
		if err != nil || string(ignore) != "*\n" {
			t.Errorf("step %d: .gitignore has %q, %v", n, ignore, err)
		}
	}
	said := slices.ContainsFunc(c.Findings, func(f finding.Finding) bool { return f.Code == codeKilled })
	if said != (there == nil) {
		t.Errorf("step %d: left is there: %v, said: %v", n, there == nil, said)
	}
}

// recovered tells which tree is there once what is left is completed or cleared.
func recovered(t *testing.T, n int, root string, old, new files) string {
	t.Helper()
	checked(t, n, root)
	if err := recoverAt(root, after.folders, after.options()); err != nil {
		t.Fatalf("step %d: %v", n, err)
	}
	got := snapshot(t, root)
	switch {
	case cmp.Equal(got, old):
		return "old"
	case cmp.Equal(got, new):
		return "new"
	}
	t.Fatalf("step %d: neither the old nor the new tree:\n%s", n, cmp.Diff(new, got))
	return ""
}

var errDead = errors.New("the process is dead")

// dieAt is a kill without a process: no change happens from the n-th on.
func dieAt(n int) func(string, string) error {
	return func(string, string) error {
		if n--; n <= 0 {
			return errDead
		}
		return nil
	}
}

// TestKilledTwice kills the recovery of a killed write too, at every fifth of its
// steps, from another start each time. With -short it is at every 37th.
func TestKilledTwice(t *testing.T) {
	old, new := bothTrees(t)
	fresh := start(t)
	step := 5
	if testing.Short() {
		step = 37
	}
	cases := 0
	for n := 1; ; n++ {
		crashed := newRoot(t)
		if err := os.CopyFS(crashed, os.DirFS(fresh)); err != nil {
			t.Fatal(err)
		}
		o := after.options()
		o.hook = dieAt(n)
		_, first := Write(crashed, after.folders, o)
		for m := 1 + n%step; ; m += step {
			root := newRoot(t)
			if err := os.CopyFS(root, os.DirFS(crashed)); err != nil {
				t.Fatal(err)
			}
			o := after.options()
			o.hook = dieAt(m)
			second := recoverAt(root, after.folders, o)
			recovered(t, 1000*n+m, root, old, new)
			cases++
			if second == nil {
				break
			}
		}
		if first == nil {
			break
		}
	}
	t.Logf("%d cases", cases)
}

// TestEditsAfterKill: what a person does between a kill and the next run is
// not lost, whichever step was the last.
func TestEditsAfterKill(t *testing.T) {
	edits := files{
		"base/change":       "edited", // would be overwritten
		"base/go/deep/er":   "edited", // would be deleted
		"base/come/deep/er": "made",   // would be created
		"overlays/new":      "made",   // a file where a folder would be
		"golden/old/obj":    "edited",
		"golden/new/obj":    "made", // in a folder that would be new
	}
	for n := 1; ; n++ {
		root := start(t)
		o := after.options()
		o.hook = dieAt(n)
		_, died := Write(root, after.folders, o)
		if died == nil {
			break
		}
		done := files{}
		for p, text := range edits {
			full := filepath.Join(root, filepath.FromSlash(p))
			if info, err := os.Stat(full); err == nil && info.IsDir() {
				continue // already a generated folder
			}
			put(t, root, files{p: text})
			done[p] = text
		}
		for range 2 {
			if _, err := Write(root, after.folders, after.options()); err != nil {
				t.Fatalf("step %d: %v", n, err)
			}
		}
		got := snapshot(t, root)
		for p, text := range done {
			if got[p] != text {
				t.Errorf("step %d: %s is %q", n, p, got[p])
			}
		}
		if _, err := os.Lstat(filepath.Join(root, workDir)); err == nil {
			t.Errorf("step %d: the work directory stays", n)
		}
	}
}

// TestKilledAnyTime kills a child that writes all the time, once it has made so
// many changes; what it is doing by then no one knows.
func TestKilledAnyTime(t *testing.T) {
	root := newRoot(t)
	for _, seed := range seeds.Of(t, 20, 100) {
		changes := 1 + rand.New(rand.NewPCG(seed, 0)).Int64N(600)
		cmd := child(t, "count", root, 1_000_000)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, stdout, changes); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if err := recoverAt(root, numbered(0, 0), Options{}); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if tree := snapshot(t, root); len(tree) > 0 {
			oneOf(t, tree)
		}
	}
}

// oneOf wants a tree of numbered, whole and with its manifest.
func oneOf(t *testing.T, got files) {
	t.Helper()
	content := files{}
	for p := range numbered(0, 0)[0].Files {
		content[p] = got["base/d0/f0"]
	}
	want := files{"base/.whiskops": manifestOf(content)}
	for p, text := range content {
		want["base/"+p] = text
	}
	same(t, "tree", want, got)
}

// TestDamagedJournal: one that cannot be used is given up, one that reaches
// outside of what is generated is refused, and no user's file is touched.
func TestDamagedJournal(t *testing.T) {
	evil := func(o op) string {
		data, err := formatJournal([]op{o})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	mine := hash([]byte("mine"))
	tests := []struct {
		name, journal, stage, want, notice string
	}{
		{"empty", "", "", "", "an interrupted write is given up, its journal is damaged: EOF"},
		{"cut", `{"version":1,"ops":[{"do":"de`, "", "", "an interrupted write is given up, its journal is damaged: unexpected EOF"},
		{"newer", `{"version":7}`, "", "", "an interrupted write is given up, its journal is damaged: written by another version"},
		{"outside", evil(op{Do: opDelete, Path: "../x", Old: mine}), "", "",
			`an interrupted write is given up, its journal is damaged: no valid step: delete "../x"`},
		{"stage is cut", evil(op{Do: opPut, Path: "base/change", Old: hash([]byte("1\n")), New: mine, Stage: "0"}), "mi", "",
			"an interrupted write is given up, its staged files are damaged"},
		{"git", evil(op{Do: opPut, Path: ".git/config", New: mine, Stage: "0"}), "mine",
			"complete an interrupted write of ROOT/.git/config: it is not generated by this run; " +
				"generate everything, or remove the directory .whiskops to give it up", ""},
		{"custom", evil(op{Do: opDelete, Path: "overlays/old/custom/p", Old: mine}), "",
			"complete an interrupted write of ROOT/overlays/old/custom/p: it is not generated by this run; " +
				"generate everything, or remove the directory .whiskops to give it up", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := start(t)
			want := snapshot(t, root)
			put(t, root, files{journalFile: tt.journal, stageDir + "/0": tt.stage})
			o := before.options()
			var notices []string
			o.Notify = func(s string) { notices = append(notices, s) }
			err := recoverAt(root, before.folders, o)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				same(t, "notices", []string{tt.notice}, notices)
			} else {
				if err == nil {
					t.Fatal("no error")
				}
				same(t, "error", tt.want, strings.ReplaceAll(err.Error(), root, "ROOT"))
				if err := os.RemoveAll(filepath.Join(root, workDir)); err != nil {
					t.Fatal(err)
				}
			}
			same(t, "tree", want, snapshot(t, root))
		})
	}
}

// TestDamagedFolder: a staged folder is moved into place only if it is exactly
// what its manifest lists, and all of it can be generated.
func TestDamagedFolder(t *testing.T) {
	const notice = "an interrupted write is given up, its staged files are damaged"
	content := files{"k": "k\n", "core/k": "kk\n"}
	list := manifestOf(content)
	for _, tt := range []struct {
		name, at string
		harm     files  // put over what is staged
		link     string // from the stage, to a file of the user's
		users    files  // that are there
		want     string // what is said
	}{
		{name: "whole", at: "overlays/more", want: "completed a write that was interrupted"},
		{name: "cut", at: "overlays/more", harm: files{"core/k": "k"}, want: notice},
		{name: "a file more", at: "overlays/more", harm: files{"evil": "e"}, want: notice},
		{name: "a file of the user's", at: "overlays/more", harm: files{"custom/evil": "e"}, want: notice},
		{name: "a file of the user's, listed", at: "overlays/more", want: notice,
			harm: files{"custom/evil": "e", ManifestName: manifestOf(files{"k": "k\n", "core/k": "kk\n", "custom/evil": "e"})}},
		{name: "a file less", at: "overlays/more", want: notice,
			harm: files{ManifestName: manifestOf(files{"k": "k\n", "core/k": "kk\n", "less": "l"})}},
		{name: "no manifest", at: "overlays/more", harm: files{ManifestName: ""}, want: notice},
		{name: "a link", at: "overlays/more", link: "k", want: notice},
		{name: "in git", at: ".git/hooks", want: "complete an interrupted write of ROOT/.git/hooks: it is not generated by this run; " +
			"generate everything, or remove the directory .whiskops to give it up"},
		{name: "over a folder of the user's", at: "golden/by-hand", users: files{"golden/by-hand/obj": "mine"},
			want: "left alone, it was changed after a write was interrupted: golden/by-hand"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := start(t)
			put(t, root, tt.users)
			want := snapshot(t, root)
			staged := files{ManifestName: list}
			for _, more := range []files{content, tt.harm} {
				for name, text := range more {
					staged[name] = text
				}
			}
			sum := hash([]byte(staged[ManifestName]))
			for name, text := range staged {
				put(t, root, files{stageDir + "/0/" + name: text})
			}
			if tt.link != "" {
				at := filepath.Join(root, stageDir, "0", tt.link)
				if err := errors.Join(os.Remove(at), os.Symlink("../../../README.md", at)); err != nil {
					t.Fatal(err)
				}
			}
			journal, err := formatJournal([]op{{Do: opPlace, Path: tt.at, New: sum, Stage: "0"}})
			if err != nil {
				t.Fatal(err)
			}
			put(t, root, files{journalFile: string(journal)})
			o, said := before.options(), []string(nil)
			o.Notify = func(s string) { said = append(said, s) }
			if err := recoverAt(root, before.folders, o); err != nil {
				said = append(said, strings.ReplaceAll(err.Error(), root, "ROOT"))
			}
			if len(said) == 0 || said[0] != tt.want {
				t.Errorf("said %q, want %q", said, tt.want)
			}
			if err := os.RemoveAll(filepath.Join(root, workDir)); err != nil {
				t.Fatal(err)
			}
			if tt.name == "whole" {
				for name, text := range staged {
					want[tt.at+"/"+name] = text
				}
			}
			same(t, "tree", want, snapshot(t, root))
		})
	}
}
