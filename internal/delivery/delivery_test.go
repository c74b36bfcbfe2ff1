package delivery

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
	source "github.com/whiskops/whiskops/schema/catalog"
)

func input(t *testing.T, change func(*environment.Environment), objects ...kustomize.Object) Input {
	t.Helper()
	env := environment.Base()
	env.Name, env.GitOps = "e", environment.GitOps{} // base has what Flux needs, too
	if change != nil {
		change(&env)
	}
	values, err := derived.New(&env)
	if err != nil {
		t.Fatal(err)
	}
	return Input{Values: &values, Built: objects, Base: "base/2.0.0", Overlay: "overlays/e"}
}

// object of a kind in a tier; without a tier it is the user's.
func object(kind, tier string, spec map[string]any) kustomize.Object {
	labels := map[string]any{}
	if tier != "" {
		labels = map[string]any{krm.ManagedByLabel: krm.Manager, krm.TierLabel: tier}
	}
	return kustomize.Object{Kind: kind, Value: map[string]any{"kind": kind, "metadata": map[string]any{"labels": labels}, "spec": spec}}
}

func TestOrder(t *testing.T) {
	all := []string{"foundation", "actions", "data", "setup", "core", "edge", "packages"}
	for name, c := range map[string]struct {
		tiers []string
		late  string
		// waves of the tiers, and what core waits for.
		waves []int
		core  string
	}{
		"all":            {all, "", []int{0, 1, 1, 2, 3, 2, 4}, "setup"},
		"late edge":      {all, "edge", []int{0, 1, 1, 2, 3, 5, 4}, "setup"},
		"late data":      {all, "data", []int{0, 1, 5, 5, 5, 5, 4}, "setup"},
		"late set-up":    {all, "setup", []int{0, 1, 1, 5, 5, 2, 4}, "setup"},
		"nothing to set": {[]string{"foundation", "actions", "data", "core", "edge"}, "", []int{0, 1, 1, 2, 2}, "data"},
		"no data":        {[]string{"foundation", "actions", "core", "edge"}, "", []int{0, 1, 1, 1}, "foundation"},
	} {
		t.Run(name, func(t *testing.T) {
			var objects []kustomize.Object
			for _, tier := range c.tiers {
				objects = append(objects, object("ConfigMap", tier, nil))
			}
			if c.late != "" {
				objects = append(objects, object("Service", c.late, map[string]any{"type": "LoadBalancer"}))
			}
			p := policyOf(input(t, nil, objects...))
			var waves []int
			for _, tier := range p.tiers {
				waves = append(waves, p.wave(tier))
			}
			if diff := cmp.Diff(c.waves, waves); diff != "" {
				t.Errorf("waves (-want +got):\n%s", diff)
			}
			if got := strings.Join(p.before("core"), " "); got != c.core {
				t.Errorf("core waits for %q, want %q", got, c.core)
			}
		})
	}
}

// What a component waits for is in a tier that its own comes after: the order is
// that of the waits.
func TestOrderIsThatOfTheWaits(t *testing.T) {
	v := input(t, func(e *environment.Environment) { e.APIGateway.Enabled = true }).Values
	p := policy{values: v, Delivery: v.Catalog.Delivery, tiers: krm.Tiers[:]}
	checked := 0
	for name, c := range v.Catalog.Components {
		waits, _ := c.Workload["waits"].([]any)
		for _, w := range waits {
			w, _ := w.(map[string]any)
			of, ok := v.Catalog.Components[fmt.Sprint(w["name"])]
			if !ok {
				continue
			}
			checked++
			reached := reach(p, c.Tier)
			if !slices.Contains(reached, of.Tier) {
				t.Errorf("%s (%s) waits for %s (%s), and the tier comes after %v", name, c.Tier, w["name"], of.Tier, reached)
			}
		}
	}
	if checked < 6 {
		t.Errorf("only %d waits were looked at", checked)
	}
}

// reach are all tiers before a tier, near and far.
func reach(p policy, tier string) []string {
	var all []string
	for _, t := range p.before(tier) {
		all = append(append(all, t), reach(p, t)...)
	}
	return all
}

