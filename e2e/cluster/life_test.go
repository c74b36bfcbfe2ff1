package cluster_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/claims"
	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/life"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// drained drains every node, one after the other comes back.
func drained(t *testing.T, g *ground, e *environment) {
	s := look(t, g, e)
	quorum, err := life.Watch(g.ctx, g.set, e.namespace(), "kafka")
	if err != nil {
		t.Fatal(err)
	}
	brokers := len(s.Of("kafka"))
	for _, n := range s.Nodes {
		ctx, cancel := context.WithTimeout(g.ctx, patience)
		evicted, err := life.Drain(ctx, g.set, n.Name)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		// With nodes left for them, pods come up elsewhere at once; those
		// of the only node of a pool come up when it is back.
		if e.elsewhere(n.Name) {
			g.up(t, e.namespace())
		}
		if err := life.Cordon(g.ctx, g.set, n.Name, false); err != nil {
			t.Fatal(err)
		}
		g.up(t, e.namespace())
		progress("%s: node %s drained of %d pods, all is back", e.name, n.Name, evicted)
	}
	none(t, quorum.Kept(brokers-1))
}

// elsewhere tells if a node's pods have other nodes to go to.
func (e *environment) elsewhere(node string) bool {
	return e.name == "production" && strings.HasPrefix(node, "core-")
}

// together drains the nodes of two brokers at the same time: the budget has to
// hold the second back until the first is up elsewhere.
func together(t *testing.T, g *ground, e *environment) {
	s := look(t, g, e)
	brokers := s.Of("kafka")
	if len(brokers) < 3 {
		t.Fatalf("%d brokers are no quorum", len(brokers))
	}
	quorum, err := life.Watch(g.ctx, g.set, e.namespace(), "kafka")
	if err != nil {
		t.Fatal(err)
	}
	none(t, drainTogether(g, brokers[:2]))
	for _, p := range brokers[:2] {
		if err := life.Cordon(g.ctx, g.set, p.Spec.NodeName, false); err != nil {
			t.Fatal(err)
		}
	}
	g.up(t, e.namespace())
	none(t, quorum.Kept(len(brokers)-1))
}

func drainTogether(g *ground, pods []*corev1.Pod) []string {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	var wait sync.WaitGroup
	errs := make([]error, len(pods))
	for i, p := range pods {
		wait.Go(func() { _, errs[i] = life.Drain(ctx, g.set, p.Spec.NodeName) })
	}
	wait.Wait()
	var all []string
	for _, err := range errs {
		if err != nil {
			all = append(all, err.Error())
		}
	}
	return all
}

// lost takes a node away with all that is on it, a broker among it, as a cloud does
// with a machine that has ended: nothing says good-bye, and the Node goes. Where
// nobody deletes the Node, its pods are waited for until somebody does.
func lost(t *testing.T, g *ground, e *environment) {
	brokers := look(t, g, e).Of("kafka")
	if len(brokers) == 0 {
		t.Fatal("no broker can be lost")
	}
	node := brokers[0].Spec.NodeName
	if err := g.set.CoreV1().Nodes().Delete(g.ctx, node, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	none(t, g.settle(e.namespace(), patience, func(s *claims.State) []string {
		problems := s.Up()
		for _, p := range s.Pods {
			if p.Spec.NodeName == node {
				problems = append(problems, fmt.Sprintf("pod %s is on the node that is lost", p.Name))
			}
		}
		return problems
	}))
	for _, pool := range e.pools {
		for _, n := range pool.Nodes() {
			if n.Name != node {
				continue
			}
			if err := fakenode.Join(g.ctx, g.set, n); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// scaled changes replicas as an overlay does, down to one and back.
func scaled(t *testing.T, g *ground, e *environment) {
	claimed := len(look(t, g, e).Claims)
	changed := objects.Copy(e.objects)
	for _, o := range objects.OfKind(changed, "StatefulSet", "Deployment") {
		objects.Set(o, "spec.replicas", int64(1))
	}
	none(t, g.installer.Apply(g.ctx, changed).Problems)
	none(t, g.settle(e.namespace(), patience, func(s *claims.State) []string {
		return append(s.Available(), s.Bound()...)
	}))
	if now := len(look(t, g, e).Claims); now != claimed {
		t.Errorf("%d claims after scaling down, %d before", now, claimed)
	}
	none(t, g.installer.Apply(g.ctx, e.objects).Problems)
	g.up(t, e.namespace())
	none(t, e.misplaced(look(t, g, e)))
}

// deleted takes down what the README takes down.
func deleted(t *testing.T, g *ground, e *environment) {
	before := look(t, g, e)
	none(t, g.installer.Delete(g.ctx, objects.OfKind(e.objects, "Deployment", "Job", "StatefulSet", "DaemonSet")))
	none(t, g.settle(e.namespace(), patience, func(s *claims.State) []string {
		if len(s.Pods) > 0 {
			return []string{fmt.Sprintf("%d pods are left, one is %s", len(s.Pods), s.Pods[0].Name)}
		}
		return nil
	}))
	after := look(t, g, e)
	if len(after.Claims) != len(before.Claims) {
		t.Errorf("%d claims are left of %d", len(after.Claims), len(before.Claims))
	}
	none(t, after.Bound())
	secrets, err := g.set.CoreV1().Secrets(e.namespace()).List(g.ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(secrets.Items) < 3 {
		t.Errorf("%d Secrets are left, not 3 or more", len(secrets.Items))
	}
}

// reinstalled finds its data again: the same claims with the same volumes.
func reinstalled(t *testing.T, g *ground, e *environment) {
	volumes := map[string]string{}
	for _, c := range look(t, g, e).Claims {
		volumes[c.Name] = c.Spec.VolumeName
	}
	none(t, g.installer.Apply(g.ctx, e.objects).Problems)
	g.up(t, e.namespace())
	for _, c := range look(t, g, e).Claims {
		if c.Spec.VolumeName != volumes[c.Name] {
			t.Errorf("claim %s has volume %s, and had %q", c.Name, c.Spec.VolumeName, volumes[c.Name])
		}
	}
	none(t, e.misplaced(look(t, g, e)))
}

// gone deletes all that was applied, as kubectl delete -f does.
func gone(t *testing.T, g *ground, e *environment) {
	none(t, g.installer.Delete(g.ctx, e.objects))
	none(t, g.settle(e.namespace(), patience, func(*claims.State) []string {
		var all []string
		for _, o := range objects.OfKind(e.objects, "Namespace") {
			if ns, err := g.set.CoreV1().Namespaces().Get(g.ctx, o.GetName(), metav1.GetOptions{}); !apierrors.IsNotFound(err) {
				all = append(all, fmt.Sprintf("namespace %s is there: %v, %v", o.GetName(), ns.Status.Conditions, err))
			}
		}
		volumes, err := g.set.CoreV1().PersistentVolumes().List(g.ctx, metav1.ListOptions{})
		if err != nil {
			return append(all, err.Error())
		}
		for _, v := range volumes.Items {
			all = append(all, fmt.Sprintf("volume %s is %s", v.Name, v.Status.Phase))
		}
		return all
	}))
}
