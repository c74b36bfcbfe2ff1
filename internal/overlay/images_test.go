package overlay

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func containersOf(images ...string) string {
	var all []string
	for i, image := range images {
		all = append(all, fmt.Sprintf("{name: c%d, image: '%s'}", i, image))
	}
	return scaledObject("Deployment", "a", "{template: {spec: {containers: ["+strings.Join(all, ", ")+"]}}}")
}

func TestImages(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("ab", 32)
	for name, tt := range map[string]struct {
		base, want []string
		emitted    string
	}{
		"the same":             {[]string{"a:1"}, []string{"a:1"}, ""},
		"a tag":                {[]string{"a:1"}, []string{"a:2"}, "images:\n- name: a\n  newTag: \"2\"\n"},
		"a registry":           {[]string{"a/b:1"}, []string{"r.example.com:5000/a/b:1"}, "images:\n- name: a/b\n  newName: r.example.com:5000/a/b\n"},
		"a digest":             {[]string{"a:1"}, []string{"a" + digest}, "images:\n- name: a\n  digest: " + digest[1:] + "\n"},
		"everywhere alike":     {[]string{"a:1", "a:3"}, []string{"a:2", "a:2"}, "images:\n- name: a\n  newTag: \"2\"\n"},
		"not alike":            {[]string{"a:1", "a:1"}, []string{"a:2", "a:3"}, ""},
		"one stays":            {[]string{"a:1", "a:1"}, []string{"a:2", "a:1"}, ""},
		"a new one in the way": {[]string{"a:1"}, []string{"a:2", "a:1"}, ""},
		"one after the other":  {[]string{"a:1", "b:1"}, []string{"b:1", "b:2"}, "images:\n- name: a\n  newName: b\n"},
		"a pattern":            {[]string{"a.b:1", "axb:1"}, []string{"a.b:2", "axb:1"}, ""},
		"odd":                  {[]string{"a b:1"}, []string{"a b:2"}, ""},
	} {
		f, pairs := found(t, findImages, containersOf(tt.base...), containersOf(tt.want...))
		if diff := cmp.Diff(tt.emitted, emitted(t, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for i, c := range now(pairs, "a", "spec", "template", "spec", "containers").(l) {
			entries := f.(images)
			if _, said := entries[imageName(tt.base[i])]; said && c.(m)["image"] != tt.want[i] {
				t.Errorf("%s: container %d has %v, wanted %s", name, i, c.(m)["image"], tt.want[i])
			}
		}
	}
}

// Where images are, and what the same container has in base.
func TestEachImage(t *testing.T) {
	container := func(name, image string) m { return m{"name": name, "image": image} }
	for name, tt := range map[string]struct {
		want, base any
		visited    []string
	}{
		"nothing":             {nil, nil, nil},
		"containers":          {m{"containers": l{container("a", "i:1"), container("b", "i:2")}}, m{"containers": l{container("b", "j:2"), container("a", "j:1")}}, []string{"i:1 j:1", "i:2 j:2"}},
		"init containers":     {m{"initContainers": l{container("a", "i:1")}}, m{"initContainers": l{container("a", "j:1")}}, []string{"i:1 j:1"}},
		"other containers":    {m{"sidecars": l{container("a", "i:1")}}, m{"sidecars": l{container("a", "j:1")}}, nil},
		"another name":        {m{"containers": l{container("a", "i:1")}}, m{"containers": l{container("b", "j:1")}}, []string{"i:1 "}},
		"no name":             {m{"containers": l{m{"image": "i:1"}}}, m{"containers": l{m{"image": "j:1"}}}, []string{"i:1 "}},
		"no image":            {m{"containers": l{m{"name": "a"}, "b"}}, nil, nil},
		"an image comes":      {m{"containers": l{container("a", "i:1")}}, m{"containers": l{m{"name": "a"}, "b"}}, []string{"i:1 "}},
		"within a container":  {m{"containers": l{m{"name": "a", "more": m{"containers": l{container("b", "i:1")}}}}}, m{"containers": l{m{"name": "a", "more": m{"containers": l{container("b", "j:1")}}}}}, []string{"i:1 j:1"}},
		"lists of templates":  {m{"templates": l{m{"containers": l{container("a", "i:1")}}, m{"containers": l{container("a", "i:2")}}}}, m{"templates": l{m{"containers": l{container("a", "j:1")}}}}, []string{"i:1 j:1", "i:2 "}},
		"containers is a map": {m{"containers": m{"containers": l{container("a", "i:1")}}}, nil, []string{"i:1 "}},
		"a volume":            {m{"volumes": l{m{"image": m{"reference": "i:1"}}, m{"reference": 3}, m{"other": "i:2"}}}, m{"volumes": l{m{"image": m{"reference": "j:1"}}}}, []string{"i:1 "}},
	} {
		var visited []string
		eachImage(tt.want, tt.base, func(c, in map[string]any) { visited = append(visited, imageOf(c)+" "+imageOf(in)) })
		slices.Sort(visited)
		if diff := cmp.Diff(tt.visited, visited); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What only looks like an image, in a ConfigMap, is none; a volume's is not
// touched.
func TestWhatIsNoImage(t *testing.T) {
	deployment := func(image string) string { return containersOf(image) + "---\n" }
	text := hashedConfig + "data: {reference: 'a:1'}\n"
	volume := "# core/a\napiVersion: v1\nkind: Pod\nmetadata: {name: v, namespace: main}\nspec: {volumes: [{name: v, image: {reference: 'a:1'}}]}\n"
	for name, tt := range map[string]struct{ base, want, emitted string }{
		"text of a ConfigMap": {deployment("a:1") + text, deployment("a:2") + text, "images:\n- name: a\n  newTag: \"2\"\n"},
		"a volume":            {deployment("a:1") + volume, deployment("a:2") + volume, ""},
		"one that goes":       {deployment("a:1") + volume, strings.TrimSuffix(deployment("a:2"), "---\n"), "images:\n- name: a\n  newTag: \"2\"\n"},
		"one that comes":      {strings.TrimSuffix(deployment("a:1"), "---\n"), deployment("a:2") + volume, ""},
	} {
		f, pairs := found(t, findImages, tt.base, tt.want)
		if diff := cmp.Diff(tt.emitted, emitted(t, f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got, ok := now(pairs, "c", "data").(m); ok && got["reference"] != "a:1" {
			t.Errorf("%s: the ConfigMap says %v", name, got)
		}
	}
}