// The timeout is whole minutes, five at least, and what is written wins.
func TestTimeout(t *testing.T) {
	of := func(seconds int64) part {
		return part{of: []kustomize.Object{object("StatefulSet", "core", map[string]any{
			"template": map[string]any{"spec": map[string]any{"terminationGracePeriodSeconds": seconds}},
		})}}
	}
	for _, c := range []struct {
		seconds int64
		cancels bool
		written string
		want    string
	}{
		{299, true, "", "5m"}, {300, true, "", "5m"}, {301, true, "", "6m"}, {600, true, "", "10m"}, {601, true, "", "11m"},
		{601, false, "", "5m"}, {601, true, "90s", "90s"}, {601, false, "1h", "1h"},
	} {
		d := &delivery{Input: input(t, func(e *environment.Environment) {
			e.GitOps.Flux = &environment.Flux{CancelsHealthChecks: c.cancels, Timeout: c.written}
		})}
		if got := d.fluxTimeout(of(c.seconds)); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// custom/ has no wave of ours: what pods read comes first, what nobody knows last,
// and what has a wave keeps it.
func TestCustomWaves(t *testing.T) {
	waved := object("Deployment", "", nil)
	waved.Value["metadata"] = map[string]any{"annotations": map[string]any{argoWave: "-1"}}
	in := input(t, nil, object("ConfigMap", "foundation", nil), object("Deployment", "data", nil))
	d := &delivery{Input: in, policy: policyOf(in)}
	for name, c := range map[string]struct {
		object kustomize.Object
		want   int
	}{
		"a Secret":          {object("Secret", "", nil), 0},
		"an unknown kind":   {object("Widget", "", nil), 2},
		"what has its wave": {waved, 0},
		"a generated one":   {object("Deployment", "data", nil), 1},
	} {
		if got := d.argoWave(c.object); got != c.want {
			t.Errorf("%s: wave %d, want %d", name, got, c.want)
		}
	}
}

// A Job that tries the rest is a hook after the sync, which goes when it has
// succeeded: Argo CD prunes none, and the next may have another name.
func TestArgoHook(t *testing.T) {
	in := input(t, nil)
	job := object("Job", "packages", nil)
	value.Map(job.Value, "metadata", "labels")[krm.NameLabel] = policyOf(in).tests[0]
	in.Built = []kustomize.Object{job, object("Job", "", nil)}
	d := &delivery{Input: in, policy: policyOf(in)}
	want := map[string]string{argoHook: "PostSync", argoHookDelete: "BeforeHookCreation,HookSucceeded"}
	if diff := cmp.Diff(want, d.argoAnnotations(job)); diff != "" {
		t.Errorf("annotations of a test (-want +got):\n%s", diff)
	}
	if got := d.argoAnnotations(in.Built[1])[argoHook]; got != "" {
		t.Errorf("a Job of the user's is a hook: %s", got)
	}
}

// The account may change what is written and read what workloads make of it, and
// nothing of the latter more: Flux looks at pods and at ReplicaSets to know whether a
// workload is healthy.
func TestRights(t *testing.T) {
	in := input(t, func(e *environment.Environment) { e.GitOps.Flux = &environment.Flux{ServiceAccount: true} })
	d := &delivery{Input: in, policy: policyOf(in)}
	may := map[string][]any{}
	for _, r := range d.rights() {
		rule := r.(krm.M)
		for _, resource := range rule["resources"].([]any) {
			key := fmt.Sprintf("%v/%v", rule["apiGroups"].([]any)[0], resource)
			may[key] = append(may[key], rule["verbs"].([]any)...)
		}
	}
	all := []any{"get", "list", "watch", "create", "update", "patch", "delete"}
	for key, want := range map[string][]any{
		"apps/statefulsets": all, "/namespaces": all, "apps/replicasets": all[:3], "/pods": all[:3], "/nodes": nil,
		"monitoring.googleapis.com/rules": all, "monitoring.coreos.com/podmonitors": all,
		"rbac.authorization.k8s.io/roles": append(slices.Clone(all), "bind", "escalate"),
	} {
		if diff := cmp.Diff(want, may[key]); diff != "" {
			t.Errorf("rights over %s (-want +got):\n%s", key, diff)
		}
	}
}

// What only somebody who watches reads goes when it is not generated any more; any
// other ConfigMap stays for pods that still start with it.
func TestWatchedIsPruned(t *testing.T) {
	for component, kept := range map[string]bool{"nginx": true, "monitoring": false} {
		o := object("ConfigMap", "edge", nil)
		value.Map(o.Value, "metadata", "labels")[krm.NameLabel] = component
		in := input(t, nil, o)
		d := &delivery{Input: in, policy: policyOf(in)}
		p := d.annotated(part{of: in.Built})
		if got := p.objects[0].Add[fluxPrune] != ""; got != kept {
			t.Errorf("a ConfigMap of %s is kept: %v", component, got)
		}
	}
}

func TestPlural(t *testing.T) {
	for kind, want := range map[string]string{
		"NetworkPolicy": "networkpolicies", "Ingress": "ingresses", "Service": "services", "Endpoints": "endpoints", "HTTPRoute": "httproutes", "Proxy": "proxies", "Box": "boxes",
	} {
		if got := plural(kind); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
}

// Each difference is seen: an object too much, one too few, one that is otherwise.
func TestProve(t *testing.T) {
	a, b := object("ConfigMap", "core", nil), object("Job", "packages", nil)
	a.Name, b.Name = "a", "b"
	w := Wrapper{Dir: "w", Of: []Annotated{{Object: a, Add: map[string]string{"x": "y"}}, {Object: b}}}
	annotated := a
	annotated.Value = Annotated{Object: a, Add: map[string]string{"x": "y"}}.value()
	if err := w.Prove([]kustomize.Object{b, annotated}); err != nil {
		t.Errorf("refused what is right: %v", err)
	}
	for name, built := range map[string][]kustomize.Object{
		"too few": {annotated}, "too many": {annotated, b, object("Secret", "core", nil)}, "not annotated": {a, b}, "twice": {annotated, annotated, b},
	} {
		if w.Prove(built) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

// All that is said of kinds is said of kinds that there are.
func TestKindsAreKnown(t *testing.T) {
	for release, c := range releases(t) {
		known := map[string]bool{}
		for _, k := range c.Delivery.Kinds {
			known[k.Kind] = true
		}
		for _, o := range c.Delivery.Outside {
			if !known[o.Kind] {
				t.Errorf("%s: outside names %s, which no environment has", release, o.Kind)
			}
		}
		for _, h := range c.Delivery.Health {
			if !slices.ContainsFunc(c.Delivery.Kinds, func(k catalog.Kind) bool { return k.APIVersion == h.APIVersion && k.Kind == h.Kind }) {
				t.Errorf("%s: health of %s %s, which no environment has", release, h.APIVersion, h.Kind)
			}
		}
	}
}

func releases(t *testing.T) map[string]*catalog.Catalog {
	t.Helper()
	all := map[string]*catalog.Catalog{}
	for _, release := range []string{"2.0.0", "head"} {
		all[release] = input(t, func(e *environment.Environment) { e.OpenWhisk = release }).Values.Catalog
	}
	return all
}

// What Flux leaves is what the clean-up takes: the one annotates what the other
// looks for.
func TestCleanUpKnowsWhatFluxLeaves(t *testing.T) {
	program, err := source.Files.ReadFile("flux/configmaps.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("label = { key: %q, value: %q }", krm.ManagedByLabel, krm.Manager),
		fmt.Sprintf("annotation = { key: %q, value: %q }", fluxPrune, fluxDisabled),
	} {
		if !strings.Contains(string(program), want) {
			t.Errorf("configmaps.js has no %s", want)
		}
	}
	kept := object("ConfigMap", "core", nil)
	d := delivery{policy: policyOf(input(t, nil, kept))}
	if got := d.annotated(part{of: []kustomize.Object{kept}}).objects[0].Add; got[fluxPrune] != fluxDisabled {
		t.Errorf("a generated ConfigMap has %v", got)
	}
}

// Over names, labels and annotations alone a wrapper that selects otherwise is seen.
func TestBareProof(t *testing.T) {
	data := object("StatefulSet", "data", map[string]any{"replicas": int64(1)})
	core := object("Deployment", "core", map[string]any{"replicas": int64(1)})
	for i, o := range []*kustomize.Object{&data, &core} {
		o.APIVersion, o.Name, o.Namespace = "apps/v1", fmt.Sprint("o", i), "n"
		o.Value["apiVersion"] = o.APIVersion
		metadata := o.Value["metadata"].(map[string]any)
		metadata["name"], metadata["namespace"] = o.Name, o.Namespace
	}
	in := input(t, func(e *environment.Environment) { e.GitOps.ArgoCD = &environment.ArgoCD{} }, data, core)
	out, err := Of(in)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := out.Bare()
	if err != nil {
		t.Fatal(err)
	}
	w := bare[0]
	prove := func(files map[string][]byte) error {
		built, err := kustomize.Build(kustomize.NewTree(w.Stand(), files), w.Dir)
		if err != nil {
			t.Fatal(err)
		}
		return w.Prove(built)
	}
	if err := prove(out.Files); err != nil {
		t.Errorf("refused what is right: %v", err)
	}
	file := w.Dir + "/kustomization.yaml"
	other := strings.Replace(string(out.Files[file]), "component=core", "component=data", 1)
	if other == string(out.Files[file]) {
		t.Fatalf("nothing was changed in\n%s", other)
	}
	out.Files[file] = []byte(other)
	if prove(out.Files) == nil {
		t.Error("a selector of another tier was not seen")
	}
}

// A wrapper of many objects is proven in parts, and between them nothing is lost: one
// that is not built, and one that nothing is said of, are seen in whichever they are.
func TestParts(t *testing.T) {
	for _, n := range []int{mostObjects - 1, mostObjects, mostObjects + 1, 2*mostObjects + 1} {
		w := Wrapper{Dir: "d", On: []Source{{Folder: "f"}}}
		for i := range n {
			o := kustomize.Object{APIVersion: "v1", Kind: "ConfigMap", Name: fmt.Sprint("o", i)}
			w.On[0].Objects = append(w.On[0].Objects, o)
			w.Of = append(w.Of, Annotated{Object: o})
		}
		missing := Annotated{Object: kustomize.Object{APIVersion: "v1", Kind: "ConfigMap", Name: "nowhere"}}
		w.Of = append(w.Of, missing)
		parts := w.parts()
		if want := (n + mostObjects - 1) / mostObjects; len(parts) != want {
			t.Errorf("%d objects: %d parts, want %d", n, len(parts), want)
		}
		var on []kustomize.Object
		var of []Annotated
		for _, p := range parts {
			on, of = append(on, p.On[0].Objects...), append(of, p.Of...)
		}
		if !reflect.DeepEqual(on, w.On[0].Objects) || !reflect.DeepEqual(of, w.Of) {
			t.Errorf("%d objects: the parts have %d, and are of %d", n, len(on), len(of))
		}
	}
}
