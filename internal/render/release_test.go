package render

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/environment"
)

// An environment moves to another release by one word and the images, and what
// that changes can be read: the processes of OpenWhisk, what they are told, and
// who may reach them.
func TestMoveToAnotherRelease(t *testing.T) {
	for _, env := range exampleEnvironments(t) {
		if env.Name != "production" {
			continue
		}
		before := golden(t, env)
		env.OpenWhisk = "head"
		env.Images = map[string]environment.Image{
			"controller": {Repository: "registry.example.com/controller"}, "invoker": {Repository: "registry.example.com/invoker"},
		}
		after := golden(t, env)
		var changed []string
		for _, name := range slices.Sorted(maps.Keys(after)) {
			if before[name] != after[name] {
				changed = append(changed, name)
			}
			if strings.HasPrefix(name, "configmap-") && strings.Contains(after[name], "CONFIG_akka") {
				t.Errorf("%s has what head does not read:\n%s", name, after[name])
			}
		}
		want := []string{
			"README.md", "configmap-controller-env", "configmap-invoker-env", "configmap-openwhisk-env",
			"job-smoke-test", "networkpolicy-controller", "service-controller", "statefulset-controller", "statefulset-invoker",
		}
		if diff := cmp.Diff(want, changed); diff != "" {
			t.Errorf("what changes (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))); diff != "" {
			t.Errorf("objects (-2.0.0 +head):\n%s", diff)
		}
		return
	}
	t.Error("there is no example production")
}

// golden files of an environment, by their names without ".yaml".
func golden(t *testing.T, env environment.Environment) map[string]string {
	t.Helper()
	folders, err := Tree([]environment.Environment{env}, fstest.MapFS{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range folders {
		if f.Path != GoldenFolder+"/"+env.Name {
			continue
		}
		for name, content := range f.Files {
			files[strings.TrimSuffix(name, ".yaml")] = string(content)
		}
	}
	return files
}
