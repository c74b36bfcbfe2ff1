package environment

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/place"
)

// TestRepositories is TestMistakes for whole repositories: what environments
// import, and what cue.mod says. The archives named "fine" have no finding.
func TestRepositories(t *testing.T) {
	names, err := filepath.Glob("testdata/repositories/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no repositories", err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(base, func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			system, files := fstest.MapFS{}, map[string][]byte{}
			want := &a.Files[len(a.Files)-1].Data
			for _, f := range a.Files[:len(a.Files)-1] {
				system[f.Name] = &fstest.MapFile{Data: f.Data}
				files["repo/"+f.Name] = f.Data
			}
			environments, err := system.Sub("environments")
			if err != nil {
				t.Fatal(err)
			}
			envs, fs, err := Repository{FS: system, Dir: "repo"}.Load(environments, "repo/environments")
			if err != nil {
				t.Fatal(err)
			}
			code, _, _ := strings.Cut(base, "-")
			if base == "fine" && (len(fs) > 0 || len(envs) != 1) || base != "fine" && (len(fs) != 1 || fs[0].Code != code) {
				t.Errorf("%d environments, findings %v, want one with the code %s", len(envs), fs, code)
			}
			got := strings.ReplaceAll(text(t, fs, files), cue.LanguageVersion(), "v0.17.x")
			if *update {
				*want = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(*want), got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// The contract beside the environments changes nothing: neither what they are,
// nor what is written, nor where.
func TestContractBesideEnvironments(t *testing.T) {
	dir := os.DirFS(examples)
	want, _, err := Load(dir, examples)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"contract.cue": []byte("package environments\n\nimport \"whiskops.github.io/schema\"\n\n[string]: schema.#Environment\n")}
	for _, name := range (Repository{FS: dir}).cueFiles(".") {
		if files[examples+"/"+name], err = os.ReadFile(filepath.Join(examples, name)); err != nil {
			t.Fatal(err)
		}
	}
	got, fs, err := LoadBytes(examples, files)
	if err != nil || len(fs) > 0 || len(got) != len(want) {
		t.Fatalf("%d environments, %v, %v", len(got), fs, err)
	}
	for i := range want {
		if diff := cmp.Diff(want[i], got[i], cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Source" }, cmp.Ignore())); diff != "" {
			t.Errorf("%s (-without +with):\n%s", want[i].Name, diff)
		}
		for _, path := range []string{"", "edge", "edge.host", "kafka.replicas", "kafka.heap", "cluster.nodes.core.cpu", "kafka.volume.size", "nothing"} {
			if a, b := want[i].Source.Position(path), got[i].Source.Position(path); a != b {
				t.Errorf("%s.%s: at %v without the contract, at %v with it", want[i].Name, path, a, b)
			}
			if a, b := want[i].Source.Written(path), got[i].Source.Written(path); a != b {
				t.Errorf("%s.%s: written %v without the contract, %v with it", want[i].Name, path, a, b)
			}
		}
	}
}

// The repository has the contract of this very whiskops: nothing to say.
func TestVendoredContract(t *testing.T) {
	src, err := contract.Source()
	if err != nil {
		t.Fatal(err)
	}
	const name = "cue.mod/pkg/whiskops.github.io/schema/schema.cue"
	if fs := (Repository{FS: fstest.MapFS{name: {Data: src}}}).vendored(); len(fs) > 0 {
		t.Errorf("findings %v", fs)
	}
	longer := append(src[:len(src):len(src)], "// more\n"...)
	fs := Repository{FS: fstest.MapFS{name: {Data: longer}}}.vendored()
	if len(fs) != 1 || fs[0].Line != strings.Count(string(src), "\n")+1 {
		t.Errorf("findings %v, want one at line %d", fs, strings.Count(string(src), "\n")+1)
	}
}

// All that is imported counts as input: one byte more than the bound is one
// finding.
func TestImportedSize(t *testing.T) {
	const env = "package environments\n\nimport \"m.example/a\"\n\nx: edge: host: a.host\n"
	const pkg = "package a\n\nhost: \"a.example.com\"\n//"
	for _, tt := range []struct{ more, findings int }{{-1, 0}, {0, 0}, {1, 1}} {
		filling := place.MaxInput - len(env) - len(pkg) + tt.more
		system := fstest.MapFS{
			"cue.mod/module.cue": {Data: []byte("module: \"m.example@v0\"\n")},
			"a/a.cue":            {Data: fmt.Appendf(nil, "%s%s", pkg, strings.Repeat("x", filling))},
			"environments/a.cue": {Data: []byte(env)},
		}
		environments, err := system.Sub("environments")
		if err != nil {
			t.Fatal(err)
		}
		_, fs, err := Repository{FS: system, Dir: "."}.Load(environments, "environments")
		if err != nil || len(fs) != tt.findings || tt.findings > 0 && fs[0].Code != place.CodeSize {
			t.Errorf("%+d bytes: findings %v, %v", tt.more, fs, err)
		}
	}
}
