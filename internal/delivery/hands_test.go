package delivery

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/value"
)

// named is an object with labels and annotations, as a build has it.
func named(t *testing.T, apiVersion, kind, name string, labels, annotations map[string]any) kustomize.Object {
	t.Helper()
	o := kustomize.Object{APIVersion: apiVersion, Kind: kind, Name: name, Namespace: "n", Value: map[string]any{
		"apiVersion": apiVersion, "kind": kind,
		"metadata": map[string]any{"name": name, "namespace": "n", "labels": labels, "annotations": annotations},
	}}
	for _, empty := range []string{"labels", "annotations"} {
		if metadata := o.Value["metadata"].(map[string]any); len(metadata[empty].(map[string]any)) == 0 {
			delete(metadata, empty)
		}
	}
	if kind == "Namespace" {
		o.Namespace = ""
		delete(o.Value["metadata"].(map[string]any), "namespace")
	}
	n, err := value.Document(o.Value)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	o.YAML = text
	return o
}

func tier(name string) map[string]any {
	return map[string]any{krm.ManagedByLabel: krm.Manager, krm.TierLabel: name}
}

func with(labels map[string]any, key string, value any) map[string]any {
	all := maps.Clone(labels)
	all[key] = value
	return all
}

// What users write by hand, copy from golden/ or annotate themselves is delivered,
// whatever its labels are: what selectors say of it is what is said of the object,
// and what its own hand wrote stays.
func TestHands(t *testing.T) {
	generated := []kustomize.Object{
		named(t, "v1", "ConfigMap", "a", tier("foundation"), nil),
		named(t, "apps/v1", "Deployment", "b", tier("data"), nil),
		named(t, "batch/v1", "Job", "c", with(tier("packages"), krm.NameLabel, "smoke-test"), nil),
	}
	prune, force, options := map[string]any{fluxPrune: "enabled"}, map[string]any{fluxForce: fluxDisabled}, map[string]any{argoOptions: "Replace=false"}
	for name, c := range map[string]struct {
		object kustomize.Object
		// what is added for Argo CD and for Flux
		argocd, flux map[string]string
	}{
		"no labels":             {named(t, "v1", "Service", "x", nil, nil), map[string]string{argoWave: "3"}, nil},
		"our label alone":       {named(t, "v1", "Service", "x", map[string]any{krm.ManagedByLabel: krm.Manager}, nil), map[string]string{argoWave: "3"}, nil},
		"no tier of ours":       {named(t, "v1", "Service", "x", tier("weird"), nil), map[string]string{argoWave: "3"}, nil},
		"a tier without folder": {named(t, "v1", "Service", "x", tier("edge"), nil), map[string]string{argoWave: "3"}, nil},
		"a copy":                {named(t, "v1", "Service", "x", tier("data"), nil), map[string]string{argoWave: "1"}, nil},
		"a copied ConfigMap":    {named(t, "v1", "ConfigMap", "x", map[string]any{krm.ManagedByLabel: krm.Manager}, nil), nil, map[string]string{fluxPrune: fluxDisabled}},
		"a tier of others":      {named(t, "v1", "Service", "x", map[string]any{krm.TierLabel: "data"}, nil), map[string]string{argoWave: "3"}, nil},
		"a wave on a copy":      {named(t, "v1", "Service", "x", tier("data"), map[string]any{argoWave: "9"}), nil, nil},
		"the name of a test": {named(t, "batch/v1", "Job", "x", map[string]any{krm.NameLabel: "smoke-test"}, nil),
			map[string]string{argoWave: "3", argoHook: argoAfter, argoHookDelete: argoHookGoes}, map[string]string{fluxForce: fluxEnabled}},
		"a hook on a test": {named(t, "batch/v1", "Job", "x", map[string]any{krm.NameLabel: "smoke-test"}, map[string]any{argoHook: "Skip"}),
			map[string]string{argoWave: "3", argoHookDelete: argoHookGoes}, map[string]string{fluxForce: fluxEnabled}},
		"a Job":                  {named(t, "batch/v1", "Job", "x", nil, nil), map[string]string{argoWave: "3", argoOptions: argoReplaced}, map[string]string{fluxForce: fluxEnabled}},
		"options on a Job":       {named(t, "batch/v1", "Job", "x", nil, options), map[string]string{argoWave: "3"}, map[string]string{fluxForce: fluxEnabled}},
		"no force on a Job":      {named(t, "batch/v1", "Job", "x", nil, force), map[string]string{argoWave: "3", argoOptions: argoReplaced}, nil},
		"a Namespace":            {named(t, "v1", "Namespace", "x", nil, prune), map[string]string{argoOptions: argoLasting}, nil},
		"options on a Namespace": {named(t, "v1", "Namespace", "x", nil, options), map[string]string{argoOptions: argoLasting}, map[string]string{fluxPrune: fluxDisabled}},
	} {
		for _, tool := range []string{argocdFolder, fluxFolder, fluxTiers} {
			t.Run(name+"/"+tool, func(t *testing.T) {
				in := input(t, func(e *environment.Environment) {
					switch tool {
					case argocdFolder:
						e.GitOps.ArgoCD = &environment.ArgoCD{}
					case fluxTiers:
						e.GitOps.Flux = &environment.Flux{Shape: fluxTiers, OCI: &environment.FluxOCI{}}
					default:
						e.GitOps.Flux = &environment.Flux{OCI: &environment.FluxOCI{}}
					}
				}, append(generated[:len(generated):len(generated)], c.object)...)
				in.Generated, in.Custom = generated, overlay.CustomResource
				out, err := Of(in)
				if err != nil {
					t.Fatal(err)
				}
				want := c.flux
				if tool == argocdFolder {
					want = c.argocd
				}
				found := 0
				for _, w := range out.Wrappers {
					built, err := kustomize.Build(kustomize.NewTree(w.Stand(), out.Files), w.Dir)
					if err != nil {
						t.Fatal(err)
					}
					if err := w.Prove(built); err != nil {
						t.Errorf("%s: %v", w.Dir, err)
					}
					for _, a := range w.Of {
						if a.Object.Name != "x" {
							continue
						}
						found++
						if tool == fluxTiers && w.Dir != "clusters/e/flux/tree/custom" {
							t.Errorf("it is in %s", w.Dir)
						}
						if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(a.Add)); diff != "" {
							t.Error(diff)
						}
					}
				}
				if found != 1 {
					t.Errorf("delivered %d times", found)
				}
			})
		}
	}
}
