package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// repository is a root with so many environments: one is the production
// example, three are all examples, and more are copies of them.
type repository struct {
	dir          string
	environments int
	// changed is the file of an environment of production, text what it was,
	// and changes how often it was changed.
	changed, text string
	changes       int
}

func (r *repository) String() string {
	if r.environments == 1 {
		return "production"
	}
	return fmt.Sprintf("%d environments", r.environments)
}

// limit is the line of production that change changes: one of its limits.
const limit = "limits: {concurrentInvocations: "

func newRepository(dir string, environments int) (*repository, error) {
	r := &repository{dir: dir, environments: environments}
	if err := os.MkdirAll(filepath.Join(dir, "environments"), 0o755); err != nil {
		return nil, err
	}
	examples := []string{"production", "ci", "development"}
	for i := range environments {
		name := examples[i%len(examples)]
		text, err := os.ReadFile(filepath.Join("examples/environments", name+".cue"))
		if err != nil {
			return nil, err
		}
		content := string(text)
		if i >= len(examples) {
			copied := fmt.Sprintf("%s-%d", name, i)
			// A copy has its own name, and its own directory on the NFS server.
			content = strings.NewReplacer("\n"+name+":", fmt.Sprintf("\n%q:", copied), "/exports/couchdb", "/exports/"+copied).Replace(content)
			name = copied
		}
		file := filepath.Join(dir, "environments", name+".cue")
		if i == 0 {
			r.changed, r.text = file, content
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	if !strings.Contains(r.text, limit+"200,") {
		return nil, fmt.Errorf("the production example has no %s200", limit)
	}
	return r, nil
}

// cache is the folder of the user's cache in runs on this repository.
func (r *repository) cache() string { return r.dir + "-cache" }

// bare removes all that was generated.
func (r *repository) bare() error {
	for _, folder := range []string{"base", "overlays", "golden"} {
		if err := os.RemoveAll(filepath.Join(r.dir, folder)); err != nil {
			return err
		}
	}
	return nil
}

// cold removes that, and what is remembered.
func (r *repository) cold() error {
	if err := os.RemoveAll(r.cache()); err != nil {
		return err
	}
	return r.bare()
}

// change gives production a limit that it never had.
func (r *repository) change() error {
	r.changes++
	text := strings.Replace(r.text, limit+"200,", fmt.Sprintf("%s%d,", limit, 200+r.changes), 1)
	return os.WriteFile(r.changed, []byte(text), 0o644)
}
