package workload

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

func TestCases(t *testing.T) { krmtest.Run(t, Process) }

func FuzzProcess(f *testing.F) { krmtest.Fuzz(f, Process) }

// TestRestricted holds every pod of the cases against the restricted Pod
// Security Standard, and every string against what Flux and Kubernetes would
// replace in it.
func TestRestricted(t *testing.T) {
	files, err := filepath.Glob("testdata/*/expected.yaml")
	if err != nil {
		t.Fatal(err)
	}
	pods := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "${") || strings.Contains(string(content), "$$") {
			t.Errorf("%s has text that Flux or Kubernetes replaces", file)
		}
		rl, err := krmtest.Read(nil, content)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range rl.Items {
			for _, w := range krm.Workloads(rl, n.GetLabels()[krm.NameLabel]) {
				pods++
				broken, err := krmtest.Restricted(w)
				if err != nil || len(broken) > 0 {
					t.Errorf("%s: %s: %v %v", file, w.GetName(), broken, err)
				}
			}
		}
	}
	if pods == 0 {
		t.Error("no case has a pod")
	}
}
