package source

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
)

// Releases that say the same have a part together, and a release that does not its
// own; what is empty has no file.
func TestParts(t *testing.T) {
	w := written{}
	for release, name := range map[string]string{"1": "A", "2": "A"} {
		if err := w.add(&catalog.Catalog{Release: release, Alerts: catalog.Of([]catalog.Alert{{Name: name}})}); err != nil {
			t.Fatal(err)
		}
	}
	third := &catalog.Catalog{Release: "3", Alerts: catalog.Of([]catalog.Alert{{Name: "B"}}), Components: map[string]catalog.Component{
		"c": {Files: catalog.Of(map[string]map[string]string{"c": {"a": "1"}})},
		"d": {Files: catalog.Of(map[string]map[string]string{})},
	}}
	if err := w.add(third); err != nil {
		t.Fatal(err)
	}
	want := []string{"1.json", "2.json", "3.json", "parts/alerts.3.json", "parts/alerts.json", "parts/c-files.json"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(w))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for file, says := range map[string]string{
		"2.json": `"alerts": "parts/alerts.json"`, "3.json": `"alerts": "parts/alerts.3.json"`, "parts/alerts.3.json": `"name": "B"`, "parts/alerts.json": `"name": "A"`,
	} {
		if !strings.Contains(string(w[file]), says) {
			t.Errorf("%s does not say %s:\n%s", file, says, w[file])
		}
	}
	if got := strings.Count(string(w["3.json"]), `"parts/`); got != 2 {
		t.Errorf("%d parts of 3.json have files, want its alerts and the files of c", got)
	}
}
