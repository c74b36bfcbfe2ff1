package guide

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
)

// node is a plain one: it takes a pod as long as it has a place and memory (MiB).
type node struct{ pods, memory int }

func (n *node) takes(memory int) bool {
	if n.pods < 1 || n.memory < memory {
		return false
	}
	n.pods, n.memory = n.pods-1, n.memory-memory
	return true
}

// fill gives how many actions of a size the node takes, of what controllers give
// away: each counts an equal part of the invoker's memory for itself.
func (n *node) fill(size, controllers, userMemory int) (placed, refused int) {
	for range controllers {
		for share := userMemory / controllers; share >= size; share -= size {
			if n.takes(size) {
				placed++
			} else {
				refused++
			}
		}
	}
	return placed, refused
}

// The number of actions that a guide promises is what a node takes, and whatever
// their sizes are no action is refused by a node; a bit more memory would be.
func TestActionsFitOnTheirNode(t *testing.T) {
	base := environment.Base()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 500 {
		pods, system, memory := 20+r.IntN(300), r.IntN(15), 4096+r.IntN(1<<16)
		least := 32 << r.IntN(4)
		std := least * (1 + r.IntN(3))
		controllers := 1 + r.IntN(4)
		e := base
		e.Cluster.Nodes = map[string]environment.NodePool{"invoker": {Count: 2, CPU: "8", Memory: fmt.Sprintf("%dMi", memory), Zones: 1, Pods: pods, SystemPods: system}}
		e.Controller.Replicas, e.Limits.Memory.Min, e.Limits.Memory.Std = controllers, fmt.Sprintf("%dMi", least), fmt.Sprintf("%dMi", std)
		v, err := derived.New(&e)
		if err != nil {
			t.Fatal(err)
		}
		m := view{Values: &v}.Memory()
		about := fmt.Sprintf("%d pods less %d, %dMi, actions of %dMi and more, %dMi usual, %d controllers: %dMi", pods, system, memory, least, std, controllers, v.UserMemory)
		// The system has its pods and its reserve, the invoker a pod and its limit.
		empty := node{pods: pods - system - 1, memory: memory - 1024 - 1280}
		n := empty
		if placed, refused := n.fill(std, controllers, int(v.UserMemory)); refused > 0 || int64(placed) != m.Each {
			t.Errorf("%s: %d usual actions find a place and %d none, and the guide says %d", about, placed, refused, m.Each)
		}
		n = empty
		if _, refused := n.fill(least, 1, int(v.UserMemory)); refused > 0 {
			t.Errorf("%s: %d of the smallest actions find no place", about, refused)
		}
		n = empty
		if _, refused := n.fill(least, 1, int(v.UserMemory)+least); refused == 0 {
			t.Errorf("%s: there is place for more", about)
		}
	}
}
