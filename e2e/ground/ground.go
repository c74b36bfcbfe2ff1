// Package ground is a cluster for a test: a control plane, nodes and storage,
// and the claims that are held against it.
package ground

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/controlplane"
)

// Releases to test: those in E2E_KUBERNETES, with commas between, or the one
// that environments ask for unless they say otherwise.
func Releases() []string {
	if v := os.Getenv("E2E_KUBERNETES"); v != "" {
		return strings.Split(v, ",")
	}
	return []string{controlplane.Default}
}

// Progress prints a line with the time.
func Progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// Ground is a cluster that ends with its test.
type Ground struct {
	Ctx   context.Context
	Plane *controlplane.Plane
	// Set does not print the API server's warnings.
	Set       *kubernetes.Clientset
	Installer *install.Installer
}

// New starts a cluster with these nodes. The first StorageClass is the default
// one.
func New(t *testing.T, release string, classes []string, pools ...fakenode.Pool) *Ground {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	binary, err := controlplane.Binary(ctx, release, Progress)
	must(err)
	plane, err := controlplane.Start(ctx, binary)
	must(err)
	t.Cleanup(func() { end(t, plane, cancel) })
	Progress("Kubernetes %s is up after %s", release, plane.Boot.Round(100*time.Millisecond))
	g := &Ground{Ctx: ctx, Plane: plane}
	quiet := rest.CopyConfig(plane.Config)
	quiet.WarningHandler = rest.NoWarnings{} // about what the test makes itself
	g.Set, err = kubernetes.NewForConfig(quiet)
	must(err)
	g.Installer, err = install.New(plane.Config)
	must(err)
	must(g.Installer.Definitions(ctx))
	must(fakenode.Classes(ctx, g.Set, classes...))
	for _, p := range pools {
		for _, n := range p.Nodes() {
			must(fakenode.Join(ctx, g.Set, n))
		}
	}
	must(fakenode.Serve(ctx, g.Set, fakenode.Brisk))
	go fakenode.Provision(ctx, g.Set)
	return g
}

func end(t *testing.T, plane *controlplane.Plane, cancel func()) {
	if err := plane.Err(); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		for _, s := range plane.Memory() {
			if s.Name != "etcd" && s.Name != "kube-apiserver" {
				t.Logf("the end of the log of %s:\n%s", s.Name, plane.Tail(s.Name, 20))
			}
		}
	}
	var most []string
	for _, s := range plane.Memory() {
		most = append(most, fmt.Sprintf("%s %dM", s.Name, s.Bytes>>20))
	}
	Progress("memory at most: %s", strings.Join(most, ", "))
	cancel()
	if err := plane.Stop(); err != nil {
		t.Error(err)
	}
}

// Settle asks until nothing contradicts the claim, and gives what does at the
// end of the time.
func (g *Ground) Settle(namespace string, long time.Duration, claim func(*claims.State) []string) []string {
	said := time.Now()
	for end := time.Now().Add(long); ; time.Sleep(200 * time.Millisecond) {
		state, err := claims.Look(g.Ctx, g.Set, namespace)
		problems := []string{"the state was never seen"}
		if err == nil {
			problems = claim(state)
		} else if g.Ctx.Err() != nil {
			return []string{err.Error()}
		}
		if len(problems) == 0 || time.Now().After(end) {
			return problems
		}
		if time.Since(said) > 15*time.Second {
			said = time.Now()
			Progress("%s: still %d problems, such as: %s", namespace, len(problems), problems[0])
		}
	}
}

// None fails the test, now, with each of the problems.
func None(t *testing.T, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
	if len(problems) > 0 {
		t.FailNow()
	}
}
