package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/generators/additions"
	"github.com/whiskops/whiskops/generators/configmaps"
	"github.com/whiskops/whiskops/generators/externalsecrets"
	"github.com/whiskops/whiskops/generators/foundation"
	"github.com/whiskops/whiskops/generators/monitors"
	"github.com/whiskops/whiskops/generators/volumes"
	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/plan"
)

// fixed is a plan of a few functions, which a test may change.
func fixed(functions ...plan.Function) plan.Plan {
	return plan.Plan{Functions: functions, Namespace: "main", ActionNamespace: "guests"}
}

func names(objects []*yaml.RNode) []string {
	var all []string
	for _, o := range objects {
		all = append(all, o.GetKind()+" "+o.GetNamespace()+"/"+o.GetName())
	}
	return all
}

// Objects come in the order of the plan, each in the namespace of its tier.
func TestRun(t *testing.T) {
	own := krm.Owner{Component: "a", Tier: "data"}
	guests := krm.Owner{Component: "b", Tier: plan.ActionTier}
	objects, err := Run(fixed(
		plan.Function{Kind: foundation.Kind, Name: "a", Spec: foundation.Spec{Owner: own, Namespace: "main", PodSecurity: "restricted"}},
		plan.Function{Kind: configmaps.Kind, Name: "b", Spec: configmaps.Spec{Owner: guests, ConfigMaps: []configmaps.ConfigMap{{Name: "x", Data: map[string]string{"k": "v"}}}}},
		plan.Function{Kind: configmaps.Kind, Name: "a", Spec: configmaps.Spec{Owner: own, ConfigMaps: []configmaps.ConfigMap{{Name: "y", Data: map[string]string{"k": "v"}}}}},
	))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Namespace /main", "ConfigMap guests/x", "ConfigMap main/y"}, names(objects)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a later function does to an earlier one's objects is in the result, and
// a static volume, which no namespace has, stays without one.
func TestFunctionsChangeObjects(t *testing.T) {
	own := krm.Owner{Component: "db", Tier: "data"}
	size := map[string]any{"cpu": "1", "memory": "1Gi"}
	objects, err := Run(fixed(
		plan.Function{Kind: workload.Kind, Name: "db", Spec: workload.Spec{
			Owner: own, Kind: "StatefulSet", Replicas: 1, UID: 1000,
			Main:     workload.Container{Image: "db:1", Ports: []workload.Port{{Name: "db", Port: 1234}}, Resources: krm.M{"requests": size, "limits": size}},
			Services: []workload.Service{{Name: "db", Headless: true, Ports: []workload.ServicePort{{Name: "db", Port: 1234, Target: "db"}}}},
		}},
		plan.Function{Kind: volumes.Kind, Name: "db", Spec: volumes.Spec{
			Selector: krm.Component("db"), Namespace: "main", Name: "data", MountPath: "/data", Size: "1Gi",
			AccessMode: "ReadWriteOnce", ReclaimPolicy: "Retain", Local: &volumes.Local{Path: "/srv", Nodes: []string{"n"}},
		}},
	))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ServiceAccount main/db", "Service main/db", "StatefulSet main/db", "PersistentVolume /main-data-db-0"}
	if diff := cmp.Diff(want, names(objects)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	claims, err := objects[2].Pipe(yaml.Lookup("spec", "volumeClaimTemplates"))
	if err != nil || claims == nil || len(claims.Content()) != 1 {
		t.Errorf("the StatefulSet has no claim: %v", err)
	}
}

// An error names the function.
func TestRunRefuses(t *testing.T) {
	for _, tt := range []struct {
		name     string
		function plan.Function
		want     []string
	}{
		{"a kind that is none", plan.Function{Kind: "Nothing", Name: "x"}, []string{"kind Nothing, which is none"}},
		{"what the generator refuses", plan.Function{Kind: foundation.Kind, Name: "x", Spec: foundation.Spec{Namespace: "Main", PodSecurity: "loose"}},
			[]string{"function Foundation x", `"Main"`, `"loose"`}},
		{"a field that the generator does not know", plan.Function{Kind: configmaps.Kind, Name: "x", Spec: map[string]any{"colour": "red"}},
			[]string{"function ConfigMaps x", "colour"}},
		{"an object that is not there", plan.Function{Kind: volumes.Kind, Name: "x", Spec: volumes.Spec{
			Selector: krm.Component("db"), Namespace: "main", Name: "data", MountPath: "/data", Size: "1Gi", AccessMode: "ReadWriteOnce", ReclaimPolicy: "Retain",
		}}, []string{"function AddVolume x", `matches no object with pods in the list: labelSelector "app.kubernetes.io/name=db"`}},
		{"what cannot be encoded", plan.Function{Kind: configmaps.Kind, Name: "x", Spec: make(chan int)}, []string{"function ConfigMaps x", "encode"}},
	} {
		_, err := Run(fixed(tt.function))
		if err == nil {
			t.Errorf("%s: no error", tt.name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", tt.name, err, want)
			}
		}
	}
}

// Every function that there is has a use in the plan of the defaults.
func TestFunctionsAreUsed(t *testing.T) {
	env := environment.Base()
	values, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Of(values)
	if err != nil {
		t.Fatal(err)
	}
	unused := Functions()
	// Operators, which the defaults do not expect.
	delete(unused, externalsecrets.Kind)
	delete(unused, monitors.Kind)
	// A workload of ours has from the start what these give to others.
	for _, kind := range []string{"HardenPods", "AddWait", "AddBudget", "VerifyReferences"} {
		delete(unused, kind)
	}
	delete(unused, additions.Kind) // what a person says beside the defaults
	for _, f := range p.Functions {
		delete(unused, f.Kind)
	}
	for kind := range unused {
		t.Errorf("%s is in no plan", kind)
	}
	objects, err := Run(p)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range names(objects) {
		if seen[name] {
			t.Errorf("%s is made twice", name)
		}
		seen[name] = true
	}
}

// Components are made side by side, each from its own functions alone: that is as
// good as one list that goes through all functions.
func TestComponentsApart(t *testing.T) {
	env := environment.Base()
	env.Placement.Enabled = true
	env.GitOps.Flux = &environment.Flux{Git: &environment.FluxGit{}}
	values, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Of(values)
	if err != nil {
		t.Fatal(err)
	}
	want, err := run(p.Functions, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Run(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range want {
		if err := place(o, p); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(texts(t, want), texts(t, got)); diff != "" {
		t.Errorf("(-one list +side by side):\n%s", diff)
	}
	if components, rest := apart(p.Functions); len(components) < 10 || len(rest) != 2 {
		t.Errorf("%d components and %d functions across them", len(components), len(rest))
	}
}

func texts(t *testing.T, objects []*yaml.RNode) []string {
	t.Helper()
	all := make([]string, len(objects))
	for i, o := range objects {
		text, err := o.String()
		if err != nil {
			t.Fatal(err)
		}
		all[i] = text
	}
	return all
}
