package render

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/whiskops/whiskops/internal/kustomize"
)

func TestStorable(t *testing.T) {
	object := func(apiVersion, kind, name, namespace string) map[string]string {
		return map[string]string{
			"kustomization.yaml": "resources: [x.yaml]\n",
			"x.yaml":             fmt.Sprintf("{apiVersion: %s, kind: %q, metadata: {name: %q, namespace: %s}}\n", apiVersion, kind, name, namespace),
		}
	}
	config := func(name string) map[string]string { return object("v1", "ConfigMap", name, "a") }
	letters := func(n int) string { return strings.Repeat("a", n) }
	with := func(field string) map[string]string {
		files := config("b")
		files["kustomization.yaml"] += field
		return files
	}
	const name, x = `no cluster takes the object of kind "ConfigMap" with the name %q: its name `, "o/custom/x.yaml:1:54: "
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"fine", config("a.b-c"), ""},
		{"a role", object("rbac.authorization.k8s.io/v1", "ClusterRole", "system:a", "a"), ""},
		{"name at", config(letters(253)), ""},
		{"name above", config(letters(254)), x + fmt.Sprintf(name, letters(254)) + "has 254 characters, and may have 253"},
		{"name of a way out", config("../../Evil"), x + fmt.Sprintf(name, "../../Evil") + `has a "/"`},
		{"name of the folder above", config(".."), x + fmt.Sprintf(name, "..") + "is a way to a folder"},
		{"name with an escape", config("a%2fb"), x + fmt.Sprintf(name, "a%2fb") + `has a "%"`},
		{"name with a line feed", config("a\nb"), x + fmt.Sprintf(name, "a\nb") + "has characters that cannot be seen"},
		{"name with a control character", config("a\x1bb"), x + fmt.Sprintf(name, "a\x1bb") + "has characters that cannot be seen"},
		{"kind at", object("v1", letters(63), "a", "a"), ""},
		{"kind above", object("v1", letters(64), "a", "a"), `o/custom/x.yaml:1:109: no cluster takes the object of kind "` + letters(64) + `" with the name "a": its kind has 64 characters, and may have 63`},
		{"kind of a way out", object("v1", "../A", "a", "a"), `o/custom/x.yaml:1:49: no cluster takes the object of kind "../A" with the name "a": its kind is not made of letters and digits`},
		{"namespace at", object("v1", "ConfigMap", "a", letters(63)), ""},
		{"namespace above", object("v1", "ConfigMap", "a", letters(64)), x + `no cluster takes the object of kind "ConfigMap" with the name "a": its namespace has 64 characters, and may have 63`},
		{"namespace of a way out", object("v1", "ConfigMap", "a", "../b"), x + `no cluster takes the object of kind "ConfigMap" with the name "a": its namespace is "../b"`},
		{"no version", object(`""`, "ConfigMap", "a", "a"), `o/custom/x.yaml:1:54: no cluster takes the object of kind "ConfigMap" with the name "a": its apiVersion is missing`},
		{"a version of two groups", object("a/b/v1", "Kind", "a", "a"), `o/custom/x.yaml:1:53: no cluster takes the object of kind "Kind" with the name "a": its apiVersion is "a/b/v1"`},
		{"a prefix", with("namePrefix: a/\n"), `o/custom/kustomization.yaml:2:13: ` + fmt.Sprintf(name, "a/b") + `has a "/"`},
		{"a long prefix", with("namePrefix: " + letters(253) + "\n"), `o/custom: ` + fmt.Sprintf(name, letters(253)+"b") + "has 254 characters, and may have 253"},
		{"a generator", map[string]string{"kustomization.yaml": "generatorOptions: {disableNameSuffixHash: true}\nconfigMapGenerator: [{name: a/b, literals: [a=b]}]\n"},
			`o/custom/kustomization.yaml:2:29: ` + fmt.Sprintf(name, "a/b") + `has a "/"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			disk := fstest.MapFS{}
			for name, text := range tt.files {
				disk["o/custom/"+name] = &fstest.MapFile{Data: []byte(text)}
			}
			files := kustomize.NewTree(map[string][]byte{"o/kustomization.yaml": []byte("resources: [custom]\n")}).Over(disk, nil)
			built, err := kustomize.Build(files, "o")
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if custom := (*CustomError)(nil); errors.As(storable("o/custom", files, built), &custom) {
				f := custom.Finding
				if got = f.File; f.Line > 0 {
					got += fmt.Sprintf(":%d:%d", f.Line, f.Column)
				}
				got += ": " + f.Message
			}
			if got != tt.want {
				t.Errorf("finding\n%s, want\n%s", got, tt.want)
			}
		})
	}
}
