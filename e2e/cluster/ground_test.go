package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controlplane"
	place "github.com/whiskops/whiskops/e2e/ground"
)

// patience is for a machine with two loaded cores. What is well takes seconds, but
// for six invokers that roll one by one and have to be ready for a while each.
const patience = 5 * time.Minute

func releases() []string { return place.Releases() }

// each runs a test for each release.
func each(t *testing.T, f func(t *testing.T, release string)) {
	for _, r := range releases() {
		t.Run(r, func(t *testing.T) { f(t, r) })
	}
}

func progress(format string, args ...any) { place.Progress(format, args...) }

// ground is a cluster: a control plane, nodes and storage.
type ground struct {
	ctx       context.Context
	plane     *controlplane.Plane
	set       *kubernetes.Clientset
	installer *install.Installer
	settle    func(namespace string, long time.Duration, claim func(*claims.State) []string) []string
}

// newGround starts a cluster with these nodes; it ends with the test. The first
// StorageClass is the default one.
func newGround(t *testing.T, release string, classes []string, pools ...fakenode.Pool) *ground {
	t.Helper()
	g := place.New(t, release, classes, pools...)
	return &ground{ctx: g.Ctx, plane: g.Plane, set: g.Set, installer: g.Installer, settle: g.Settle}
}

// install brings an environment up to where controllers go on by themselves.
func (g *ground) install(t *testing.T, all []*objects.Object, readme string) install.Result {
	t.Helper()
	if err := g.installer.Before(g.ctx, g.set, all, append(install.Asked(readme), install.Issued(all)...)); err != nil {
		t.Fatal(err)
	}
	return g.installer.Apply(g.ctx, all)
}

// up waits until the installation is.
func (g *ground) up(t *testing.T, namespace string) {
	t.Helper()
	none(t, g.settle(namespace, patience, (*claims.State).Up))
}

func none(t *testing.T, problems []string) {
	t.Helper()
	place.None(t, problems)
}

func holds(t *testing.T, environment, release, claim string, f func(t *testing.T)) bool {
	return place.Holds(t, environment, release, claim, f)
}

// environment that is installed, and the cluster that it is made for.
type environment struct {
	name    string
	objects []*objects.Object
	readme  string

	pools   []fakenode.Pool
	classes []string
	// hard are the components of which no two pods may share a node.
	hard  []string
	zones int
	// pooled tells that invokers have nodes of their own.
	pooled bool
}

func (e *environment) namespace() string { return objects.Namespace(e.objects) }

// read reads what was generated.
func (e *environment) read(t *testing.T, golden string) {
	t.Helper()
	dir := filepath.Join(golden, e.name)
	var err error
	if e.objects, err = objects.Read(dir); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	e.readme = string(readme)
}

const golden = "../../golden"

// environments of golden/, each with the nodes that examples/environments says.
func environments(t *testing.T) []*environment {
	t.Helper()
	all := []*environment{
		{name: "production", hard: []string{"kafka", "controller", "couchdb", "invoker"}, zones: 3, pooled: true},
		{name: "ci", hard: []string{"kafka", "controller", "couchdb", "invoker"}, zones: 1, pooled: true},
		{name: "development"},
	}
	dirs, err := filepath.Glob(golden + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		known := slices.ContainsFunc(all, func(e *environment) bool { return e.name == filepath.Base(d) })
		if !known {
			t.Errorf("this test has no nodes for the environment %s", filepath.Base(d))
		}
	}
	for _, e := range all {
		e.pools, e.classes = place.Nodes(e.name)
		e.read(t, golden)
	}
	return all
}
