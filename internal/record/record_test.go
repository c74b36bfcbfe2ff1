package record

import (
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/cache"
	"github.com/whiskops/whiskops/internal/finding"
)

func store(t *testing.T) *cache.Store {
	s := cache.Open(filepath.Join(t.TempDir(), "cache"), "build")
	if s == nil {
		t.Fatal("no store")
	}
	t.Cleanup(s.Close)
	return s
}

func sample() Run {
	return Run{
		Environments: 3,
		Findings: []finding.Finding{{
			Code: "WO203", Severity: finding.Warning, Position: finding.Position{File: "/a <b>.cue", Line: 3, Column: 1},
			Path: "ci.cluster", Message: "a \"quoted\" & <odd>\n\x00 ü", Help: "none",
		}, {Code: "WO204", Severity: finding.Warning, Message: "nowhere"}},
		Manifests: map[string]string{"base": "1", "golden/ci": "2"},
	}
}

func inputs(files fstest.MapFS) *Inputs { return NewInputs(map[string]fs.FS{"tree": files}) }

// after is a run that has read all of a tree.
func after(t *testing.T, files fstest.MapFS) *Inputs {
	t.Helper()
	in := inputs(files)
	err := fs.WalkDir(in.Through("tree"), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, err = fs.ReadFile(in.Through("tree"), p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRecall(t *testing.T) {
	s, files, key := store(t), tree(), Key("generate", "/root")
	if _, ok := Recall(s, key, inputs(files)); ok {
		t.Error("recalled before it was")
	}
	want := sample()
	Remember(s, key, after(t, files), want)
	got, ok := Recall(s, key, inputs(files))
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("recalled %v (-want +got):\n%s", ok, diff)
	}
	if _, ok := Recall(s, Key("generate", "/other"), inputs(files)); ok {
		t.Error("recalled by another key")
	}
	files["dir/b.yaml"] = &fstest.MapFile{Data: []byte("x")}
	if _, ok := Recall(s, key, inputs(files)); ok {
		t.Error("recalled after a change")
	}
	Remember(s, key, after(t, files), Run{})
	if got, ok := Recall(s, key, inputs(files)); !ok || !cmp.Equal(got, Run{}) {
		t.Errorf("recalled %v, %v, want the last run", got, ok)
	}
}

func TestKeysDiffer(t *testing.T) {
	if Key("a", "b") == Key("a b") || Key("a", "b") == Key("ab", "") || Key("a", "b") == Key("b", "a") {
		t.Error("two keys are the same")
	}
}

func TestNotRemembered(t *testing.T) {
	for name, spoil := range map[string]func(*Run, fstest.MapFS){
		"an error":              func(r *Run, _ fstest.MapFS) { r.Findings[1].Severity = finding.Error },
		"a name of other bytes": func(r *Run, _ fstest.MapFS) { r.Findings[0].File = "\xff.cue" },
		"a large file":          func(_ *Run, files fstest.MapFS) { files["a.cue"].Data = make([]byte, maxFile+1) },
	} {
		t.Run(name, func(t *testing.T) {
			s, files, run := store(t), tree(), sample()
			spoil(&run, files)
			Remember(s, Key(), after(t, files), run)
			if _, ok := Recall(s, Key(), inputs(files)); ok {
				t.Error("recalled")
			}
		})
	}
}

// FuzzRecall: an entry of whatever form is recalled or not, and no more.
func FuzzRecall(f *testing.F) {
	f.Add([]byte(`{"Reads":{"tree":{"a.cue":"absent"}},"Run":{}}`))
	f.Add([]byte(`{"Reads":{"other":null,"tree":{"../x":"absent"}}}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := store(t)
		s.Put(kind, Key(), text)
		_, _ = Recall(s, Key(), inputs(tree()))
	})
}
