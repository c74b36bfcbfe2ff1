// Package rollout says how a workload's pods are replaced when their template
// changes: how many, how many at a time, and how long that takes at most.
//
// In: a workload as plain values. Out: counts and seconds.
package rollout

import (
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/value"
)

// Kubernetes' own defaults, in seconds and counts.
// Source: the API reference of Pod and Probe.
const (
	graceDefault   = 30
	periodDefault  = 10
	failureDefault = 3
)

// Rollout of one workload.
type Rollout struct {
	// Pods that are replaced. A DaemonSet's are counted by nobody here: it is a
	// hundred, of which each step takes its share.
	Pods int
	// Away is how many of them may be missing at a time, and Steps how often that
	// many are replaced.
	Away, Steps int
	// Stop and Start of one pod at most, and what a new one must be ready for before the
	// next goes, in seconds.
	Stop, Start, Ready int
}

// Seconds that a good rollout takes at most.
func (r Rollout) Seconds() int { return r.Steps * (r.Stop + r.Start + r.Ready) }

// Drains are the seconds that stopping takes at most, in all steps together.
func (r Rollout) Drains() int { return r.Steps * r.Stop }

// Of is how a workload rolls; false for what has no pods, or whose pods are not
// replaced.
func Of(o map[string]any) (Rollout, bool) {
	pod := value.PodSpec(o)
	if pod == nil {
		return Rollout{}, false
	}
	spec := value.Map(o, "spec")
	r := Rollout{Stop: stop(pod), Start: start(pod), Ready: count(spec, "minReadySeconds", 0)}
	switch o["kind"] {
	case "StatefulSet":
		r.Pods, r.Away = count(spec, "replicas", 1), 1
		r.Steps = r.Pods
	case "Deployment":
		r.Pods = count(spec, "replicas", 1)
		at := value.Map(spec, "strategy", "rollingUpdate")
		surge, away := share(at["maxSurge"], r.Pods, true), share(at["maxUnavailable"], r.Pods, false)
		if value.Map(spec, "strategy")["type"] == "Recreate" {
			surge, away = 0, r.Pods
		}
		r.Away, r.Steps = away, steps(r.Pods, surge+away)
	case "DaemonSet":
		r.Pods, r.Away = 100, share(value.Map(spec, "updateStrategy", "rollingUpdate")["maxUnavailable"], 100, true)
		r.Ready = 0
		r.Steps = steps(r.Pods, r.Away)
	default:
		return Rollout{}, false
	}
	return r, true
}

// steps that it takes to replace pods, some at a time.
func steps(pods, atATime int) int {
	atATime = max(1, atATime)
	return (pods + atATime - 1) / atATime
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
