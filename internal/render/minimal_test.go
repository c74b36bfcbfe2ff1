package render

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// overlayOf returns the files of an example's overlay by path from the root.
func overlayOf(t testing.TB, env environment.Environment) map[string][]byte {
	t.Helper()
	folders, err := rendererOf(t, &env, Options{Whole: true}).environment(&env, ownFolder{})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for name, content := range folders[0].Files {
		files[path.Join(folders[0].Path, name)] = content
	}
	return files
}

// A person must like to read it. Each file has a line in the folder's manifest.
func TestLineBudget(t *testing.T) {
	for _, env := range exampleEnvironments(t) {
		if env.Name != "ci" {
			continue
		}
		lines := 0
		for _, content := range overlayOf(t, env) {
			lines += bytes.Count(content, []byte("\n")) + 1
		}
		if lines >= 150 {
			t.Errorf("overlays/ci has %d lines, want fewer than 150", lines)
		}
		return
	}
	t.Error("there is no example ci")
}

// Nothing in an overlay repeats what base says: whatever is left out of a
// patch, and of what a kustomization changes, changes the build.
func TestOverlaysAreMinimal(t *testing.T) {
	for _, env := range exampleEnvironments(t) {
		t.Run(env.Name, func(t *testing.T) {
			t.Parallel()
			repeated, count := repeats(t, overlayOf(t, env))
			for _, what := range repeated {
				t.Errorf("%s changes nothing", what)
			}
			if count < 10 {
				t.Errorf("%d leaves: the test is looking at nothing", count)
			}
		})
	}
}

// A leaf that base has too is found.
func TestRepeatIsFound(t *testing.T) {
	const patch = "overlays/ci/data/patches/couchdb-statefulset.yaml"
	for _, env := range exampleEnvironments(t) {
		if env.Name != "ci" {
			continue
		}
		files := overlayOf(t, env)
		if files[patch] == nil {
			t.Fatalf("there is no %s", patch)
		}
		files[patch] = bytes.Replace(files[patch], []byte("\nspec:\n"), []byte("\nspec:\n  replicas: 1\n"), 1)
		repeated, _ := repeats(t, files)
		if diff := cmp.Diff([]string{patch + ": spec.replicas"}, repeated); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// repeats says what of an overlay's patches and kustomizations changes nothing,
// and how many leaves they have.
func repeats(t *testing.T, files map[string][]byte) (repeated []string, count int) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tier := tierOf(name)
		if tier == "" {
			continue
		}
		whole, err := build(t, files, tier)
		if err != nil {
			t.Fatal(err)
		}
		for _, less := range without(t, name, files[name]) {
			count++
			changed := maps.Clone(files)
			changed[name] = less.content
			// What cannot be built any more was needed.
			if got, err := build(t, changed, tier); err == nil && bytes.Equal(got, whole) {
				repeated = append(repeated, name+": "+less.what)
			}
		}
	}
	return repeated, count
}

// tierOf a patch or a kustomization: the folder below the environment's.
func tierOf(name string) string {
	parts := strings.Split(name, "/") // overlays/<environment>/<tier>/...
	isPatch := len(parts) == 5 && parts[3] == "patches"
	isTier := len(parts) == 4 && parts[3] == "kustomization.yaml"
	if !isPatch && !isTier {
		return ""
	}
	return path.Join(parts[:3]...)
}

func build(t testing.TB, files map[string][]byte, dir string) ([]byte, error) {
	built, err := kustomize.Build(kustomize.NewTree(baseOf(t, "2.0.0").Files(), files), dir)
	return kustomize.Join(built), err
}

// lesser is a file that lacks something.
type lesser struct {
	what    string
	content []byte
}

// without returns a file once for each leaf, without it.
func without(t testing.TB, name string, content []byte) []lesser {
	t.Helper()
	var all []lesser
	for i := 0; ; i++ {
		n, err := yaml.Parse(string(content))
		if err != nil {
			t.Fatal(err)
		}
		c := cutter{skip: i, changes: path.Base(name) == "kustomization.yaml"}
		if !c.cut("", n.YNode()) {
			return all
		}
		text, err := n.String()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, lesser{c.what, []byte(text)})
	}
}

// cutter takes one leaf away, the one after those that are skipped, and what
// becomes empty by that.
type cutter struct {
	skip int
	what string
	// changes says that of a kustomization only that counts which changes
	// something.
	changes bool
}

func (c *cutter) cut(at string, n *yaml.Node) (done bool) {
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i < len(n.Content); i += step {
		sub := fmt.Sprintf("%s[%d]", at, i)
		if step == 2 {
			sub = strings.TrimPrefix(at+"."+n.Content[i].Value, ".")
		}
		if c.ignored(sub) {
			continue
		}
		value := n.Content[i+step-1]
		if len(value.Content) == 0 {
			if c.skip > 0 {
				c.skip--
				continue
			}
			c.what = sub
		} else if !c.cut(sub, value) {
			continue
		} else if len(value.Content) > 0 {
			return true
		}
		n.Content = slices.Delete(n.Content, i, i+step)
		return true
	}
	return false
}

// ignored fields say what a file is about, not what is different.
func (c *cutter) ignored(at string) bool {
	if !c.changes {
		return at == "apiVersion" || at == "kind"
	}
	switch field, _, _ := strings.Cut(at, "["); field {
	case "configMapGenerator":
		return strings.HasSuffix(at, ".name") || strings.HasSuffix(at, ".behavior")
	case "replicas", "images":
		return strings.HasSuffix(at, "].name")
	}
	return true
}
