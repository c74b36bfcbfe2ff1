package rules

import (
	"fmt"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// onOne are environments of one cluster that are alike but for their names, with
// what its one pool has.
func onOne(n int, pool environment.NodePool) []env {
	envs := make([]env, n)
	base := environment.Base()
	for i := range envs {
		e := base
		e.Name, e.Source = fmt.Sprint("e", i), anywhere{}
		e.Namespace, e.Edge.Host = fmt.Sprint("ns", i), fmt.Sprintf("e%d.example.com", i)
		e.Cluster.Name = "one"
		e.Cluster.Nodes = map[string]environment.NodePool{"core": pool}
		e.Invoker.UserMemory = "1Gi"
		envs[i] = e
	}
	return envs
}

// What a pool has is there once: two environments that take all of it are fine,
// and one unit more of one of them is too much.
func TestPoolIsThereOnce(t *testing.T) {
	ask := func(envs []env, of func(*checker, environment.NodePool) int64) (sum int64) {
		for _, v := range valuesOf(t, envs) {
			c := &checker{Values: v}
			sum += of(c, v.Env.Cluster.Nodes["core"])
		}
		return sum
	}
	resources := func(i int) func(c *checker, p environment.NodePool) int64 {
		return func(c *checker, p environment.NodePool) int64 {
			_, sum := c.asks(p, c.standing(), measured[i])
			return sum
		}
	}
	base := environment.NodePool{Count: 4, CPU: "64", Memory: "256Gi", Pods: 1000, SystemPods: 10, Zones: 1}
	for name, tt := range map[string]struct {
		code string
		of   func(*checker, environment.NodePool) int64
		give func(p *environment.NodePool, each int64)
	}{
		"cpu":    {"WO514", resources(0), func(p *environment.NodePool, each int64) { p.CPU = fmt.Sprintf("%dm", each) }},
		"memory": {"WO514", resources(1), func(p *environment.NodePool, each int64) { p.Memory = fmt.Sprint(each) }},
		"pods": {"WO515", func(c *checker, p environment.NodePool) int64 { _, sum := c.takes(p, c.standing()); return sum },
			func(p *environment.NodePool, each int64) { p.Pods = int(each) + p.SystemPods }},
	} {
		all := ask(onOne(2, base), tt.of)
		for _, short := range []int64{0, 1} {
			pool := base
			// Rounded up to whole units of a node: enough, and one too few.
			tt.give(&pool, (all+int64(pool.Count)-1)/int64(pool.Count)-short)
			got := 0
			for _, f := range CheckAll(valuesOf(t, onOne(2, pool))) {
				if f.Code == tt.code {
					got++
				}
			}
			if got != int(short) {
				t.Errorf("%s, %d short: %d findings of %s", name, short, got, tt.code)
			}
		}
	}
}

// The work for environments of one cluster grows with their number, not with its
// square. Allocations are counted, since a machine's time is not the same twice.
func TestClustersAreLinear(t *testing.T) {
	pool := environment.NodePool{Count: 5000, CPU: "64", Memory: "256Gi", Pods: 1000, SystemPods: 10, Zones: 1}
	like := valuesOf(t, onOne(1, pool))[0]
	work := func(n int) float64 {
		envs := onOne(n, pool)
		return testing.AllocsPerRun(1, func() {
			checked := make([]*checker, n)
			for i := range envs {
				v := *like // which is not derived anew: what the rules look at is the same
				v.Env, v.Cluster, v.ActionNamespace = &envs[i], "one", envs[i].Namespace+"-actions"
				checked[i] = &checker{Values: &v}
			}
			for _, g := range clusters(checked) {
				g.judge()
			}
			if n := len(checked[0].found) + len(checked[1].found); n > 0 {
				t.Errorf("%d findings", n)
			}
		})
	}
	few, many := work(20), work(200)
	t.Logf("20 environments: %.0f allocations, 200: %.0f", few, many)
	if many > 12*few {
		t.Errorf("20 environments take %.0f allocations, 200 take %.0f", few, many)
	}
}
