package rules

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
)

// TestSumsAreWhatRulesJudge: a pool has less than nothing left exactly where a finding
// says that it is too small, at one less, at and one above of what is asked.
func TestSumsAreWhatRulesJudge(t *testing.T) {
	envs, _, err := environment.Load(os.DirFS("../../examples/environments"), "examples/environments")
	if err != nil {
		t.Fatal(err)
	}
	env := envs[slices.IndexFunc(envs, func(e environment.Environment) bool { return e.Name == "production" })]
	const pool = "core"
	asked := Sums(valuesOf(t, []environment.Environment{env})[0])[0]
	if asked.Pool != pool || asked.Nodes != 6 || asked.Zones != 3 {
		t.Fatalf("the first pool is %+v", asked)
	}
	for _, more := range []int64{-1, 0, 1} {
		nodes := env.Cluster.Nodes[pool]
		each := asked.CPU.Components/6 + more
		if asked.CPU.Components%6 > 0 {
			each++ // the next that six nodes have together
		}
		nodes.CPU = fmt.Sprintf("%dm", each)
		env.Cluster.Nodes = map[string]environment.NodePool{pool: nodes, "invoker": env.Cluster.Nodes["invoker"]}
		v := valuesOf(t, []environment.Environment{env})[0]
		free := Sums(v)[0].CPU.Free()
		refused := slices.ContainsFunc(Check(v), func(f finding.Finding) bool { return f.Code == "WO237" })
		if refused != (free < 0) || refused != (more < 0) {
			t.Errorf("with %s a node %d are free, and refused is %v", nodes.CPU, free, refused)
		}
	}
}

// TestSumsOfInvokers have what is reserved, and what actions get.
func TestSumsOfInvokers(t *testing.T) {
	envs, _, err := environment.Load(os.DirFS("../../examples/environments"), "examples/environments")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range valuesOf(t, envs) {
		if v.Env.Name != "production" {
			continue
		}
		sums := Sums(v)
		core, invoker := sums[0], sums[1]
		if core.Memory.Reserve != 0 || core.Memory.Actions != 0 || core.Pods.Actions != 0 {
			t.Errorf("no actions run on core: %+v", core)
		}
		const gib = int64(1) << 30
		want := Measure{Have: 6 * 31 * gib, Components: invoker.Memory.Components, Actions: 6 * v.UserMemory << 20, Reserve: 6 * gib}
		if invoker.Memory != want || want.Components == 0 {
			t.Errorf("memory is %+v, want %+v", invoker.Memory, want)
		}
		if want := (Measure{Have: 6 * 48, Components: 6, Actions: 6 * 47}); invoker.Pods != want {
			t.Errorf("pods are %+v, want %+v", invoker.Pods, want)
		}
		v.Env.Placement.Enabled = false
		if all := Sums(v); all != nil {
			t.Errorf("pods go anywhere, and pools have %v", all)
		}
	}
}

// TestSumsOfSidecars: what runs beside a component is asked for with it, in each pod.
func TestSumsOfSidecars(t *testing.T) {
	envs, _, err := environment.Load(os.DirFS("../../examples/environments"), "examples/environments")
	if err != nil {
		t.Fatal(err)
	}
	env := envs[slices.IndexFunc(envs, func(e environment.Environment) bool { return e.Name == "production" })]
	with := Sums(valuesOf(t, []environment.Environment{env})[0])[0]
	env.Metrics = nil
	without := Sums(valuesOf(t, []environment.Environment{env})[0])[0]
	// One beside each of three nginx, and a pod that asks Kafka.
	const mib = int64(1) << 20
	if got, want := with.CPU.Components-without.CPU.Components, int64(3*10+20); got != want {
		t.Errorf("metrics take %dm, want %dm", got, want)
	}
	if got, want := with.Memory.Components-without.Memory.Components, (3*32+32)*mib; got != want {
		t.Errorf("metrics take %d of memory, want %d", got, want)
	}
	if got := with.Pods.Components - without.Pods.Components; got != 1 {
		t.Errorf("metrics take %d pods", got)
	}
}
