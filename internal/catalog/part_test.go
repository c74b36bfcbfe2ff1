package catalog

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the binary holds has no field that the types here have not: a run does not
// look again. Each part belongs to some release.
func TestDataIsStrict(t *testing.T) {
	read := map[string]bool{}
	for _, release := range Releases() {
		text, err := data.ReadFile("data/" + release + ".json")
		if err != nil {
			t.Fatal(err)
		}
		c, err := Decode(text)
		if err != nil {
			t.Fatalf("%s: %v", release, err)
		}
		strict(t, read, c.Symptoms)
		strict(t, read, c.Assumptions)
		strict(t, read, c.Alerts)
		strict(t, read, c.Dashboard)
		for _, component := range c.Components {
			strict(t, read, component.Files)
		}
	}
	parts, err := fs.Glob(data, "data/parts/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range parts {
		if !read[file] {
			t.Errorf("%s is no part of any release", file)
		}
	}
}

func strict[T any](t *testing.T, read map[string]bool, p Part[T]) {
	t.Helper()
	if p.file == "" {
		return
	}
	read["data/"+p.file] = true
	text, err := data.ReadFile("data/" + p.file)
	if err != nil {
		t.Fatal(err)
	}
	var want T
	if err := strictly(text, &want); err != nil {
		t.Errorf("%s: %v", p.file, err)
	}
	if diff := cmp.Diff(want, p.Value()); diff != "" {
		t.Errorf("%s (-strictly +as a run reads it):\n%s", p.file, diff)
	}
}

// Each run reads the release's own file whole: what most environments have not is a
// Part.
func TestDataIsSmall(t *testing.T) {
	for _, release := range Releases() {
		if text, err := data.ReadFile("data/" + release + ".json"); err != nil || len(text) > 300<<10 {
			t.Errorf("the catalogue of %s has %d bytes beside its parts: %v", release, len(text), err)
		}
	}
}

func TestPart(t *testing.T) {
	for text, want := range map[string][]Alert{`null`: nil, `[]`: {}, `[{"name": "A"}]`: {{Name: "A"}}} {
		var p Part[[]Alert]
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, p.Value()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	if got := (Part[[]Alert]{}).Value(); got != nil {
		t.Errorf("a part that was never set has %v", got)
	}
	if _, err := Decode([]byte(`{"alerts": [{"nmae": "A"}]}`)); err == nil || !strings.Contains(err.Error(), "nmae") {
		t.Errorf("a field that there is not: %v", err)
	}
	// A file that is not asked for is not read.
	var p Part[[]Alert]
	if err := json.Unmarshal([]byte(`"parts/none.json"`), &p); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(p); err != nil || string(text) != `"parts/none.json"` {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := readPart[[]Alert](p.file); err == nil || !strings.Contains(err.Error(), "read parts/none.json of the catalogue") {
		t.Errorf("a file that there is not: %v", err)
	}
}
