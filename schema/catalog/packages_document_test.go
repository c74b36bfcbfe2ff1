package catalog_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
)

// The document has each package with its version and its field, and no other.
func TestPackagesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/packages.md")
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ([0-9.]+) \\| .* \\| `([A-Za-z.]+)` \\|$").FindAllStringSubmatch(string(text), -1) {
		written[row[1]] = row[2] + " " + row[3]
	}
	for _, release := range catalog.Releases() {
		c, err := catalog.Load(release)
		if err != nil {
			t.Fatal(err)
		}
		there := map[string]string{}
		for name, p := range c.Packages {
			there[name] = fmt.Sprint(p.Version, " ", slices.Collect(maps.Keys(p.When))[0])
		}
		if diff := gocmp.Diff(there, written); diff != "" {
			t.Errorf("%s (-catalogue +docs/packages.md):\n%s", release, diff)
		}
	}
}
