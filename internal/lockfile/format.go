package lockfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
)

const head = `# Written by "whiskops images lock", which asks the registries. Commit it: generate
# pins images by it. "whiskops images lock --check" says what has moved since.
`

// Format writes a lock: the same one in the same bytes. An image is a block of its
// own lines, so that two branches that add different ones merge.
func Format(lock environment.Lock) []byte {
	var b strings.Builder
	b.WriteString(head)
	if len(lock) == 0 {
		b.WriteString("images: {}\n")
		return []byte(b.String())
	}
	b.WriteString("images:\n")
	for _, reference := range slices.Sorted(maps.Keys(lock)) {
		l := lock[reference]
		fmt.Fprintf(&b, "  %s:\n    digest: %s\n", reference, l.Digest)
		if len(l.Platforms) > 0 {
			fmt.Fprintf(&b, "    platforms: [%s]\n", strings.Join(l.Platforms, ", "))
		}
	}
	return []byte(b.String())
}
