package cluster_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
	"github.com/whiskops/whiskops/e2e/controlplane"
)

// patience is for a machine with two loaded cores. What is well takes seconds, but
// for six invokers that roll one by one and have to be ready for a while each.
const patience = 5 * time.Minute

// releases to test: those in E2E_KUBERNETES, with commas between, or the one
// that environments ask for unless they say otherwise.
func releases() []string {
	if v := os.Getenv("E2E_KUBERNETES"); v != "" {
		return strings.Split(v, ",")
	}
	return []string{controlplane.Default}
}

// each runs a test for each release.
func each(t *testing.T, f func(t *testing.T, release string)) {
	for _, r := range releases() {
		t.Run(r, func(t *testing.T) { f(t, r) })
	}
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// ground is a cluster: a control plane, nodes and storage.
type ground struct {
	ctx       context.Context
	plane     *controlplane.Plane
	set       *kubernetes.Clientset
	installer *install.Installer
}

// newGround starts a cluster with these nodes; it ends with the test. The first
// StorageClass is the default one.
func newGround(t *testing.T, release string, classes []string, pools ...fakenode.Pool) *ground {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	binary, err := controlplane.Binary(ctx, release, progress)
	must(err)
	plane, err := controlplane.Start(ctx, binary)
	must(err)
	t.Cleanup(func() {
		if err := plane.Err(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the end of the scheduler's log:\n%s", plane.Tail("kube-scheduler", 20))
			t.Logf("the end of the controllers' log:\n%s", plane.Tail("kube-controller-manager", 20))
		}
		memory := plane.Memory()
		progress("memory at most: etcd %dM, apiserver %dM, controllers %dM, scheduler %dM", memory["etcd"]>>20,
			memory["kube-apiserver"]>>20, memory["kube-controller-manager"]>>20, memory["kube-scheduler"]>>20)
		cancel()
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	progress("Kubernetes %s is up after %s", release, plane.Boot.Round(100*time.Millisecond))
	g := &ground{ctx: ctx, plane: plane}
	quiet := rest.CopyConfig(plane.Config)
	quiet.WarningHandler = rest.NoWarnings{} // about what the test makes itself
	g.set, err = kubernetes.NewForConfig(quiet)
	must(err)
	g.installer, err = install.New(plane.Config)
	must(err)
	must(g.installer.Definitions(ctx))
	must(fakenode.Classes(ctx, g.set, classes...))
	for _, p := range pools {
		for _, n := range p.Nodes() {
			must(fakenode.Join(ctx, g.set, n))
		}
	}
	must(fakenode.Serve(ctx, g.set, fakenode.Brisk))
	go fakenode.Provision(ctx, g.set)
	return g
}

// install brings an environment up to where controllers go on by themselves.
func (g *ground) install(t *testing.T, all []*objects.Object, readme string) install.Result {
	t.Helper()
	if err := g.installer.Before(g.ctx, g.set, all, append(install.Asked(readme), install.Issued(all)...)); err != nil {
		t.Fatal(err)
	}
	return g.installer.Apply(g.ctx, all)
}

// settle asks until nothing contradicts the claim, and gives what does at the
// end of the time.
func (g *ground) settle(namespace string, long time.Duration, claim func(*claims.State) []string) []string {
	said := time.Now()
	for end := time.Now().Add(long); ; time.Sleep(200 * time.Millisecond) {
		state, err := claims.Look(g.ctx, g.set, namespace)
		problems := []string{"the state was never seen"}
		if err == nil {
			problems = claim(state)
		} else if g.ctx.Err() != nil {
			return []string{err.Error()}
		}
		if len(problems) == 0 || time.Now().After(end) {
			return problems
		}
		if time.Since(said) > 15*time.Second {
			said = time.Now()
			progress("%s: still %d problems, such as: %s", namespace, len(problems), problems[0])
		}
	}
}

// up waits until the installation is.
func (g *ground) up(t *testing.T, namespace string) {
	t.Helper()
	none(t, g.settle(namespace, patience, (*claims.State).Up))
}

func none(t *testing.T, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
	if len(problems) > 0 {
		t.FailNow()
	}
}

// holds runs a claim as a test of its own, and adds it to the file E2E_REPORT,
// a JSON object a line, if that is set.
func holds(t *testing.T, environment, release, claim string, f func(t *testing.T)) bool {
	begin := time.Now()
	name := claim
	if !strings.Contains(t.Name(), "/"+environment) {
		name = environment + ": " + claim
	}
	ok := t.Run(strings.ReplaceAll(name, " ", "-"), f)
	took := time.Since(begin)
	progress("%s %s: %s: %s", environment, release, claim, map[bool]string{true: "holds, " + took.Round(100*time.Millisecond).String(), false: "DOES NOT HOLD"}[ok])
	path := os.Getenv("E2E_REPORT")
	if path == "" {
		return ok
	}
	line, err := json.Marshal(map[string]any{
		"environment": environment, "kubernetes": release, "claim": claim, "holds": ok, "seconds": took.Seconds(),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := out.Write(append(line, '\n')); err != nil {
		t.Error(err)
	}
	return ok
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
	role := fakenode.Role
	all := []*environment{{
		name:    "production",
		pools:   []fakenode.Pool{role("core", 6, "4", "15Gi", 3).Taking(58), role("invoker", 6, "8", "31Gi", 3).Tainted().Taking(58)},
		classes: []string{"gp2", "gp3"}, // EKS's own default is another
		hard:    []string{"kafka", "controller", "couchdb", "invoker"}, zones: 3, pooled: true,
	}, {
		name:    "ci",
		pools:   []fakenode.Pool{role("core", 2, "4", "7Gi", 1), role("db", 1, "2", "3500Mi", 1), role("invoker", 2, "4", "7Gi", 1).Tainted()},
		classes: []string{"standard"},
		hard:    []string{"kafka", "controller", "couchdb", "invoker"}, zones: 1, pooled: true,
	}, {
		name:    "development",
		pools:   []fakenode.Pool{{Name: "node", Count: 1, CPU: "4", Memory: "8Gi"}},
		classes: []string{"standard"},
	}}
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
		e.read(t, golden)
	}
	return all
}
