package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/version"
)

func by(name string) func(*generation) {
	return func(g *generation) { g.version = version.Version{Name: name} }
}

// An older release does not write over a newer one's tree, unless it is told to;
// a development build neither asks nor leaves a mark.
func TestDowngrade(t *testing.T) {
	r := newRepository(t)
	r.generate(nil, by("v0.2.0"))
	wants := func(mark string) {
		t.Helper()
		got, err := os.ReadFile(r.at(version.File))
		r.ok(err)
		if string(got) != mark {
			t.Errorf("mark %q, want %q", got, mark)
		}
	}
	wants("whiskops v0.2.0\n")

	// Nothing to do is nothing to refuse.
	if done := r.generate(nil, by("v0.1.0")); finding.HasErrors(done.findings) || !done.changes.Unchanged() {
		t.Errorf("older, nothing to do: %+v", done)
	}
	r.edit("environments/ci.cue", func(text string) string { return strings.Replace(text, "ci.example", "ci2.example", 1) })
	for _, check := range []bool{false, true} {
		done := r.generate(nil, by("v0.1.0"), func(g *generation) { g.check = check })
		errs := slices.DeleteFunc(slices.Clone(done.findings), func(f finding.Finding) bool { return f.Severity != finding.Error })
		if len(errs) != 1 || errs[0].Code != "WO306" {
			t.Errorf("older, check %v: findings %v", check, done.findings)
		}
		if shown := r.shown(done); !strings.Contains(shown, "\nbase/.version: error WO306: this tree was written by whiskops v0.2.0, and v0.1.0 would undo what is newer\n") {
			t.Errorf("older, check %v: %s", check, shown)
		}
	}
	wants("whiskops v0.2.0\n")

	r.generate(nil, by("0.1.0-dev"))
	wants("whiskops v0.2.0\n")
	r.edit("environments/ci.cue", func(text string) string { return strings.Replace(text, "ci2.example", "ci3.example", 1) })
	r.generate(nil, by("v0.3.0"))
	wants("whiskops v0.3.0\n")
	r.edit("environments/ci.cue", func(text string) string { return strings.Replace(text, "ci3.example", "ci4.example", 1) })
	r.generate(nil, by("v0.1.0"), func(g *generation) { g.downgrade = true })
	wants("whiskops v0.1.0\n")
}

// But for the mark, what is written is the same whoever writes it.
func TestMarkAlone(t *testing.T) {
	trees := map[string]map[string]string{}
	for _, name := range []string{"0.1.0-dev", "v0.2.0"} {
		r := newRepository(t)
		r.generate(nil, by(name))
		trees[name] = map[string]string{}
		for file, text := range snapshotOf(t, r.root) {
			trees[name][strings.TrimPrefix(file, r.root)] = text
		}
	}
	want := trees["0.1.0-dev"]
	want["/"+version.File] = "whiskops v0.2.0\n"
	if diff := cmp.Diff(want, trees["v0.2.0"]); diff != "" {
		t.Errorf("(-development +release):\n%s", diff)
	}
}
