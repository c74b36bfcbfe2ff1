package render

import (
	"errors"
	"testing"
	"testing/fstest"

	"github.com/whiskops/whiskops/internal/environment"
)

// FuzzCustom: whatever a user's own folder holds, it takes part in the build or
// is a finding about it, never a fault.
func FuzzCustom(f *testing.F) {
	const head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
	for _, k := range []string{
		"", "[", "kind: Component\n", head + "resources: [more.yaml]\n", head + "resorces: []\n", head + "resources: [https://example.com/x]\n",
		head + "patches: [{path: more.yaml}]\n", head + "resources: [..]\n", head + "configMapGenerator: [{name: c, envs: [more.yaml]}]\n",
		head + "namePrefix: a-\nresources: [more.yaml]\n", head + "components: [.]\n", head + "generators: [more.yaml]\n",
		"kind: Component\nreplacements: [{path: more.yaml}]\n", "kind: Component\nlabels: [{pairs: {a: b}}]\n", head + "openapi: {path: more.yaml}\n",
	} {
		f.Add([]byte(k), []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"))
	}
	env := exampleEnvironments(f)[0]
	f.Fuzz(func(t *testing.T, kustomization, more []byte) {
		at := OverlayFolder + "/" + env.Name + "/" + CustomFolder + "/"
		root := fstest.MapFS{at + "kustomization.yaml": {Data: kustomization}, at + "more.yaml": {Data: more}}
		_, err := Tree([]environment.Environment{env}, root, Options{})
		if mistake := (*CustomError)(nil); err != nil && !errors.As(err, &mistake) {
			t.Errorf("a fault for the user's bytes: %v", err)
		}
	})
}
