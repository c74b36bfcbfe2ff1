package guide

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/overlay"
	"github.com/whiskops/whiskops/internal/pipeline"
	"github.com/whiskops/whiskops/internal/plan"
)

// TestObjects holds the guide against what is really generated: a command that
// names what is not there helps nobody.
func TestObjects(t *testing.T) {
	for name, v := range values(t) {
		t.Run(name, func(t *testing.T) {
			p, err := plan.Of(v)
			if err != nil {
				t.Fatal(err)
			}
			objects, err := pipeline.Run(p)
			if err != nil {
				t.Fatal(err)
			}
			made := map[string]map[string]bool{"tier": {}, "workload": {}, "kind": {}, "job": {}, "volume": {}, "namespace": {}}
			for _, o := range objects {
				kind := strings.ToLower(o.GetKind())
				made["tier"][o.GetLabels()[krm.TierLabel]] = true
				switch kind {
				case "deployment", "statefulset", "daemonset":
					made["workload"][kind+"/"+o.GetName()] = true
					made["kind"][kind] = true
				case "cronjob":
					made["kind"][kind] = true
				case "job":
					made["job"][o.GetLabels()[krm.NameLabel]] = true
					made["kind"][kind] = true
				case "persistentvolume":
					made["volume"][o.GetName()] = true
				case "namespace":
					made["namespace"][o.GetName()] = true
				}
			}
			g := view{Values: &v}
			said := map[string][]string{
				"tier": g.Tiers(), "workload": g.Workloads(), "job": g.Jobs(), "kind": strings.Split(g.Kinds(), ","),
				"namespace": {v.Env.Namespace, v.ActionNamespace},
			}
			if !v.Env.Namespaces.Managed {
				said["namespace"] = nil
			}
			for what, names := range said {
				want := slices.Sorted(maps.Keys(made[what]))
				if diff := cmp.Diff(want, slices.Sorted(slices.Values(names))); diff != "" {
					t.Errorf("%ss (-generated +in the guide):\n%s", what, diff)
				}
			}
			if ordered := slices.IsSortedFunc(g.Tiers(), func(a, b string) int {
				return slices.Index(krm.Tiers[:], a) - slices.Index(krm.Tiers[:], b)
			}); !ordered {
				t.Errorf("tiers are not in order: %v", g.Tiers())
			}
			text := string(Markdown(v, overlay.NoCustom))
			for volume := range made["volume"] {
				first := strings.TrimRight(volume, "0123456789") + "0"
				if !strings.Contains(text, "`"+first+"`") {
					t.Errorf("the guide does not speak of PersistentVolume %s", volume)
				}
			}
		})
	}
}
