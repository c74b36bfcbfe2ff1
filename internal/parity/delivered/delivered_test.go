package delivered

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/sourceignore"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"sigs.k8s.io/yaml"
)

const root = "../../.."

// clusters are the files that Flux's objects are read from.
func files(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	names, err := filepath.Glob(filepath.Join(root, "clusters/*/flux/*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("there is nothing to read (%v)", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for document := range strings.SplitSeq(string(text), "\n---\n") {
			found[name] = append(found[name], document)
		}
	}
	return found
}

// Every object of Flux's is what its own types can hold, and nothing more.
func TestObjectsAreFluxs(t *testing.T) {
	types := map[string]func() any{
		"kustomize.toolkit.fluxcd.io/v1/Kustomization": func() any { return &kustomizev1.Kustomization{} },
		"source.toolkit.fluxcd.io/v1/GitRepository":    func() any { return &sourcev1.GitRepository{} },
		"source.toolkit.fluxcd.io/v1/OCIRepository":    func() any { return &sourcev1.OCIRepository{} },
	}
	seen := 0
	for name, documents := range files(t) {
		for _, document := range documents {
			var kind struct{ APIVersion, Kind string }
			if err := yaml.Unmarshal([]byte(document), &kind); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			object, ok := types[kind.APIVersion+"/"+kind.Kind]
			if !ok {
				continue // a kustomization, or Kubernetes' own
			}
			seen++
			if err := yaml.UnmarshalStrict([]byte(document), object()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if seen < 3 {
		t.Errorf("%d objects were read, want at least a source and two Kustomizations", seen)
	}
}

// Of the repository the source leaves what the builds read, and hides the rest.
func TestWhatIsIgnored(t *testing.T) {
	for name, documents := range files(t) {
		if filepath.Base(name) != "source.yaml" {
			continue
		}
		var source sourcev1.GitRepository
		if err := yaml.Unmarshal([]byte(documents[0]), &source); err != nil {
			t.Fatal(err)
		}
		environment := filepath.Base(filepath.Dir(filepath.Dir(name)))
		matcher := sourceignore.NewDefaultMatcher(sourceignore.ReadPatterns(strings.NewReader(*source.Spec.Ignore), nil), nil)
		left := map[string]int{}
		err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
			if err != nil || p == root {
				return err
			}
			rest, _ := filepath.Rel(root, p)
			steps := strings.Split(filepath.ToSlash(rest), "/")
			if matcher.Match(steps, e.IsDir()) {
				if e.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			if !e.IsDir() {
				left[strings.Join(steps[:min(len(steps)-1, depth(steps[0]))], "/")]++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"base/2.0.0", "overlays/" + environment, "clusters/" + environment + "/flux"} {
			if left[want] == 0 {
				t.Errorf("%s: nothing is left of %s", name, want)
			}
			delete(left, want)
		}
		for more := range left {
			t.Errorf("%s: %s is left, and no build reads it", name, more)
		}
	}
}

// depth of the folders that a build reads below one of the root.
func depth(top string) int {
	if top == "clusters" {
		return 3
	}
	return 2
}
