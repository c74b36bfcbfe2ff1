package overlay

import (
	"fmt"
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
