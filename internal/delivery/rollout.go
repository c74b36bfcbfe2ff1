package delivery

import (
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/kustomize"
	"github.com/whiskops/whiskops/internal/value"
)

// Kubernetes' own defaults, in seconds and counts.
// Source: the API reference of Pod and Probe.
const (
	graceDefault   = 30
	periodDefault  = 10
	failureDefault = 3
)

// rolls is how long a good rollout of a workload takes at most, in seconds; 0
// for other objects. A DaemonSet's pods are counted by nobody here: it is one
// step for each of its share.
func rolls(o kustomize.Object) int {
	pod := value.PodSpec(o.Value)
	if pod == nil {
		return 0
	}
	step := stop(pod) + start(pod)
	spec := value.Map(o.Value, "spec")
	switch o.Kind {
	case "StatefulSet":
		return count(spec, "replicas", 1) * (step + count(spec, "minReadySeconds", 0))
	case "Deployment":
		replicas := count(spec, "replicas", 1)
		at := value.Map(spec, "strategy", "rollingUpdate")
		surge, away := share(at["maxSurge"], replicas, true), share(at["maxUnavailable"], replicas, false)
		if value.Map(spec, "strategy")["type"] == "Recreate" {
			surge, away = 0, replicas
		}
		steps := max(1, surge+away)
		return (replicas + steps - 1) / steps * (step + count(spec, "minReadySeconds", 0))
	case "DaemonSet":
		away := share(value.Map(spec, "updateStrategy", "rollingUpdate")["maxUnavailable"], 100, true)
		return (100 + max(1, away) - 1) / max(1, away) * step
	default:
		return 0
	}
}

// stop is how long a pod may take to end.
func stop(pod map[string]any) int { return count(pod, "terminationGracePeriodSeconds", graceDefault) }

// start is how long its containers may take to be ready.
func start(pod map[string]any) int {
	longest := 0
	containers, _ := pod["containers"].([]any)
	for _, c := range containers {
		probe := value.Map(c, "startupProbe")
		if probe == nil {
			probe = value.Map(c, "readinessProbe")
		}
		if probe == nil {
			continue
		}
		longest = max(longest, count(probe, "initialDelaySeconds", 0)+
			count(probe, "failureThreshold", failureDefault)*count(probe, "periodSeconds", periodDefault))
	}
	return longest
}

// count is a number of a mapping.
func count(m map[string]any, name string, otherwise int) int {
	if n, ok := m[name].(int64); ok {
		return int(n)
	}
	return otherwise
}

// share of a number of pods, as a number or in percent.
func share(v any, of int, up bool) int {
	text, ok := v.(string)
	if !ok {
		n, _ := v.(int64)
		return int(n)
	}
	percent, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
	if err != nil {
		return 0
	}
	if up {
		return (of*percent + 99) / 100
	}
	return of * percent / 100
}
