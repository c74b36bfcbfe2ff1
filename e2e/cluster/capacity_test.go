package cluster_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/whiskops/whiskops/e2e/cluster/fakenode"
)

// nodeTypes are nodes of invokers: bound by memory, by the kubelet's pods, and by
// those of an instance type; and by both.
var nodeTypes = []struct {
	memory string
	pods   int
	// system's pods and its reserve of memory.
	system  int
	reserve string
}{
	{"8Gi", 110, 10, "1Gi"},
	{"31Gi", 58, 10, "1Gi"},
	{"32Gi", 110, 7, "2Gi"},
	{"500Gi", 250, 20, "4Gi"},
	{"5376Mi", 27, 10, "1Gi"},
}

// promised is the README's number of actions on one node.
var promised = regexp.MustCompile(`So (\d+) standard actions of 256Mi run at once with one invoker, on one node,`)

// TestNodesTakeWhatIsPromised fills a node of each type until the scheduler
// refuses: as many actions find a place as the README says.
func TestNodesTakeWhatIsPromised(t *testing.T) {
	var text string
	for i, n := range nodeTypes {
		text += fmt.Sprintf(`
node%d: {
	profile: "ci", namespace: "node%d"
	cluster: nodes: {
		core: {count: 3, cpu: "8", memory: "32Gi"}
		invoker: {count: 1, cpu: "64", memory: %q, pods: %d, systemPods: %d}
	}
	edge: host: "functions.example.com"
	controller: replicas: 1
	invoker: {replicas: 1, reserve: %q, resources: {requests: memory: "1280Mi", limits: memory: "1280Mi"}}
	limits: memory: min: "256Mi"
}
`, i, i, n.memory, n.pods, n.system, n.reserve)
	}
	made := generate(t, "package environments\n"+text)
	release := releases()[0]
	var pools []fakenode.Pool
	for i, n := range nodeTypes {
		pools = append(pools, fakenode.Role(fmt.Sprintf("type%d", i), 1, "64", n.memory, 1).Taking(n.pods))
	}
	g := newGround(t, release, []string{"standard"}, pools...)
	for i, n := range nodeTypes {
		holds(t, fmt.Sprintf("node%d", i), release, "a node takes as many actions as the README says", func(t *testing.T) {
			want := promise(t, filepath.Join(made, fmt.Sprintf("node%d", i), "README.md"))
			reserve := resource.MustParse(n.reserve)
			g.fill(t, i, "system", n.system, reserve.Value()/int64(n.system))
			g.fill(t, i, "invoker", 1, 1280<<20)
			// Two more than there is place for.
			g.fill(t, i, "action", want+2, 256<<20)
			if got := g.scheduled(t, i, want+2); got != want {
				t.Errorf("a node of %s for %d pods takes %d actions, and the README says %d", n.memory, n.pods, got, want)
			}
		})
	}
}

func promise(t *testing.T, file string) int {
	t.Helper()
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := promised.FindSubmatch(readme)
	if found == nil {
		t.Fatalf("%s does not say how many actions run on a node", file)
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fill makes pods that ask for so much memory each, for one node.
func (g *ground) fill(t *testing.T, node int, name string, pods int, memory int64) {
	t.Helper()
	off := false
	for i := range pods {
		p := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("type%d-%s-%d", node, name, i), Labels: map[string]string{"fills": fmt.Sprintf("%d-%s", node, name)}},
			Spec: corev1.PodSpec{
				NodeSelector:                 map[string]string{fakenode.RoleLabel: fmt.Sprintf("type%d", node)},
				AutomountServiceAccountToken: &off,
				Containers: []corev1.Container{{Name: "main", Image: "image", Resources: corev1.ResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceMemory: *resource.NewQuantity(memory, resource.BinarySI)},
				}}},
			},
		}
		if _, err := g.set.CoreV1().Pods("default").Create(g.ctx, p, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

// scheduled is how many actions the scheduler found a place for, once it has
// looked at all.
func (g *ground) scheduled(t *testing.T, node, all int) int {
	t.Helper()
	selector := metav1.ListOptions{LabelSelector: fmt.Sprintf("fills=%d-action", node)}
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		pods, err := g.set.CoreV1().Pods("default").List(g.ctx, selector)
		if err != nil {
			t.Fatal(err)
		}
		placed, refused := 0, 0
		for _, p := range pods.Items {
			for _, c := range p.Status.Conditions {
				if c.Type != corev1.PodScheduled {
					continue
				}
				if c.Status == corev1.ConditionTrue {
					placed++
				} else {
					refused++
				}
			}
		}
		if placed+refused == all {
			return placed
		}
		if time.Now().After(end) {
			t.Fatalf("the scheduler looked at %d of %d pods", placed+refused, all)
		}
	}
}
