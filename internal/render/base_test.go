package render

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/overlay"
)

// What the binary holds is what the schema and the catalogue make, and is read as
// it was written.
func TestBaseIsCurrent(t *testing.T) {
	files, err := filepath.Glob("data/*")
	if err != nil || len(files) != len(catalog.Releases()) {
		t.Errorf("%v, want a file for each of %v: %v", files, catalog.Releases(), err)
	}
	for _, release := range catalog.Releases() {
		base, err := MakeBase(release)
		if err != nil {
			t.Fatal(err)
		}
		want, err := base.Data()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("data", release+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("base of %s is stale; run go generate ./... (-want +got):\n%s", release, diff)
		}
		read, err := overlay.Read(got)
		if err != nil {
			t.Fatal(err)
		}
		again, err := read.Data()
		if err != nil || string(again) != string(want) {
			t.Errorf("base of %s is another one once it is read: %v", release, err)
		}
	}
}
