package kustomize

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var update = flag.Bool("update", false, "rewrite schema.json from the engine's own schema")

// definitions of the schema that is loaded so much.
func definitions(t *testing.T, enough schema) spec.Definitions {
	t.Helper()
	defer alone()() // forget what is there
	if enough == reducedSchema {
		openapi.SuppressBuiltInSchemaUse()
		if err := openapi.AddSchema(reduced); err != nil {
			t.Fatal(err)
		}
	}
	return openapi.Schema().Definitions
}

// bare is a schema with what merging and looking up read of it. One that has
// nothing of that keeps its type of Go's zero value for the engine's test of
// absence: none may turn into it.
func bare(t *testing.T, s spec.Schema) spec.Schema {
	t.Helper()
	b := spec.Schema{SchemaProps: spec.SchemaProps{Ref: s.Ref, Type: s.Type}}
	for name, e := range s.Extensions {
		if strings.HasPrefix(name, "x-kubernetes-") {
			b.AddExtension(name, e)
		}
	}
	for name, p := range s.Properties {
		if b.Properties == nil {
			b.Properties = map[string]spec.Schema{}
		}
		b.Properties[name] = bare(t, p)
	}
	if s.Items != nil && s.Items.Schema != nil {
		items := bare(t, *s.Items.Schema)
		b.Items = &spec.SchemaOrArray{Schema: &items}
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		more := bare(t, *s.AdditionalProperties.Schema)
		b.AdditionalProperties = &spec.SchemaOrBool{Allows: true, Schema: &more}
	}
	if (&openapi.ResourceSchema{Schema: &b}).IsMissingOrNull() && !(&openapi.ResourceSchema{Schema: &s}).IsMissingOrNull() {
		t.Errorf("nothing is left of a schema: %q", s.Description)
	}
	return b
}

// kindsOf a definition, by its extension.
func kindsOf(s spec.Schema) []yaml.TypeMeta {
	var all []yaml.TypeMeta
	list, _ := s.Extensions["x-kubernetes-group-version-kind"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		version := m["version"].(string)
		if group := m["group"].(string); group != "" {
			version = group + "/" + version
		}
		all = append(all, yaml.TypeMeta{APIVersion: version, Kind: m["kind"].(string)})
	}
	return all
}

// closure adds a definition and all that it refers to.
func closure(whole, into spec.Definitions, name string) {
	if _, ok := into[name]; ok {
		return
	}
	into[name] = whole[name]
	var visit func(spec.Schema)
	visit = func(s spec.Schema) {
		if ref := s.Ref.String(); ref != "" {
			closure(whole, into, strings.TrimPrefix(ref, "#/definitions/"))
		}
		for _, p := range s.Properties {
			visit(p)
		}
		if s.Items != nil && s.Items.Schema != nil {
			visit(*s.Items.Schema)
		}
		if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
			visit(*s.AdditionalProperties.Schema)
		}
	}
	visit(whole[name])
}

// TestReducedSchema holds schema.json to the engine's own schema.
func TestReducedSchema(t *testing.T) {
	whole := definitions(t, wholeSchema)
	want := spec.Definitions{}
	for name, s := range whole {
		for _, k := range kindsOf(s) {
			if kinds[k] {
				closure(whole, want, name)
			}
		}
	}
	for name, s := range want {
		want[name] = bare(t, s)
	}
	text, err := json.Marshal(map[string]any{"definitions": want})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.json", append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text)+"\n", string(file)); diff != "" {
		t.Errorf("schema.json is not the engine's; go generate makes it again (-engine +file):\n%.2000s", diff)
	}
}

// TestReducedSchemaAnswersAlike asks for every kind that the whole schema has,
// and some that it has not.
func TestReducedSchemaAnswersAlike(t *testing.T) {
	all := []yaml.TypeMeta{
		{APIVersion: "cert-manager.io/v1", Kind: "Certificate"}, {APIVersion: "kafka.strimzi.io/v1", Kind: "Kafka"},
		{APIVersion: "apps/v1", Kind: "Unheard"}, {APIVersion: "v1", Kind: ""}, {APIVersion: "", Kind: "Pod"},
		{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization"},
	}
	known := map[yaml.TypeMeta]bool{}
	for _, s := range definitions(t, wholeSchema) {
		for _, k := range kindsOf(s) {
			known[k] = true
			all = append(all, k)
		}
	}
	namespaced := map[yaml.TypeMeta]bool{}
	load(wholeSchema)
	for _, k := range all {
		namespaced[k] = Namespaced(k.APIVersion, k.Kind)
	}
	alone()()
	Warm()
	for _, k := range all {
		if got := Namespaced(k.APIVersion, k.Kind); got != namespaced[k] {
			t.Errorf("%v is namespaced: %v, want %v", k, got, namespaced[k])
		}
		if schemaFor(k.APIVersion, k.Kind) == reducedSchema {
			if got := HasSchema(k.APIVersion, k.Kind); got != known[k] {
				t.Errorf("%v has a schema: %v, want %v", k, got, known[k])
			}
		}
	}
	for k := range kinds {
		if !known[k] {
			t.Errorf("%v is none of the engine's kinds", k)
		}
	}
	if openAPI.loaded != reducedSchema {
		t.Error("some question to the reduced schema loaded the whole one")
	}
	if !HasSchema("autoscaling/v1", "HorizontalPodAutoscaler") || openAPI.loaded != wholeSchema {
		t.Error("a kind that is left out does not load the whole schema")
	}
}

// TestSchemasBuildAlike builds what is committed with both.
func TestSchemasBuildAlike(t *testing.T) {
	tree := NewTree(committed(t))
	for _, dir := range environments(t) {
		var built [2][]byte
		for i, enough := range []schema{reducedSchema, wholeSchema} {
			alone()()
			objects, err := runWith(enough, tree, dir)
			if err != nil {
				t.Fatal(err)
			}
			built[i] = Join(objects)
		}
		if diff := cmp.Diff(string(built[0]), string(built[1])); diff != "" {
			t.Errorf("%s (-reduced +whole):\n%s", dir, diff)
		}
	}
}

// committed are the files of base and of all overlays of this repository.
func committed(t testing.TB) map[string][]byte {
	t.Helper()
	root, files := os.DirFS("../.."), map[string][]byte{}
	for _, folder := range []string{"base", "overlays"} {
		err := fs.WalkDir(root, folder, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files[name], err = fs.ReadFile(root, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// environments are the folders of the committed overlays.
func environments(t testing.TB) []string {
	t.Helper()
	dirs, err := fs.Glob(os.DirFS("../.."), "overlays/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no overlays", err)
	}
	return dirs
}
