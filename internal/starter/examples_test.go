package starter

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:generate go test . -run TestExamples -update

var update = flag.Bool("update", false, "write what lets CUE check the examples, as init does")

// The examples have what init gives a repository, so that CUE's own command and
// editors check them too.
func TestExamples(t *testing.T) {
	const examples = "../../examples"
	for name, want := range Files() {
		if !strings.HasPrefix(name, "cue.mod/") && name != "environments/contract.cue" {
			continue
		}
		at := filepath.Join(examples, filepath.FromSlash(name))
		if *update {
			add(t, examples, name, string(want))
		}
		got, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not as init writes it, which `go generate ./internal/starter` does (-want +got):\n%s", at, diff)
		}
	}
	if err := vet(examples); err != nil {
		t.Errorf("cue vet -c ./environments: %v", err)
	}
}
