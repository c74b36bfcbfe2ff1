package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func files(pairs ...string) map[string][]byte {
	m := map[string][]byte{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = []byte(pairs[i+1])
	}
	return m
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: web:1
        env: [{name: FLOAT, value: "1e3"}, {name: YES, value: "yes"}, {name: LONG, value: "` + longText + `"}]
        args: [" lead", "a: b", "null", "tab\there", "two\nlines\n", "üñí \u2028 \u00a0", "trailing \nblank\n"]
        resources: {limits: {cpu: 0.5, memory: 1Gi, other: 1e3}}
`

const longText = "word word word word word word word word word word word word word word word word word word word word word"

func TestBuildPrintsWhatTheCommandPrints(t *testing.T) {
	tree := NewTree(files(
		"base/kustomization.yaml", "resources: [web.yaml]\nconfigMapGenerator: [{name: c, literals: [A=1]}]\n",
		"base/web.yaml", deployment,
		"top/kustomization.yaml", "namespace: prod\nresources: [../base, ns.yaml]\nreplicas: [{name: web, count: 3}]\n",
		"top/ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n",
	))
	objects, err := Build(tree, "top")
	if err != nil {
		t.Fatal(err)
	}
	// What the command does: the same options, and AsYaml of the whole.
	m, err := krusty.MakeKustomizer(&krusty.Options{
		Reorder: krusty.ReorderOptionUnspecified, LoadRestrictions: types.LoadRestrictionsRootOnly, PluginConfig: types.DisabledPluginConfig(),
	}).Run(tree, "top")
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(Join(objects))); diff != "" {
		t.Errorf("bytes (-command +build):\n%s", diff)
	}
	var names []string
	for _, o := range objects {
		names = append(names, o.String())
	}
	if diff := cmp.Diff([]string{"Namespace prod", "ConfigMap prod/c-89g4tffbfk", "Deployment prod/web"}, names); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if got := objects[2].Value["spec"].(map[string]any)["replicas"]; got != int64(3) {
		t.Errorf("replicas are %#v", got)
	}
}

// FuzzMarshalYAML holds the short way of printing against the engine's.
func FuzzMarshalYAML(f *testing.F) {
	for _, s := range []string{
		"", "x", "yes", "null", "1e3", "0777", " a", "a ", "a\n", "a\n\n", "\na", "a\n b", "a\tb", "\tx", "a \nb", "x: y", "- x", "#", "'", "\"", "é",
		"\u2028", "\u0085", "\x7f", "\ufeff", "🐙", "<<", "=", "~", "12:30", "2001-01-01", "%", "@", "`", "!x", "&x", "*x", longText, "key: |\n  text\n", "a\r\nb", "...", "---\n",
		"0 " + strings.Repeat("long key ", 150),
	} {
		f.Add(s, int64(3), true)
	}
	f.Fuzz(func(t *testing.T, s string, i int64, list bool) {
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		str := func(s string) *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
		}
		put := func(k string, v *yaml.Node) { n.Content = append(n.Content, str(k), v) }
		put("text", str(s))
		put("number", &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: fmt.Sprint(i)})
		put("map", &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: []*yaml.Node{str(s), str("v")}})
		if list {
			put("list", &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: []*yaml.Node{str(s), str("x"), str(s)}})
		}
		v, plain := read(n)
		if !plain {
			return
		}
		want, err := asEngine(yaml.NewRNode(n))
		if err != nil {
			t.Fatalf("the engine cannot print %q: %v", s, err)
		}
		got, err := MarshalYAML(v)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%q (-engine +short way):\n%s", s, diff)
		}
	})
}

