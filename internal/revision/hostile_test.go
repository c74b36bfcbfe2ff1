package revision

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRunsNothing: whatever a stranger's repository has configured, and in whatever
// state it is, no program of its choice is begun.
func TestRunsNothing(t *testing.T) {
	origin := newRepo(t)
	origin.git("config", "uploadpack.allowFilter", "true")
	origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
	origin.commit(map[string]string{"a": "1", ".gitattributes": "* diff=evil filter=evil merge=evil text=auto\n"})
	partialClone := clone(origin, "--filter=blob:none", "--no-checkout")
	ran := filepath.Join(t.TempDir(), "ran")
	evil := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\necho \"$0 $*\" >> "+ran+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	hooks := filepath.Join(t.TempDir(), "hooks")
	if err := os.Mkdir(hooks, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"} {
		if err := os.Symlink(evil, filepath.Join(hooks, name)); err != nil {
			t.Fatal(err)
		}
	}
	configure := func(r repo) {
		for key, value := range map[string]string{
			"core.fsmonitor": evil, "core.hooksPath": hooks, "core.pager": evil, "pager.cat-file": evil, "pager.rev-parse": evil, "core.sshCommand": evil,
			"core.gitProxy": evil, "core.askPass": evil, "core.editor": evil, "core.alternateRefsCommand": evil, "diff.external": evil,
			"diff.evil.textconv": evil, "diff.evil.command": evil, "filter.evil.smudge": evil, "filter.evil.clean": evil, "filter.evil.process": evil,
			"filter.evil.required": "true", "gpg.program": evil, "log.showSignature": "true", "credential.helper": evil, "alias.cat-file": "!" + evil,
			"alias.rev-parse": "!" + evil, "uploadpack.packObjectsHook": evil, "remote.origin.uploadpack": evil, "remote.origin.promisor": "true",
			"protocol.allow": "always", "protocol.file.allow": "always", "protocol.ext.allow": "always", "gc.auto": "1", "maintenance.auto": "true",
			"trace2.eventTarget": ran, "safe.directory": "*", "safe.bareRepository": "all",
		} {
			r.git("config", key, value)
		}
	}
	whole := clone(origin)
	for _, r := range []repo{whole, partialClone} {
		configure(r)
	}
	if _, err := whole.open("", "HEAD").FS.ReadFile("a"); err != nil {
		t.Error(err)
	}
	if _, err := MergeBase(t.Context(), whole.dir, "origin/main"); err != nil {
		t.Error(err)
	}
	for _, url := range []string{"file://" + origin.dir, origin.dir, "ext::" + evil, "ssh://example.org/x", "evil::x", "https://example.org/x"} {
		partialClone.git("config", "remote.origin.url", url)
		_, err := partialClone.open("", "HEAD").FS.ReadFile("a")
		if e := (*Error)(nil); !errors.As(err, &e) || !strings.HasPrefix(e.Message, "the clone was made with a filter") && !strings.HasPrefix(e.Message, "the repository lacks") {
			t.Errorf("from %s: error %v", url, err)
		}
	}
	if said, err := os.ReadFile(ran); err == nil {
		t.Errorf("it ran:\n%s", said)
	}
	// The programs are such as git would begin.
	_ = command(partialClone, "status").Run()
	if _, err := os.Stat(ran); err != nil {
		t.Error("nothing would have been begun at all: the test shows nothing")
	}
}

// TestBareInside: a folder that looks like a repository is no repository of the user's.
func TestBareInside(t *testing.T) {
	r := newRepo(t)
	bare := newRepo(t)
	bare.commit(map[string]string{"environments/a": "of a stranger's choice"})
	bare.git("config", "core.worktree", "..")
	bare.dir = filepath.Join(bare.dir, ".git")
	if err := os.CopyFS(filepath.Join(r.dir, "environments"), os.DirFS(bare.dir)); err != nil {
		t.Fatal(err)
	}
	r.commit(nil)
	_, err := Open(t.Context(), filepath.Join(r.dir, "environments"), "HEAD")
	if err == nil || !strings.Contains(err.Error(), "is in a bare repository") {
		t.Errorf("error %v", err)
	}
}

