package immutable

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/catalog"
)

// TestKindsAreKnown is that the table has each kind that is emitted, or is made of it.
func TestKindsAreKnown(t *testing.T) {
	for _, release := range catalog.Releases() {
		c, err := catalog.Load(release)
		if err != nil {
			t.Fatal(err)
		}
		all := append(c.Delivery.Kinds, c.Delivery.Made...)
		if len(all) == 0 {
			t.Fatal("the catalogue names no kinds")
		}
		for _, k := range all {
			group, _, grouped := strings.Cut(k.APIVersion, "/")
			if !grouped {
				group = ""
			}
			if _, known := table()[key(group, k.Kind)]; !known {
				t.Errorf("the table has no row for %s of %s", k.Kind, k.APIVersion)
			}
		}
	}
}
