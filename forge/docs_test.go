package forge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/internal/starter"
)

// TestDocs: what docs/ci-use.md and init say is used as it is: inputs and hooks that
// there are, and the paths.
func TestDocs(t *testing.T) {
	text := read(t, "../docs/ci-use.md")
	inputs, _ := component(t)
	var hooks []struct{ ID string }
	if err := yaml.Unmarshal([]byte(read(t, "../.pre-commit-hooks.yaml")), &hooks); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, h := range hooks {
		ids[h.ID] = true
	}
	blocks := []string{}
	for i, block := range strings.Split(text, "```") {
		if i%2 == 1 {
			blocks = append(blocks, strings.TrimPrefix(block, "yaml\n"))
		}
	}
	for _, offer := range starter.Offers() {
		blocks = append(blocks, string(offer))
	}
	used := 0
	for _, block := range blocks {
		var found struct {
			Jobs map[string]struct {
				Steps []struct {
					Uses string
					With map[string]any
				}
			}
			Include []struct {
				Remote string
				Inputs map[string]string
			}
			Repos []struct{ Hooks []struct{ ID string } }
		}
		if err := yaml.Unmarshal([]byte(block), &found); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
		for _, j := range found.Jobs {
			for _, s := range j.Steps {
				path, is := strings.CutPrefix(s.Uses, "whiskops/whiskops/")
				if !is {
					continue
				}
				used++
				path, _, _ = strings.Cut(path, "@")
				if _, err := os.Stat(filepath.Join("..", path, "action.yml")); err != nil {
					t.Error(err)
				}
				for name := range s.With {
					if _, ok := readAction(t).Inputs[name]; !ok {
						t.Errorf("the action has no input %s", name)
					}
				}
			}
		}
		for _, in := range found.Include {
			used++
			_, path, _ := strings.Cut(in.Remote, "/whiskops/main/")
			if _, err := os.Stat(filepath.Join("..", path)); err != nil || path == "" {
				t.Errorf("%q: %v", in.Remote, err)
			}
			for name := range in.Inputs {
				if _, ok := inputs[name]; !ok {
					t.Errorf("the component has no input %s", name)
				}
			}
		}
		for _, r := range found.Repos {
			for _, h := range r.Hooks {
				used++
				if !ids[h.ID] {
					t.Errorf("there is no hook %s", h.ID)
				}
			}
		}
	}
	if used != 6 {
		t.Errorf("%d uses were found", used)
	}
}