// TestReplaced: what was committed counts, not what a reference puts in its place.
func TestReplaced(t *testing.T) {
	r := newRepo(t)
	first := r.commit(map[string]string{"a": "1"})
	second := r.commit(map[string]string{"a": "2"})
	r.git("replace", second, first)
	if got, err := r.open("", second).FS.ReadFile("a"); err != nil || string(got) != "2" {
		t.Errorf("%q, error %v", got, err)
	}
}

// TestTouchesNothing: work tree, index and the repository stay as they were.
func TestTouchesNothing(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"a": "1", "b": "1"})
	r.commit(map[string]string{"a": "2"})
	if err := os.WriteFile(filepath.Join(r.dir, "a"), []byte("not committed"), 0o644); err != nil {
		t.Fatal(err)
	}
	state := func() map[string]string {
		all := map[string]string{}
		err := filepath.WalkDir(r.dir, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				all[name] = "folder"
				return err
			}
			content, err := os.ReadFile(name)
			info, _ := e.Info()
			all[name] = info.ModTime().String() + string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := state()
	if got, err := r.open("", "HEAD~1").FS.ReadFile("a"); err != nil || string(got) != "1" {
		t.Errorf("%q, error %v", got, err)
	}
	if _, err := MergeBase(t.Context(), r.dir, "HEAD~1"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("changed:\n%s", diff)
	}
}

