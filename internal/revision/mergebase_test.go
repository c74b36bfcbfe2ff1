package revision

import (
	"fmt"
	"path/filepath"
	"testing"
)

func TestMergeBase(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"p/a": "0"})
	base := r.commit(map[string]string{"p/a": "1"})
	r.git("checkout", "-qb", "work")
	head := r.commit(map[string]string{"p/b": "mine"})
	r.git("checkout", "-q", "main")
	r.commit(map[string]string{"p/c": "theirs"})
	r.git("checkout", "-q", "work")
	r.git("tag", "-am", "annotated", "v1", base)
	for rev, want := range map[string]string{"main": base, "HEAD": head, "v1": base, base[:12]: base, "main~1": base} {
		if got, err := MergeBase(t.Context(), r.dir+"/p", rev); err != nil || got != want {
			t.Errorf("of %s: %s, error %v, want %s", rev, got, err, want)
		}
	}

	shallow := clone(r, "--depth=1", "--no-single-branch")
	_, err := MergeBase(t.Context(), shallow.dir, "origin/main")
	want := "the clone is shallow, and ends before \"origin/main\" and HEAD meet\n  help: `git fetch --unshallow`; in CI, want the whole history " + ciHelp
	if fmt.Sprint(err) != want {
		t.Errorf("error %v, want %s", err, want)
	}

	r.git("checkout", "-q", "--orphan", "alone")
	r.commit(map[string]string{"p/d": "1"})
	_, err = MergeBase(t.Context(), r.dir, "main")
	want = "\"main\" and HEAD have no commit in common\n  help: name the branch that this one was begun from"
	if fmt.Sprint(err) != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestDetached: as CI checks a pull request out, a merge that is on no branch.
func TestDetached(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{"a": "0"})
	r.git("checkout", "-qb", "work")
	r.commit(map[string]string{"b": "mine"})
	r.git("checkout", "-q", "main")
	tip := r.commit(map[string]string{"c": "theirs"})
	r.git("checkout", "-q", "--detach")
	r.git("merge", "-q", "--no-edit", "work")
	if got, err := MergeBase(t.Context(), r.dir, "main"); err != nil || got != tip {
		t.Errorf("%s, error %v, want %s", got, err, tip)
	}
}

// TestWorktree: a work tree beside a bare repository, as some have all of theirs.
func TestWorktree(t *testing.T) {
	r := newRepo(t)
	want := r.commit(map[string]string{"a": "1"})
	bare := clone(r, "--bare")
	tree := repo{t, filepath.Join(t.TempDir(), "tree")}
	bare.git("worktree", "add", "-q", tree.dir, "main")
	if got := tree.open("", "HEAD"); got.Commit != want {
		t.Errorf("%s, want %s", got.Commit, want)
	}
	if got, err := MergeBase(t.Context(), tree.dir, "main"); err != nil || got != want {
		t.Errorf("%s, error %v", got, err)
	}
}
