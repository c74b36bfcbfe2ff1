package derived

import (
	"testing"

	"github.com/whiskops/whiskops/internal/environment"
)

// Voters with a volume each are apart where three zones are, unless something
// else says where their volumes are.
func TestZonesOfVoters(t *testing.T) {
	const pool = "core"
	for name, test := range map[string]struct {
		zones  int
		change func(*environment.Environment)
		want   string
	}{
		"two zones":   {2, nil, "soft"},
		"three zones": {3, nil, "hard"},
		"four zones":  {4, nil, "hard"},
		"written": {3, func(e *environment.Environment) {
			e.Placement.Rules = map[string]environment.PlacementRule{"kafka": {Zones: "soft"}}
		}, "soft"},
		"no votes":     {3, func(e *environment.Environment) { e.Kafka.Mode = "separate" }, "soft"},
		"nothing kept": {3, func(e *environment.Environment) { e.Kafka.Volume.None = &struct{}{} }, "soft"},
		"a server's": {3, func(e *environment.Environment) {
			e.Kafka.Volume.NFS = &environment.NFSVolume{Server: "nfs", Path: "/k"}
		}, "soft"},
		"nodes' own": {3, func(e *environment.Environment) { e.Kafka.Volume.Local = &environment.LocalVolume{} }, "soft"},
	} {
		t.Run(name, func(t *testing.T) {
			v := of(t, func(env *environment.Environment) {
				env.Placement.Enabled = true
				env.Cluster.Nodes = map[string]environment.NodePool{pool: {Count: 6, Zones: test.zones}}
				if test.change != nil {
					test.change(env)
				}
			})
			if got := v.Placement("kafka").Zones; got != test.want {
				t.Errorf("zones of kafka: %q, want %q", got, test.want)
			}
		})
	}
}
