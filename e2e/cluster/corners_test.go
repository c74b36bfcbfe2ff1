package cluster_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
	"github.com/whiskops/whiskops/e2e/cluster/install"
	"github.com/whiskops/whiskops/e2e/cluster/objects"
)

// TestCorners brings up environments that say what the examples do not.
func TestCorners(t *testing.T) {
	text, err := os.ReadFile("testdata/corners.cue")
	if err != nil {
		t.Fatal(err)
	}
	made := generate(t, string(text))
	role := fakenode.Role
	db := role("db", 3, "4", "16Gi", 1)
	db.Taints = []corev1.Taint{{Key: "example.com/db", Effect: corev1.TaintEffectNoSchedule}}
	corners := []*environment{
		{name: "outside", pools: []fakenode.Pool{role("core", 3, "4", "16Gi", 1), db, role("invoker", 4, "8", "32Gi", 1).Tainted()}, hard: []string{"controller"}},
		{name: "gateway", pools: []fakenode.Pool{role("core", 3, "4", "16Gi", 3), role("invoker", 3, "8", "32Gi", 3).Tainted()},
			hard: []string{"kafka", "kafka-controller", "controller"}},
		{name: "laptop", pools: []fakenode.Pool{{Name: "node", Count: 1, CPU: "4", Memory: "8Gi"}}},
		{name: "front", pools: []fakenode.Pool{role("core", 3, "4", "16Gi", 1), role("invoker", 2, "8", "32Gi", 1).Tainted()}, hard: []string{"controller"}},
	}
	each(t, func(t *testing.T, release string) {
		for _, e := range corners {
			t.Run(e.name, func(t *testing.T) {
				e.read(t, made)
				g := newGround(t, release, []string{"standard"}, e.pools...)
				holds(t, e.name, release, "taken and up", func(t *testing.T) {
					if e.name == "gateway" {
						beforehand(t, g, e)
					}
					taken(t, g, e)
					g.up(t, e.namespace())
					s := look(t, g, e)
					for _, c := range e.hard {
						none(t, s.Apart(c))
					}
					if e.name != "laptop" {
						none(t, s.Alone("invoker", fakenode.RoleLabel, "invoker"))
					}
				})
				holds(t, e.name, release, "each node is drained in turn", func(t *testing.T) { drained(t, g, e) })
			})
		}
	})
}

// beforehand makes the claim that the README asks for.
func beforehand(t *testing.T, g *ground, e *environment) {
	t.Helper()
	if err := g.installer.Before(g.ctx, g.set, e.objects, nil); err != nil {
		t.Fatal(err)
	}
	_, err := g.set.CoreV1().PersistentVolumeClaims(e.namespace()).Create(g.ctx, &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "redis"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// TestHundred puts a hundred environments into one cluster.
func TestHundred(t *testing.T) {
	if os.Getenv("E2E_FULL") == "" {
		t.Skip("takes minutes: set E2E_FULL=1")
	}
	all := environments(t)
	e := all[len(all)-1]
	release := releases()[0]
	g := newGround(t, release, e.classes, fakenode.Pool{Name: "node", Count: 20, CPU: "64", Memory: "256Gi"})
	holds(t, e.name, release, "a hundred of it on one cluster", func(t *testing.T) {
		begin := time.Now()
		var namespaces []string
		for i := range 100 {
			some := objects.Into(e.objects, fmt.Sprintf("-%d", i))
			if err := g.installer.Before(g.ctx, g.set, some, install.Issued(some)); err != nil {
				t.Fatal(err)
			}
			none(t, g.installer.Apply(g.ctx, some).Problems)
			namespaces = append(namespaces, objects.Namespace(some))
		}
		progress("a hundred environments applied in %s", time.Since(begin).Round(100*time.Millisecond))
		for _, ns := range namespaces {
			g.up(t, ns)
		}
		progress("a hundred environments up after %s", time.Since(begin).Round(100*time.Millisecond))
	})
}