func TestNothingIsFetched(t *testing.T) {
	for name, tt := range map[string]struct{ kustomization, field, reference string }{
		"https":           {"resources:\n- https://example.com/base.yaml\n", "resources", "https://example.com/base.yaml"},
		"http, no slash":  {"resources: ['http:example.com']\n", "resources", "http:example.com"},
		"git over ssh":    {"resources: ['git@github.com:owner/repo']\n", "resources", "git@github.com:owner/repo"},
		"github":          {"resources: [github.com/owner/repo]\n", "resources", "github.com/owner/repo"},
		"query":           {"components: ['./x?ref=main']\n", "components", "./x?ref=main"},
		"bases":           {"bases: ['ssh://git@example.com/x']\n", "bases", "ssh://git@example.com/x"},
		"missing":         {"resources: [missing]\n", "resources", "missing"},
		"other case":      {"Resources: ['https://example.com/x']\n", "Resources", "https://example.com/x"},
		"alias":           {"namePrefix: &x https://example.com/x\nresources: [*x]\n", "resources", "https://example.com/x"},
		"patch":           {"patches: [{path: 'https://example.com/p.yaml'}]\n", "patches", "https://example.com/p.yaml"},
		"old patch":       {"patchesStrategicMerge: ['https://example.com/p.yaml']\n", "patchesStrategicMerge", "https://example.com/p.yaml"},
		"generator file":  {"configMapGenerator: [{name: a, files: ['k=https://example.com/f']}]\n", "configMapGenerator", "k=https://example.com/f"},
		"generator env":   {"secretGenerator: [{name: a, env: 'https://example.com/f'}]\n", "secretGenerator", "https://example.com/f"},
		"openapi":         {"openapi: {path: 'https://example.com/s.json'}\n", "openapi", "https://example.com/s.json"},
		"crds":            {"crds: ['https://example.com/c.yaml']\n", "crds", "https://example.com/c.yaml"},
		"configurations":  {"configurations: ['HTTPS://example.com/c.yaml']\n", "configurations", "HTTPS://example.com/c.yaml"},
		"replacement":     {"replacements: [{path: 'https://example.com/r.yaml'}]\n", "replacements", "https://example.com/r.yaml"},
		"transformer":     {"transformers: [t.yaml]\n", "transformers", "t.yaml"},
		"in a sub folder": {"resources: [sub]\n", "resources", "https://example.com/deep"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := NewTree(files(
				"k/kustomization.yaml", tt.kustomization,
				"k/sub/kustomization.yml", "resources:\n- https://example.com/deep\n",
				"k/t.yaml", "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: https://example.com/p.yaml\n",
			))
			_, err := Build(tree, "k")
			var remote *ReferenceError
			if !errors.As(err, &remote) {
				t.Fatalf("got %v, want a ReferenceError", err)
			}
			if remote.Field != tt.field || remote.Reference != tt.reference || remote.Line == 0 {
				t.Errorf("got %+v", remote)
			}
		})
	}
}

func TestURLsAsContentAreFine(t *testing.T) {
	_, err := Build(NewTree(files("k/kustomization.yaml",
		"configMapGenerator: [{name: a, literals: ['URL=https://example.com']}]\npatches: [{target: {kind: ConfigMap}, patch: '[{\"op\": \"add\", \"path\": \"/data/B\", \"value\": \"git@github.com:a/b\"}]'}]\n")), "k")
	if err != nil {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	for name, tt := range map[string]struct{ kustomization, want string }{
		"file outside": {"configMapGenerator: [{name: a, files: [../secret]}]\n", "security"},
		"unknown":      {"resourcez: []\n", "unknown field"},
		"no plugins":   {"generators: [plugin.yaml]\n", "external plugins disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(NewTree(files("k/kustomization.yaml", tt.kustomization, "secret", "x",
				"k/plugin.yaml", "apiVersion: example.com/v1\nkind: Exec\nmetadata: {name: x, annotations: {config.kubernetes.io/function: 'exec: {path: /bin/true}'}}\n")), "k")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

type panics struct{ filesys.FileSystem }

func (panics) ReadFile(string) ([]byte, error) { panic("odd input") }

func TestPanicsAreErrors(t *testing.T) {
	if _, err := Build(panics{NewTree(files("k/kustomization.yaml", ""))}, "k"); err == nil || !strings.Contains(err.Error(), "the engine panicked: odd input") {
		t.Errorf("got %v", err)
	}
}

// customSchema gives the custom resource CR a merge key for its ports, as
// gitops users do with openapi:. It must not leak into other builds.
const customSchema = `{"definitions": {"v1.CR": {
  "properties": {"ports": {"type": "array", "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
    "items": {"type": "object"}}},
  "x-kubernetes-group-version-kind": [{"group": "example.com", "kind": "CR", "version": "v1"}]}}}`

func TestOpenAPIDoesNotLeak(t *testing.T) {
	cr := "apiVersion: example.com/v1\nkind: CR\nmetadata: {name: a}\nports: [{name: one, n: 1}]\n"
	patch := "apiVersion: example.com/v1\nkind: CR\nmetadata: {name: a}\nports: [{name: two, n: 2}]\n"
	kustomization := "resources: [cr.yaml]\npatches: [{path: patch.yaml}]\n"
	tree := NewTree(files(
		"plain/kustomization.yaml", kustomization, "plain/cr.yaml", cr, "plain/patch.yaml", patch,
		"schema/kustomization.yaml", kustomization+"openapi: {path: schema.json}\n", "schema/cr.yaml", cr, "schema/patch.yaml", patch, "schema/schema.json", customSchema,
		"web/kustomization.yaml", "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n", "web/web.yaml", deployment,
		"web/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: 'web:2'}]}}}\n",
	))
	want := map[string]int{"plain": 1, "schema": 2}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			dir := []string{"plain", "schema", "plain", "web"}[i%4]
			objects, err := Build(tree, dir)
			if err != nil {
				t.Errorf("%s: %v", dir, err)
				return
			}
			if n, ok := want[dir]; ok {
				if ports := objects[0].Value["ports"].([]any); len(ports) != n {
					t.Errorf("%s has %d ports, want %d", dir, len(ports), n)
				}
			} else if !bytes.Contains(objects[0].YAML, []byte("FLOAT")) {
				t.Errorf("%s lost the container's variables:\n%s", dir, objects[0].YAML)
			}
		})
	}
	wg.Wait()
}

