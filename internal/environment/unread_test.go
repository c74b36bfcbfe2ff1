package environment

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/finding"
)

// No CUE file in a folder below the environments is passed over in silence,
// whatever the folder is called and wherever it stands.
func TestNoFolderIsPassedOver(t *testing.T) {
	for _, tt := range []struct {
		name, folder, file string
		severities         []finding.Severity
	}{
		{"a package of its own", "eu", "a.cue", []finding.Severity{finding.Error}},
		{"one that CUE leaves out", "_eu", "a.cue", []finding.Severity{finding.Error}},
		{"two deep", "eu/west", "a.cue", []finding.Severity{finding.Error}},
		{"a module of its own", "eu/cue.mod", "module.cue", nil},
		{"an editor's", ".idea", "a.cue", nil},
		{"what is no CUE", "eu", "a.txt", nil},
		{"a file that CUE leaves out", "eu", "_a.cue", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			write := func(name, text string) {
				t.Helper()
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write(filepath.Join(root, "environments", "p.cue"), "package environments\n\np: edge: host: \"a.example.com\"\n")
			write(filepath.Join(root, "environments", filepath.FromSlash(tt.folder), tt.file), "package other\n")
			severities := func() []finding.Severity {
				t.Helper()
				dir := filepath.Join(root, "environments")
				_, found, err := Repository{FS: os.DirFS(root), Dir: root}.Load(os.DirFS(dir), dir)
				if err != nil {
					t.Fatal(err)
				}
				var all []finding.Severity
				for _, f := range found {
					all = append(all, f.Severity)
				}
				return all
			}
			if got := severities(); !slices.Equal(got, tt.severities) {
				t.Errorf("%v, want %v", got, tt.severities)
			}
			// The same through a link.
			top, _, _ := strings.Cut(tt.folder, "/")
			if err := os.Rename(filepath.Join(root, "environments", top), filepath.Join(root, "elsewhere")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join("..", "elsewhere"), filepath.Join(root, "environments", top)); err != nil {
				t.Fatal(err)
			}
			want := tt.severities
			if top != tt.folder {
				want = nil // no link is followed further
			}
			if got := severities(); !slices.Equal(got, want) {
				t.Errorf("through a link: %v, want %v", got, want)
			}
		})
	}
}
