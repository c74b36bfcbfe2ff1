package report

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata and docs/changes.schema.json")

// writers by the name of what is expected of them.
var writers = map[string]Writer{
	"text": WriteText, "json": WriteJSON, "md": WriteMarkdown, "sarif": WriteSARIF, "annotations": WriteAnnotations,
	"codequality": WriteCodeQuality,
}

func written(t testing.TB, write Writer, r Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWriters shows what each writer makes of one report with everything in it, and
// that it makes the same twice.
func TestWriters(t *testing.T) {
	for name, write := range writers {
		got := written(t, write, sample(), options())
		expect(t, "testdata/sample."+name, got)
		if again := written(t, write, sample(), options()); again != got {
			t.Errorf("%s: not the same twice:\n%s", name, cmp.Diff(got, again))
		}
	}
	expect(t, "testdata/fleet.text", written(t, WriteText, fleet(30), options()))
	expect(t, "testdata/fleet.md", written(t, WriteMarkdown, fleet(30), options()))
	expect(t, "testdata/nothing.md", written(t, WriteMarkdown, Report{Against: "golden/", Same: 31}, options()))
}

// expect holds a text against a file.
func expect(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-file +got):\n%s", path, diff)
	}
}
