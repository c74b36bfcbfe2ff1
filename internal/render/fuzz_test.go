package render

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
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
	f.Fuzz(func(t *testing.T, kustomization, more []byte) {
		const dir = OverlayFolder + "/ci"
		const at = dir + "/" + CustomFolder
		r := &renderer{root: fstest.MapFS{at + "/kustomization.yaml": {Data: kustomization}, at + "/more.yaml": {Data: more}}}
		custom, err := customFolder(r.root, at)
		var built []kustomize.Object
		if err == nil {
			built, _, err = r.withCustom(smallOverlay(dir, custom), dir)
		}
		if mistake := (*CustomError)(nil); err != nil && !errors.As(err, &mistake) {
			t.Fatalf("a fault for the user's bytes: %v", err)
		}
		for name := range overlay.Golden(built) {
			if !fs.ValidPath(name) || strings.Contains(name, "/") {
				t.Errorf("a golden file is called %q", name)
			}
		}
	})
}

// smallOverlay builds in a hundredth of the time of a real one.
func smallOverlay(dir string, custom overlay.Custom) map[string][]byte {
	list := "components"
	if custom == overlay.CustomResource {
		list = "resources"
	}
	return map[string][]byte{
		dir + "/kustomization.yaml": fmt.Appendf(nil, "resources:\n- own.yaml\n%s:\n- %s\n", list, CustomFolder),
		dir + "/own.yaml":           []byte("apiVersion: v1\nkind: Service\nmetadata: {name: nginx, namespace: openwhisk}\nspec: {ports: [{port: 80}]}\n"),
	}
}