// TestNames: names as the disk takes them come through whole.
func TestNames(t *testing.T) {
	r := newRepo(t)
	long := strings.Repeat("ü", 127)
	names := []string{"ä/ö.cue", "日本/環境.cue", "a b", "-rf", "--help", "$(touch x)", "`x`", `"quoted"`, `back\slash`, "tab\there", "line\nfeed", "\x1b[31mred",
		":(glob)x", "a missing", "HEAD", "😀", "a\u202eb", " ", "~", "*", "'", "{}", long, "e\u0301", "é"}
	files := map[string]string{}
	for i, name := range names {
		files[name] = fmt.Sprint(i)
	}
	r.commit(files)
	got := map[string]string{}
	tree := r.open("", "HEAD").FS
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := tree.ReadFile(name)
		got[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for _, name := range []string{"ä", "line\nfeed-folder", "-x"} {
		r.commit(map[string]string{name + "/in": name})
		if got, err := r.open(name, "HEAD").FS.ReadFile("in"); err != nil || string(got) != name {
			t.Errorf("in the folder %q: %q, error %v", name, got, err)
		}
	}
}

// TestBrokenTrees: lists of files that git would not write.
func TestBrokenTrees(t *testing.T) {
	r := newRepo(t)
	blob := r.gitWith("evil", "hash-object", "-w", "--stdin")
	raw := func(entries ...string) string {
		var tree strings.Builder
		for _, e := range entries {
			tree.WriteString(e + "\x00" + unhex(t, blob))
		}
		return r.gitWith(tree.String(), "hash-object", "-w", "--literally", "-t", "tree", "--stdin")
	}
	for name, tree := range map[string]string{
		"up": raw("100644 .."), "path": raw("100644 a/b"), "twice": raw("100644 a", "100644 a"), "empty": raw("100644 "), "mode": raw("777 a"),
		"short": r.gitWith("100644 a\x00abc", "hash-object", "-w", "--literally", "-t", "tree", "--stdin"),
	} {
		commit := r.git("commit-tree", "-m", name, tree)
		_, err := r.open("", commit).FS.ReadFile("a")
		if e := (*Error)(nil); !errors.As(err, &e) || !strings.Contains(e.Message, "is broken") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	// A file that is not there, and a folder that is a file.
	for name, line := range map[string]string{
		"gone": "100644 blob " + strings.Repeat("1", 40) + "\ta", "a folder": "040000 tree " + r.gitWith("", "mktree") + "\ta",
	} {
		commit := r.git("commit-tree", "-m", name, r.gitWith(line+"\n", "mktree", "--missing"))
		if _, err := r.open("", commit).FS.ReadFile("a"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func unhex(t *testing.T, hash string) string {
	t.Helper()
	var bytes []byte
	if _, err := fmt.Sscanf(hash, "%x", &bytes); err != nil {
		t.Fatal(err)
	}
	return string(bytes)
}

// TestBounds: a file at the bound is read, a larger one is told by its size.
func TestBounds(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"at": strings.Repeat("x", mostBlob), "above": strings.Repeat("x", mostBlob+1), "after": "1"})
	files := r.open("", "HEAD").FS
	if got, err := files.ReadFile("at"); err != nil || len(got) != mostBlob {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
	_, err := files.ReadFile("above")
	if e := (*Error)(nil); !errors.As(err, &e) || e.Message != "the file had 32 MiB in the revision; no more than 32 are read" {
		t.Errorf("error %v", err)
	}
	if info, err := files.Stat("above"); err != nil || info.Size() != mostBlob+1 {
		t.Errorf("%v, error %v", info, err)
	}
	if got, err := files.ReadFile("after"); err != nil || string(got) != "1" {
		t.Errorf("after it: %q, error %v", got, err)
	}
}

// TestMany: 100,000 files, half of them in one folder, cost what is looked at.
func TestMany(t *testing.T) {
	half := 50_000
	if testing.Short() {
		half = 5_000
	}
	r := newRepo(t)
	// git mktree makes a large folder, git fast-import many: each is slow with the
	// other's.
	var list, stream strings.Builder
	blob := r.gitWith("same", "hash-object", "-w", "--stdin")
	stream.WriteString("commit refs/heads/folders\ncommitter A <a@example.org> 0 +0000\ndata 0\n")
	for i := range half {
		fmt.Fprintf(&list, "100644 blob %s\t%05d.yaml\n", blob, i)
		fmt.Fprintf(&stream, "M 100644 inline %04d/%d.yaml\ndata %d\n%d\n", i/10, i, len(fmt.Sprint(i)), i)
	}
	one := r.gitWith(list.String(), "mktree")
	r.gitWith(stream.String(), "fast-import", "--quiet")
	many := r.git("rev-parse", "folders^{tree}")
	top := r.gitWith("040000 tree "+one+"\tone\n040000 tree "+many+"\tmany\n", "mktree")
	r.git("update-ref", "refs/heads/main", r.git("commit-tree", "-m", "many", top))
	begin := time.Now()
	files := r.open("", "main").FS
	if got, err := files.ReadFile("many/0432/4321.yaml"); err != nil || string(got) != "4321" {
		t.Fatalf("%q, error %v", got, err)
	}
	first := time.Since(begin)
	if files.entries != 2+half/10+10 {
		t.Errorf("%d entries were read for one file", files.entries)
	}
	n := 0
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
			_, err = files.ReadFile(name)
		}
		return err
	})
	if err != nil || n != 2*half {
		t.Fatalf("%d files, error %v", n, err)
	}
	t.Logf("one file after %s, all after %s", first, time.Since(begin))
}

// TestAtOnce: many read at once, and each gets its own.
func TestAtOnce(t *testing.T) {
	r := newRepo(t)
	want := map[string]string{}
	for i := range 100 {
		want[fmt.Sprintf("%d/a", i)] = strings.Repeat(fmt.Sprint(i), i)
	}
	r.commit(want)
	files := r.open("", "HEAD").FS
	done := make(chan error)
	for name, content := range want {
		go func() {
			got, err := files.ReadFile(name)
			if err == nil && string(got) != content {
				err = fmt.Errorf("%s: %q", name, got)
			}
			done <- err
		}()
	}
	for range want {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// FuzzParse: no bytes are a list with a name that leads elsewhere.
func FuzzParse(f *testing.F) {
	f.Add([]byte("100644 a\x00"+strings.Repeat("x", 20)+"40000 b\x00"+strings.Repeat("y", 20)), false)
	f.Add([]byte("100644 a\x00"+strings.Repeat("x", 32)), true)
	f.Add([]byte("160000 ..\x00"+strings.Repeat("x", 20)), false)
	f.Fuzz(func(t *testing.T, tree []byte, long bool) {
		size := 20
		if long {
			size = 32
		}
		entries, ok := parse(tree, size)
		if !ok && entries != nil {
			t.Error("entries of a broken tree")
		}
		for i, e := range entries {
			if strings.Contains(e.name, "/") || e.name == ".." || e.name == "." || e.name == "" || len(e.hash) != 2*size || i > 0 && entries[i-1].name >= e.name {
				t.Errorf("entry %+v", e)
			}
		}
	})
}
