package servers

import (
	"errors"
	"os"
	"testing"

	"github.com/whiskops/whiskops/e2e/servers/golden"
)

func withNodes(t *testing.T, check func(*Run, *golden.Env) error) {
	t.Helper()
	source, err := os.ReadFile("testdata/nodes.cue")
	if err != nil {
		t.Fatal(err)
	}
	all := generated(t, string(source))
	err = try(t, all["nodes"], func(r *Run) error { return check(r, all["single"]) })
	if errors.Is(err, ErrNoCouchDB) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCouchDBNodes(t *testing.T) { withNodes(t, CouchDBNodes) }

func TestCouchDBGrows(t *testing.T) { withNodes(t, CouchDBGrows) }
