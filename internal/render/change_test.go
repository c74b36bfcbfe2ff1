package render

import (
	"maps"
	"path"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/judge"
	"github.com/whiskops/whiskops/internal/seeds"
)

// What a change of one environment into another does: nothing of golden/ changes
// without an effect that shows the file, and what stays is in none.
func TestEveryDifferenceHasAnEffect(t *testing.T) {
	renderers := map[string]*renderer{}
	for _, release := range catalog.Releases() {
		renderers[release] = rendererOf(t, &environment.Environment{OpenWhisk: release}, Options{})
	}
	golden := func(env environment.Environment) map[string][]byte {
		return goldenOf(t, *renderers[env.OpenWhisk], env)
	}
	for _, s := range seeds.Of(t, 3, 200) {
		before, after := randomEnvironment(s), randomEnvironment(s+1)
		after.Name = before.Name
		if s%3 != 0 { // else all moves
			after.Namespace, after.Actions.Namespace = before.Namespace, before.Actions.Namespace
		}
		values := valuesOf(t, &after)
		in := judge.Input{Values: &values, Old: golden(before), New: golden(after)}
		judged := judge.Change(in)
		shown := map[string]bool{}
		for _, e := range judged.Effects {
			shown[e.File] = true
			if e.Message == "" || e.Object.Kind == "" {
				t.Errorf("seed %d: an effect without words: %+v", s, e)
			}
		}
		for name := range in.Old {
			differs := string(in.Old[name]) != string(in.New[name])
			if path.Ext(name) == ".yaml" && in.New[name] != nil && differs != shown[name] {
				t.Errorf("seed %d: %s differs: %t, and has an effect: %t", s, name, differs, shown[name])
			}
		}
		if same := judge.Change(judge.Input{Values: &values, Old: in.New, New: in.New}); len(same.Effects)+len(same.Findings) > 0 {
			t.Errorf("seed %d: no change has effects: %v", s, same)
		}
		accepted(t, s, in, judged)
	}
}

// goldenOf an environment.
func goldenOf(t *testing.T, r renderer, env environment.Environment) map[string][]byte {
	t.Helper()
	r.root = ownFiles(env)
	folders, err := r.environment(&env, ownFolder{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.Path == path.Join(GoldenFolder, env.Name) {
			return f.Files
		}
	}
	t.Fatal("no golden files")
	return nil
}

// accepted accepts all that stops a change: then nothing does, now and after.
func accepted(t *testing.T, seed uint64, in judge.Input, judged judge.Judged) {
	t.Helper()
	for _, e := range judged.Effects {
		for _, code := range judge.Acceptable() {
			in.Accept = append(in.Accept, judge.Accept{Code: code, Kind: e.Object.Kind, Name: e.Object.Name})
		}
	}
	first := judge.Change(in)
	stops(t, seed, first)
	next := in
	next.Accept, next.New = nil, withFile(in.New, first.AcceptanceFile())
	again := judge.Change(next)
	stops(t, seed, again)
	if string(first.AcceptanceFile()) != string(again.AcceptanceFile()) {
		t.Errorf("seed %d: acceptances are not kept:\n%s\nthen\n%s", seed, first.AcceptanceFile(), again.AcceptanceFile())
	}
	settled := judge.Change(judge.Input{Values: in.Values, Old: next.New, New: in.New})
	if string(settled.AcceptanceFile()) != string(first.AcceptanceFile()) {
		t.Errorf("seed %d: acceptances are not kept by a run without a change:\n%s\nthen\n%s", seed, first.AcceptanceFile(), settled.AcceptanceFile())
	}
}

func stops(t *testing.T, seed uint64, j judge.Judged) {
	t.Helper()
	for _, f := range j.Findings {
		if f.Severity == finding.Error {
			t.Errorf("seed %d: not accepted: %v", seed, f)
		}
	}
}

func withFile(files map[string][]byte, text []byte) map[string][]byte {
	all := maps.Clone(files)
	all[judge.File] = text
	return all
}