func TestParallelBuildsAreTheSame(t *testing.T) {
	tree := NewTree(files("web/kustomization.yaml", "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n", "web/web.yaml", deployment,
		"web/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: 'web:2'}]}}}\n"))
	results := make([][]byte, 16)
	var wg sync.WaitGroup
	wg.Go(Warm)
	for i := range results {
		wg.Go(func() {
			objects, err := Build(tree, "web")
			if err != nil {
				t.Error(err)
			}
			results[i] = Join(objects)
		})
	}
	wg.Wait()
	for _, r := range results {
		if !bytes.Equal(r, results[0]) {
			t.Errorf("results differ:\n%s\n%s", results[0], r)
		}
	}
}

func TestTree(t *testing.T) {
	tree := NewTree(files("a/b/c.yaml", "generated"), files("a/b/c.yaml", "older", "base/x.yaml", "x")).
		Over(fstest.MapFS{"a/custom/kustomization.yaml": {Data: []byte("mine")}, "a/custom/sub/f": {Data: []byte("f")}}, nil)
	for path, want := range map[string]string{
		"a/b/c.yaml": "generated", "base/x.yaml": "x", rootDir + "/a/custom/kustomization.yaml": "mine", "a/b/../custom/sub/f": "f",
	} {
		if got, err := tree.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", path, got, err)
		}
	}
	for path, want := range map[string][2]bool{
		".": {true, true}, "a": {true, true}, "a/b": {true, true}, "a/custom": {true, true}, "a/custom/sub": {true, true},
		"a/b/c.yaml": {false, true}, "a/custom/none": {false, false}, "a/b/c.yaml/x": {false, false},
		"/": {false, false}, "/a": {false, false}, "/etc/passwd": {false, false}, "..": {false, false}, "../../a": {false, false},
	} {
		if got := [2]bool{tree.IsDir(path), tree.Exists(path)}; got != want {
			t.Errorf("%s: directory, exists are %v, want %v", path, got, want)
		}
	}
	dir, file, err := tree.CleanedAbs("a/b/c.yaml")
	if err != nil || dir != rootDir+"/a/b" || file != "c.yaml" {
		t.Errorf("split into %q, %q, %v", dir, file, err)
	}
	if err := tree.WriteFile("/a/x", nil); err == nil {
		t.Error("the tree can be written")
	}
	objects, err := Build(NewTree(files("top/kustomization.yaml", "resources: [custom]\n")).
		Over(fstest.MapFS{"top/custom/kustomization.yaml": {Data: []byte("configMapGenerator: [{name: mine, literals: [A=b]}]\n")}}, nil), "top")
	if err != nil || len(objects) != 1 || objects[0].Kind != "ConfigMap" {
		t.Errorf("built %v, %v", objects, err)
	}
}

func TestQuestions(t *testing.T) {
	if !HasSchema("apps/v1", "StatefulSet") || HasSchema("kafka.strimzi.io/v1", "Kafka") {
		t.Error("schema of StatefulSet, none of Kafka")
	}
	if !Namespaced("v1", "Service") || Namespaced("v1", "PersistentVolume") || !Namespaced("cert-manager.io/v1", "ClusterIssuer") {
		t.Error("Service and unknown kinds are namespaced, PersistentVolume is not")
	}
	name, err := HashedName("c", map[string]any{"data": map[string]any{"A": "1"}})
	if err != nil || name != "c-89g4tffbfk" {
		t.Errorf("hashed name %q, %v", name, err)
	}
}

func BenchmarkWarm(b *testing.B) { // the first iteration loads the schema
	for b.Loop() {
		Warm()
	}
}
