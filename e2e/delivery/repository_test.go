package delivery_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/gitserver"
	"github.com/whiskops/whiskops/e2e/ground"
)

// repository is what a user has: environments, what was generated of them, and
// what the user adds; and the server that it is pushed to.
type repository struct {
	*gitserver.Server
	dir  string
	envs []string
	// unprotected leaves the ConfigMaps without what keeps them.
	unprotected bool
}

// newRepository has the example environments of these names, generated, each of
// which says what delivers it: a value of its field gitops for the repository.
func newRepository(t *testing.T, g *ground.Ground, gitops func(url string) string, envs ...string) *repository {
	t.Helper()
	served, err := g.Plane.Folder("git")
	must(t, err)
	s, err := gitserver.Start(g.Ctx, served)
	must(t, err)
	r := &repository{Server: s, dir: t.TempDir(), envs: envs}
	for _, e := range envs {
		text, err := os.ReadFile("../../examples/environments/" + e + ".cue")
		must(t, err)
		r.write(t, "environments/"+e+".cue", ownGitOps.ReplaceAllString(string(text), ""))
		r.delivers(t, e, gitops(r.URL))
	}
	r.generate(t)
	return r
}

// ownGitOps is what an example says of its own delivery.
var ownGitOps = regexp.MustCompile(`(?m)^\tgitops: .*\n`)

// delivers has an environment say what delivers it, in place of what it said.
func (r *repository) delivers(t *testing.T, env, gitops string) {
	t.Helper()
	r.write(t, "environments/"+env+"-gitops.cue", "package environments\n\n"+env+": gitops: "+gitops+"\n")
}

// write makes a file; no text removes it.
func (r *repository) write(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(r.dir, path)
	if text == "" {
		must(t, os.RemoveAll(path))
		return
	}
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

// says adds fields to an environment, in place of those that were added before;
// none takes them back.
func (r *repository) says(t *testing.T, env, fields string) {
	t.Helper()
	text := ""
	if fields != "" {
		text = "package environments\n\n" + env + ": " + fields + "\n"
	}
	r.write(t, "environments/"+env+"-more.cue", text)
	r.generate(t)
}

// patches has a patch of the user's in an environment; none takes it back.
func (r *repository) patches(t *testing.T, env, patch string) {
	t.Helper()
	custom := "overlays/" + env + "/custom"
	if patch == "" {
		r.write(t, custom, "")
	} else {
		r.write(t, custom+"/patch.yaml", patch)
		r.write(t, custom+"/kustomization.yaml",
			"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- path: patch.yaml\n")
	}
	r.generate(t)
}

// patchesUnseen has a patch of one object that whiskops would not let pass: somebody
// committed it without a generate, in the place of a harmless one.
func (r *repository) patchesUnseen(t *testing.T, env, kind, name, patch string) {
	t.Helper()
	r.patches(t, env, "apiVersion: apps/v1\nkind: "+kind+"\nmetadata: {name: "+name+", annotations: {example.com/patched: \"yes\"}}\n")
	binary, err := ground.Whiskops()
	must(t, err)
	r.write(t, "overlays/"+env+"/custom/patch.yaml", patch)
	if out, err := exec.Command(binary, "validate", "-C", r.dir).CombinedOutput(); err == nil {
		t.Errorf("whiskops lets it pass: %s", out)
	}
}

// whiskops runs a command in the repository, and gives what it says.
func (r *repository) whiskops(t *testing.T, args ...string) string {
	t.Helper()
	binary, err := ground.Whiskops()
	must(t, err)
	out, err := exec.Command(binary, append(args, "-C", r.dir)...).CombinedOutput()
	if err != nil {
		t.Fatalf("whiskops %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (r *repository) generate(t *testing.T) {
	t.Helper()
	r.whiskops(t, "generate")
}

// unprotect takes from a generated tree of Flux what keeps ConfigMaps, until it is
// put back: whiskops writes over no file that was edited.
func (r *repository) unprotect(t *testing.T, env string) (putBack func()) {
	t.Helper()
	path := filepath.Join(r.dir, "clusters", env, "flux/tree/kustomization.yaml")
	was, err := os.ReadFile(path)
	must(t, err)
	var k map[string]any
	must(t, yaml.Unmarshal(was, &k))
	patches, _, err := unstructured.NestedSlice(k, "patches")
	must(t, err)
	left := slices.DeleteFunc(slices.Clone(patches), func(p any) bool {
		m, _ := p.(map[string]any)
		kind, _, _ := unstructured.NestedString(m, "target", "kind")
		return kind == "ConfigMap"
	})
	if len(left) == len(patches) {
		t.Fatalf("%s protects no ConfigMap", path)
	}
	k["patches"] = left
	text, err := yaml.Marshal(k)
	must(t, err)
	must(t, os.WriteFile(path, text, 0o644))
	return func() { must(t, os.WriteFile(path, was, 0o644)) }
}

// push commits all of it, and gives the commit.
func (r *repository) push(t *testing.T, g *ground.Ground, message string) string {
	t.Helper()
	if r.unprotected {
		for _, e := range r.envs {
			defer r.unprotect(t, e)()
		}
	}
	revision, err := r.Commit(g.Ctx, r.dir, message)
	must(t, err)
	return revision
}

// generated is what an environment is made of now.
func (r *repository) generated(t *testing.T, env string) (all []*objects.Object, readme string) {
	t.Helper()
	dir := filepath.Join(r.dir, "golden", env)
	all, err := objects.Read(dir)
	must(t, err)
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	must(t, err)
	return all, string(text)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
