package environment

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/whiskops/whiskops/internal/finding"
)

var update = flag.Bool("update", false, "rewrite what the mistakes in testdata are expected to say")

// TestMistakes holds each archive's files to the whole text of its findings: one
// finding, in one or more environments, whose code the archive is named after.
// Archives named "several" have more.
func TestMistakes(t *testing.T) {
	names, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no mistakes", err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(base, func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string][]byte{}
			want, wantAt := "", -1
			for i, f := range a.Files {
				if f.Name == "want" {
					want, wantAt = string(f.Data), i
					continue
				}
				files[f.Name] = f.Data
			}
			envs, fs, err := LoadBytes("environments", files)
			if err != nil {
				t.Fatal(err)
			}
			code, _, _ := strings.Cut(base, "-")
			if !strings.HasPrefix(base, "several") && !one(fs, code) {
				t.Errorf("findings %v, want one with the code %s", fs, code)
			}
			if _, broken := files["environments/b.cue"]; base == "several" && broken && len(envs) > 0 {
				t.Errorf("%d environments in spite of their findings", len(envs))
			}
			got := text(t, fs, files)
			if *update {
				a.Files[wantAt].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// one tells that findings are about one place, in each environment that has it.
func one(fs []finding.Finding, code string) bool {
	return len(fs) > 0 && !slices.ContainsFunc(fs, func(f finding.Finding) bool {
		return f.Code != code || f.Position != fs[0].Position || f.Message != fs[0].Message
	})
}

func text(t *testing.T, fs []finding.Finding, files map[string][]byte) string {
	t.Helper()
	var b strings.Builder
	err := finding.WriteText(&b, fs, finding.Options{Read: func(name string) ([]byte, error) {
		if src, ok := files[name]; ok {
			return src, nil
		}
		return nil, errors.New("no such file")
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
