package placement

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/krm/krmtest"
)

// What was done is told, and no spreading that gave way to the object's own.
func TestTold(t *testing.T) {
	const config = "apiVersion: fn.whiskops.github.io/v1alpha1\nkind: SetPlacement\nmetadata: {name: a}\nspec: {selector: {}, "
	const web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {metadata: {labels: {app: web}}, spec: {"
	const theirs = "topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, maxSkew: 3, whenUnsatisfiable: DoNotSchedule}]"
	for name, tt := range map[string]struct {
		spec, pod string
		want      []string
	}{
		"both":                {"spread: hard, zones: hard", "", []string{"info: spread over nodes, hard; spread over zones, hard"}},
		"neither":             {"spread: none", theirs, []string{"info: placed anywhere"}},
		"theirs":              {"spread: soft, zones: hard", theirs, []string{"warning", "info: spread over nodes, soft; spread over zones as it says itself"}},
		"theirs of the zones": {"zones: hard", theirs, []string{"warning", "info: spread over zones as it says itself"}},
	} {
		rl, err := krmtest.Read([]byte(config+tt.spec+"}"), []byte(web+tt.pod+"}}}"))
		if err != nil {
			t.Fatal(err)
		}
		if err := Process(rl); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rl.Results {
			if r.Severity == krm.Info {
				got = append(got, r.Severity+": "+r.Message)
			} else {
				got = append(got, r.Severity)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
