package rollout

import "testing"

func TestRollout(t *testing.T) {
	pod := func(grace int64, probe map[string]any) map[string]any {
		return map[string]any{"spec": map[string]any{
			"terminationGracePeriodSeconds": grace, "containers": []any{map[string]any{"startupProbe": probe}},
		}}
	}
	probe := map[string]any{"failureThreshold": int64(6), "periodSeconds": int64(5)}
	rolling := func(surge, away any) map[string]any {
		return map[string]any{"rollingUpdate": map[string]any{"maxSurge": surge, "maxUnavailable": away}}
	}
	for name, c := range map[string]struct {
		kind string
		spec map[string]any
		want int
	}{
		"one by one":        {"StatefulSet", map[string]any{"replicas": int64(3), "minReadySeconds": int64(10), "template": pod(20, probe)}, 3 * (20 + 30 + 10)},
		"one pod":           {"StatefulSet", map[string]any{"template": pod(20, probe)}, 50},
		"a tenth of ten":    {"Deployment", map[string]any{"replicas": int64(10), "strategy": rolling("10%", int64(0)), "template": pod(20, probe)}, 10 * 50},
		"a tenth of eleven": {"Deployment", map[string]any{"replicas": int64(11), "strategy": rolling("10%", int64(0)), "template": pod(20, probe)}, 6 * 50},
		"all at once":       {"Deployment", map[string]any{"replicas": int64(4), "strategy": map[string]any{"type": "Recreate"}, "template": pod(20, probe)}, 50},
		"without probes":    {"Deployment", map[string]any{"strategy": rolling(int64(1), int64(0)), "template": pod(20, nil)}, 20},
		"a tenth of nodes":  {"DaemonSet", map[string]any{"updateStrategy": rolling(nil, "10%"), "template": pod(20, probe)}, 10 * 50},
		"no rollout":        {"CronJob", map[string]any{"jobTemplate": map[string]any{"spec": map[string]any{"template": pod(20, probe)}}}, 0},
		"no pods":           {"Service", nil, 0},
	} {
		r, ok := Of(map[string]any{"kind": c.kind, "spec": c.spec})
		if got := r.Seconds(); got != c.want || ok != (c.want > 0) {
			t.Errorf("%s: %d s, want %d", name, got, c.want)
		}
	}
}
