package delivery_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

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

// newRepository has the example environments of these names, generated.
func newRepository(t *testing.T, g *ground.Ground, envs ...string) *repository {
	t.Helper()
	served, err := g.Plane.Folder("git")
	must(t, err)
	s, err := gitserver.Start(g.Ctx, served)
	must(t, err)
	r := &repository{Server: s, dir: t.TempDir(), envs: envs}
	for _, e := range envs {
		text, err := os.ReadFile("../../examples/environments/" + e + ".cue")
		must(t, err)
		r.write(t, "environments/"+e+".cue", string(text))
	}
	r.generate(t)
	return r
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

func (r *repository) generate(t *testing.T) {
	t.Helper()
	binary, err := ground.Whiskops()
	must(t, err)
	out, err := exec.Command(binary, "generate", "-C", r.dir).CombinedOutput()
	if err != nil {
		t.Fatalf("whiskops generate: %v\n%s", err, out)
	}
	for _, e := range r.envs {
		wrap(t, r, e)
	}
}

// push commits all of it, and gives the commit.
func (r *repository) push(t *testing.T, g *ground.Ground, message string) string {
	t.Helper()
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
