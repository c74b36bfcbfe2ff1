package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/starter"
	"github.com/whiskops/whiskops/internal/tree"
)

// git runs in the repository, as a person with no settings of their own. It
// tells whether the command went well.
func (r repository) git(args ...string) (string, bool) {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func (r repository) commit(message string) {
	r.t.Helper()
	for _, args := range [][]string{{"add", "-A"}, {"commit", "-q", "--allow-empty", "-m", message}} {
		if out, ok := r.git(args...); !ok {
			r.t.Fatalf("git %v: %s", args, out)
		}
	}
}

const secondText = `package environments

production: {
	profile: "ci"
	cluster: nodes: core: {count: 6, cpu: "8", memory: "30Gi"}
	edge: host: "production.example.com"
}
`

func instead(file, old, new string) func(repository) {
	return func(r repository) {
		r.edit("environments/"+file, func(text string) string { return strings.Replace(text, old, new, 1) })
	}
}

// TestMerge merges two branches whose trees are generated, with git. Once the
// inputs are merged, by git or by a person, one generate makes the tree of the
// merged inputs.
func TestMerge(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	for _, tt := range []struct {
		name         string
		ours, theirs func(repository)
		// inputs says how a person merges what git cannot.
		inputs func(repository)
		// clean: git merges all, the check is content, and nothing but lists of
		// hashes is to be generated.
		clean bool
		// bare: without the .gitattributes that init writes.
		bare bool
		// deep: it takes some seconds, and its kind is in another.
		deep bool
	}{
		{name: "two environments", clean: true,
			ours: instead("ci.cue", "ci.example.com", "a.example.com"), theirs: instead("production.cue", "production.example.com", "b.example.com")},
		{name: "two components of one environment", clean: true, deep: true,
			ours: instead("ci.cue", "edge: host:", "redis: resources: limits: memory: \"160Mi\"\n\tedge: host:"), theirs: instead("ci.cue", "profile:", "invoker: userMemory: \"1536Mi\"\n\tprofile:")},
		{name: "two sentences of one README", clean: true, deep: true,
			ours:   instead("ci.cue", "edge: host:", "invoker: userMemory: \"1536Mi\"\n\tedge: host:"),
			theirs: instead("ci.cue", "profile:", "redis: volume: size: \"2Gi\"\n\tprofile:")},
		{name: "two sentences of one README, without attributes", bare: true, deep: true,
			ours:   instead("ci.cue", "edge: host:", "invoker: userMemory: \"1536Mi\"\n\tedge: host:"),
			theirs: instead("ci.cue", "profile:", "redis: volume: size: \"2Gi\"\n\tprofile:")},
		{name: "two fields of one component", deep: true,
			ours: instead("ci.cue", "edge: host:", "redis: resources: limits: memory: \"160Mi\"\n\tedge: host:"), theirs: instead("ci.cue", "profile:", "redis: resources: requests: cpu: \"150m\"\n\tprofile:")},
		{name: "one field", ours: instead("ci.cue", "ci.example.com", "a.example.com"), theirs: instead("ci.cue", "ci.example.com", "b.example.com"),
			inputs: func(r repository) { r.write("environments/ci.cue", strings.Replace(ciText, "ci.ex", "c.ex", 1)) }},
		{name: "one field, our way", deep: true, ours: instead("ci.cue", "ci.example.com", "a.example.com"), theirs: instead("ci.cue", "ci.example.com", "b.example.com"),
			inputs: func(r repository) { r.git("checkout", "--ours", "environments/ci.cue") }},
		{name: "an environment goes and changes", ours: func(r repository) { r.ok(os.Remove(r.at("environments/production.cue"))) },
			theirs: instead("production.cue", "production.example.com", "b.example.com"),
			inputs: func(r repository) { r.ok(os.Remove(r.at("environments/production.cue"))) }},
		{name: "an environment changes and goes, and stays", deep: true, theirs: func(r repository) { r.ok(os.Remove(r.at("environments/production.cue"))) },
			ours: instead("production.cue", "production.example.com", "b.example.com"), inputs: func(repository) {}},
		{name: "both add one environment", deep: true,
			ours: func(r repository) {
				r.write("environments/new.cue", strings.ReplaceAll(secondText, "production", "new"))
			},
			theirs: func(r repository) { r.write("environments/new.cue", strings.ReplaceAll(ciText, "ci:", "new:")) },
			inputs: func(r repository) { r.git("checkout", "--theirs", "environments/new.cue") }},
		{name: "an environment is renamed and changed",
			ours: func(r repository) {
				r.ok(os.Remove(r.at("environments/production.cue")))
				r.write("environments/renamed.cue", strings.Replace(secondText, "production:", "renamed:", 1))
			},
			theirs: instead("production.cue", `"8"`, `"9"`), inputs: func(r repository) {
				r.git("rm", "-q", "--cached", "environments/production.cue")
				_ = os.Remove(r.at("environments/production.cue"))
				r.write("environments/renamed.cue", strings.Replace(secondText, "production:", "renamed:", 1))
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.deep && testing.Short() {
				t.Skip("another has its kind")
			}
			r := newRepository(t)
			r.write("environments/production.cue", secondText)
			if !tt.bare {
				r.write(".gitattributes", string(starter.Files()[".gitattributes"]))
			}
			r.write("overlays/ci/custom/kustomization.yaml", component)
			r.generate(nil)
			if out, ok := r.git("init", "-q", "-b", "ours"); !ok {
				t.Fatal(out)
			}
			r.commit("before")
			r.git("checkout", "-q", "-b", "theirs")
			tt.theirs(r)
			r.settle()
			r.commit("theirs")
			r.git("checkout", "-q", "ours")
			tt.ours(r)
			r.settle()
			r.commit("ours")
			out, merged := r.git("merge", "--no-edit", "theirs")
			if tt.inputs != nil {
				tt.inputs(r)
			}
			t.Logf("merged %v: %s", merged, out)
			if tt.clean && !merged {
				t.Errorf("unrelated changes conflict: %s", out)
			}
			if tt.clean {
				r.checks()
			}
			done := r.generate(nil)
			if text := r.shown(done); strings.Contains(text, "error") {
				t.Fatalf("one generate does not end it: %s", text)
			}
			for _, name := range slices.Concat(done.changes.Created, done.changes.Updated, done.changes.Deleted) {
				if tt.clean && filepath.Base(name) != tree.ManifestName {
					t.Errorf("there was something to do: %s", name)
				}
			}
			r.isFresh()
		})
	}
}

// settle generates, and fails if that is refused.
func (r repository) settle() {
	r.t.Helper()
	if text := r.shown(r.generate(nil)); strings.Contains(text, "error") {
		r.t.Fatal(text)
	}
}

// isFresh compares the tree with one that is generated from the inputs alone.
func (r repository) isFresh() {
	r.t.Helper()
	fresh := newRepository(r.t)
	r.ok(os.RemoveAll(fresh.root))
	r.ok(os.CopyFS(fresh.at("environments"), os.DirFS(r.at("environments"))))
	r.ok(os.CopyFS(fresh.at("overlays/ci/custom"), os.DirFS(r.at("overlays/ci/custom"))))
	fresh.settle()
	want, got := map[string]string{}, map[string]string{}
	for from, to := range map[string]map[string]string{fresh.root: want, r.root: got} {
		for _, dir := range []string{"base", "overlays", "golden"} {
			for name, text := range snapshotOf(r.t, filepath.Join(from, dir)) {
				to[strings.TrimPrefix(name, from)] = text
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("not what the inputs come to (-inputs +tree):\n%s", diff)
	}
	r.checks()
}

// checks fails unless the check finds nothing.
func (r repository) checks() {
	r.t.Helper()
	if text := r.shown(r.generate(nil, func(g *generation) { g.check = true })); strings.Contains(text, "error") {
		r.t.Errorf("check: %s", text)
	}
}

// TestMergeOfCustom: what git leaves in the user's own folder is the user's to
// end, and stays as it is.
func TestMergeOfCustom(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	marked := "<<<<<<< HEAD\n" + component + "=======\n" + strings.Replace(component, "platform", "other", 1) + ">>>>>>> theirs\n"
	r.write("overlays/ci/custom/kustomization.yaml", marked)
	if text := r.shown(r.generate(nil)); !strings.Contains(text, "WO311") {
		t.Errorf("said: %s", text)
	}
	if text, err := os.ReadFile(r.at("overlays/ci/custom/kustomization.yaml")); err != nil || string(text) != marked {
		t.Errorf("custom is %s, %v", text, err)
	}
}

// TestMergeOverMarks: marks that someone committed, and a merge on top of them,
// leave conflicts in conflicts. One generate ends them all.
func TestMergeOverMarks(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	r := newRepository(t)
	r.write("overlays/ci/custom/kustomization.yaml", component)
	r.generate(nil)
	if out, ok := r.git("init", "-q", "-b", "main"); !ok {
		t.Fatal(out)
	}
	r.commit("before")
	for _, branch := range []string{"a", "b", "c"} {
		r.git("checkout", "-q", "-b", branch, "main")
		instead("ci.cue", "ci.example.com", branch+".example.com")(r)
		r.settle()
		r.commit(branch)
	}
	r.git("checkout", "-q", "a")
	for _, other := range []string{"b", "c"} {
		if out, ok := r.git("merge", "--no-edit", other); ok {
			t.Fatal("there is no conflict: ", out)
		}
		r.git("checkout", "--ours", "environments")
		if other == "b" {
			r.commit("with marks")
		}
	}
	list, err := os.ReadFile(r.at("golden/ci/.whiskops"))
	if r.ok(err); strings.Count(string(list), "<<<<<<<") < 2 {
		t.Fatalf("no conflict in another: %s", list)
	}
	r.settle()
	r.isFresh()
}
