package functions

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
)

const placed = `apiVersion: fn.whiskops.github.io/v1alpha1
kind: SetPlacement
metadata:
  name: web
spec:
  selector: &s
    labelSelector: a=b
  tolerations:
  - key: one
  - key: two
    effect: NoSchedule
  labels:
    a.b/c: d
  again: *s
`

// A field is found where it is written, or what is nearest to it.
func TestWhereAFieldIsWritten(t *testing.T) {
	n := yaml.MustParse(placed).YNode()
	for path, line := range map[string]int{
		"":                                 2,
		"metadata.name":                    4,
		"metadata.labels":                  3,
		"spec.selector":                    6,
		"spec.selector.labelSelector":      7,
		"spec.selector.required":           6,
		"spec.tolerations[1].effect":       11,
		"spec.tolerations[1]":              10,
		"spec.tolerations[2].key":          8,
		"spec.tolerations[-1]":             8,
		`spec.labels["a.b/c"]`:             13,
		"spec.again.labelSelector":         7,
		"spec.tolerations[0].nothing.here": 9,
		"nothing":                          2,
	} {
		if got := written(n, path).Line; got != line {
			t.Errorf("%s is in line %d, want %d", path, got, line)
		}
	}
}

func folderOf(t *testing.T, files map[string]string) Folder {
	t.Helper()
	root := fstest.MapFS{}
	for name, text := range files {
		root["f/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	f, found, err := Read(root, "f")
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	return f
}

func function(kind, name, spec string) string {
	return "apiVersion: fn.whiskops.github.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec: " + spec + "\n"
}

const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: main}\n" +
	"spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'web:1'}]}}}\n"

// Functions run in the order of their files' names and of the documents in them. An
// object's field is the doing of the last one that changed it.
func TestPlaceOfAChange(t *testing.T) {
	const selector = "{selector: {name: web}, "
	f := folderOf(t, map[string]string{
		"b.yaml":  function("SetPlacement", "b", selector+"nodeLabel: pool, pool: second}"),
		"a.yaml":  "---\n" + function("AddBudget", "a", selector+"maxUnavailable: 1}") + "---\n" + function("SetPlacement", "a", selector+"tolerations: [{key: a, operator: Exists}]}"),
		"c.yml":   function("VerifyReferences", "c", "{}"),
		"doc.txt": "nothing",
	})
	var at []string
	out, err := f.Run([]*yaml.RNode{yaml.MustParse(web)}, func(file string) { at = append(at, file) })
	if err != nil || len(out.Findings) > 0 {
		t.Fatal(out.Findings, err)
	}
	if diff := cmp.Diff([]string{"f/a.yaml", "f/a.yaml", "f/b.yaml", "f/c.yml"}, at); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if len(out.Objects) != 2 {
		t.Fatalf("%d objects", len(out.Objects))
	}
	for _, n := range out.Objects {
		if n.GetAnnotations()[krm.AppliedAnnotation] != "" {
			t.Errorf("%s has a record", n.GetKind())
		}
	}
	deployment := kustomize.Object{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "main", Name: "web"}
	budget := kustomize.Object{APIVersion: "policy/v1", Kind: "PodDisruptionBudget", Namespace: "main", Name: "web"}
	for _, tt := range []struct {
		of   kustomize.Object
		path []string
		file string
		line int
	}{
		{deployment, []string{"spec", "template", "spec", "nodeSelector"}, "f/b.yaml", 2},
		{deployment, nil, "f/b.yaml", 2},
		{deployment, []string{"spec", "template", "spec", "tolerations", "0", "key"}, "f/a.yaml", 8},
		{deployment, []string{"spec", "template", "spec", "containers", "0", "image"}, "", 0},
		{budget, []string{"spec", "minAvailable"}, "f/a.yaml", 3},
		{kustomize.Object{Kind: "Service", Namespace: "main", Name: "web"}, nil, "", 0},
	} {
		p, ok := out.Place(tt.of, tt.path)
		if p.File != tt.file || p.Line != tt.line || ok != (tt.file != "") {
			t.Errorf("%s %v is at %v (%v), want %s:%d", tt.of, tt.path, p, ok, tt.file, tt.line)
		}
	}
}

// A function that refuses is the last one that runs.
func TestRefusedIsTheLast(t *testing.T) {
	f := folderOf(t, map[string]string{
		"a.yaml": function("SetPlacement", "a", "{selector: {name: none, required: true}, spread: hard}"),
		"b.yaml": function("SetPlacement", "b", "{selector: {name: other, required: true}, spread: hard}"),
	})
	ran := 0
	out, err := f.Run([]*yaml.RNode{yaml.MustParse(web)}, func(string) { ran++ })
	if err != nil || ran != 1 || len(out.Findings) != 1 || out.Findings[0].File != "f/a.yaml" {
		t.Errorf("ran %d, found %v, %v", ran, out.Findings, err)
	}
}

// FuzzRead reads any text: functions or findings, at lines that there are.
func FuzzRead(f *testing.F) {
	for _, text := range []string{placed, function("AddBudget", "a", "{}"), "a: &a [*a]\n", "? [a]\n: b\n", "- a\n--- \n\xff", "kind: [a]\nmetadata: {name: 1}\n", "apiVersion: fn.whiskops.github.io/v1alpha1\nkind: NameJobs\nmetadata: null\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folder, found, err := Read(fstest.MapFS{"f/a.yaml": {Data: []byte(text)}}, "f")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Message == "" || f.Code == "" || f.File == "" || f.Line < 0 {
				t.Errorf("finding %+v", f)
			}
		}
		if len(found) > 0 || folder.Empty() {
			return
		}
		if _, err := folder.Run([]*yaml.RNode{yaml.MustParse(web)}, func(string) {}); err != nil && !errors.As(err, new(krm.Complaints)) {
			t.Fatal(err)
		}
	})
}
