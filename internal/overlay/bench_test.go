package overlay

import (
	"fmt"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// installation is a made-up state of the size of a real one: 20 components in
// eight tiers, 80 objects. An environment differs from base in eight places.
func installation(environment int) []*yaml.RNode {
	var objects []m
	r := newRandom(7)
	for i := range 20 {
		tier, c := krm.Tiers[i%len(krm.Tiers)], fmt.Sprintf("component%02d", i)
		namespace := "MAIN"
		if tier == "actions" {
			namespace = "ACTIONS"
		}
		workload := r.object(pick(r, "Deployment", "StatefulSet"), c, c, tier, namespace)
		template := value.Map(workload, "spec", "template", "spec")
		template["containers"] = l{m{"name": c, "image": "openwhisk/" + c + ":1.0", "env": manyEnv(30),
			"envFrom":   l{m{"configMapRef": m{"name": c}}},
			"resources": m{"limits": m{"memory": "1Gi"}}, "ports": l{m{"containerPort": 8080, "name": "http"}}}}
		delete(template, "initContainers")
		config := r.object("ConfigMap", c, c, tier, namespace)
		config["data"] = m{"A": "1", "B": "2", "C": "3"}
		config["metadata"].(m)["annotations"] = m{"kustomize.config.k8s.io/needs-hash": "true"}
		delete(config, "immutable")
		if environment > 0 && i%3 == 0 {
			workload["spec"].(m)["replicas"] = 5 + environment
			container := template["containers"].(l)[0].(m)
			container["resources"].(m)["limits"].(m)["memory"] = fmt.Sprint(environment, "Gi")
			config["data"].(m)["B"] = fmt.Sprint("environment", environment)
		}
		objects = append(objects, workload, config,
			r.object("Service", c, c, tier, namespace), r.object("NetworkPolicy", c, c, tier, namespace))
	}
	return in(objects, "openwhisk", "openwhisk-actions")
}

func manyEnv(n int) l {
	var e l
	for i := range n {
		e = append(e, m{"name": fmt.Sprintf("CONFIG_whisk_setting_%d", i), "value": fmt.Sprint("value ", i)})
	}
	return e
}

func benchTree(b *testing.B) (*Base, []*yaml.RNode, *kustomize.Tree) {
	b.Helper()
	base, err := New(installation(0), "base")
	if err != nil {
		b.Fatal(err)
	}
	want := installation(1)
	overlay, err := base.Overlay(want, Options{Environment: "env"})
	if err != nil {
		b.Fatal(err)
	}
	return base, want, kustomize.NewTree(overlay, base.Files())
}

func BenchmarkOverlay(b *testing.B) {
	base, want, _ := benchTree(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Overlay(want, Options{Environment: "env"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBase(b *testing.B) {
	objects := installation(0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(objects, "base"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	_, _, tree := benchTree(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kustomize.Build(tree, "overlays/env"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProve(b *testing.B) {
	_, want, tree := benchTree(b)
	built, err := kustomize.Build(tree, "overlays/env")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Prove(built, want); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEnvironments is what generate does for each environment, on all
// cores: delta, build, proof and split.
func BenchmarkEnvironments(b *testing.B) {
	base, _, _ := benchTree(b)
	wants := make([][]*yaml.RNode, 100)
	for i := range wants {
		wants[i] = installation(1 + i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			want := wants[i%len(wants)]
			overlay, err := base.Overlay(want, Options{Environment: "env"})
			if err != nil {
				b.Fatal(err)
			}
			built, err := kustomize.Build(kustomize.NewTree(overlay, base.Files()), "overlays/env")
			if err != nil {
				b.Fatal(err)
			}
			if err := Prove(built, want); err != nil {
				b.Fatal(err)
			}
			Golden(built)
		}
	})
}
