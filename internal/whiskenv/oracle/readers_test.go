package oracle

import (
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/whiskenv"
	"github.com/whiskops/whiskops/internal/whiskenv/keys"
)

// Who reads a key is said of the names of variables here, and of the keys there:
// one must not know what the other does not.
func TestKeysHaveTheSameReaders(t *testing.T) {
	for _, release := range keys.Releases() {
		table, ok := For(release)
		if !ok {
			t.Fatalf("no table of %s", release)
		}
		list, _ := keys.Of(release)
		read := 0
		for _, key := range list {
			key = strings.NewReplacer("<n>", "0", "<name>", "some").Replace(key)
			name, ok := whiskenv.Name(key)
			if !ok {
				t.Fatalf("no variable sets %s", key)
			}
			for role := range letters {
				want := table.Read(role, name)
				if got := keys.Read(release, role, key); got != want {
					t.Errorf("%s: keys.Read(%s, %s) is %v, the table has %v", release, role, key, got, want)
				}
				if want {
					read++
				}
			}
		}
		if read < 900 {
			t.Errorf("%s: only %d reads compared", release, read)
		}
	}
	if keys.Read("2.0.0", "controller", "whisk.memory.mux") || keys.Read("1.0.0", "controller", "whisk.memory.max") || keys.Read("2.0.0", "", "whisk.memory.max") {
		t.Error("a key, a release or a program that is not known is read")
	}
}
