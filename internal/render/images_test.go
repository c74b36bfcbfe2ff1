package render

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/runtimes"
)

// TestImages: the images that the environment is said to run are those of its
// containers and of the runtimes manifest, by digest where they are locked.
func TestImages(t *testing.T) {
	eachSample(t, func(t *testing.T, s *sample) {
		listed, run := map[string]map[string]bool{}, map[string]map[string]bool{}
		note := func(in map[string]map[string]bool, image, user string) {
			if in[image] == nil {
				in[image] = map[string]bool{}
			}
			in[image][user] = true
		}
		for _, i := range s.values.Images() {
			image := i.Reference
			if l, ok := s.values.Env.Lock[image]; ok && !strings.Contains(image, "@") {
				image += "@" + l.Digest
			}
			for _, user := range append(slices.Clone(i.Components), i.Kinds...) {
				note(listed, image, user)
			}
			if i.Blackbox && len(i.Kinds) > 0 || !i.Blackbox && len(i.Components)+len(i.Kinds) == 0 {
				t.Errorf("%s: is of users' own: %v", i.Reference, i.Blackbox)
			}
		}
		for _, w := range s.workloads(t) {
			for _, c := range append(slices.Clone(w.pod().InitContainers), w.pod().Containers...) {
				note(run, c.Image, w.component())
			}
		}
		for image, kinds := range s.actionImages(t) {
			for _, kind := range kinds {
				note(run, image, kind)
			}
		}
		if diff := cmp.Diff(listed, run); diff != "" {
			t.Errorf("images that are listed and that run (-listed +run):\n%s", diff)
		}
	})
}

// actionImages are the kinds by image, as OpenWhisk puts the name together:
// registry, prefix, name and tag.
func (s *sample) actionImages(t *testing.T) map[string][]string {
	t.Helper()
	var manifest struct {
		Runtimes map[string][]struct {
			Kind  string
			Image runtimes.Image
		}
	}
	registry := ""
	for _, o := range s.objects {
		if o.Kind != "ConfigMap" {
			continue
		}
		data := read[struct{ Data map[string]string }](t, o.Value).Data
		if text := data["RUNTIMES_MANIFEST"]; text != "" {
			if err := json.Unmarshal([]byte(text), &manifest); err != nil {
				t.Fatal(err)
			}
		}
		if url := data["CONFIG_whisk_containerFactory_runtimesRegistry_url"]; url != "" {
			registry = url
		}
	}
	all := map[string][]string{}
	for _, family := range slices.Sorted(maps.Keys(manifest.Runtimes)) {
		for _, k := range manifest.Runtimes[family] {
			image := k.Image.Reference(registry)
			all[image] = append(all[image], k.Kind)
		}
	}
	if len(all) == 0 {
		t.Fatal("no image of a language: the test is looking at nothing")
	}
	return all
}

// TestMirror: with a mirror nothing comes from Docker Hub by its own name, and
// what Docker itself publishes is below library/.
func TestMirror(t *testing.T) {
	env := exampleEnvironments(t)[0]
	env.Mirror = "registry.example.com/hub"
	s, err := newSample(&env)
	if err != nil {
		t.Fatal(err)
	}
	library := 0
	for _, i := range s.values.Images() {
		if !strings.HasPrefix(i.Reference, "registry.example.com/hub/") {
			t.Errorf("%s is not from the mirror", i.Reference)
		}
		if strings.HasPrefix(i.Reference, "registry.example.com/hub/library/") {
			library++
		}
	}
	if library != 3 {
		t.Errorf("%d images of Docker's own", library)
	}
	// What has a registry of its own in its name keeps it.
	for name, i := range s.values.Catalog.Images {
		host, _, nested := strings.Cut(i.Repository, "/")
		if elsewhere := nested && strings.ContainsAny(host, ".:"); strings.HasPrefix(s.values.Reference(name), env.Mirror+"/") == elsewhere {
			t.Errorf("%s, of %s, is %s", name, i.Repository, s.values.Reference(name))
		}
	}
}
