package guide

import (
	"fmt"
	"time"
)

// loadThreshold is a row of what a run under load is judged by.
type loadThreshold struct{ What, Limit string }

// LoadMinutes that a run under load takes at most.
func (v view) LoadMinutes() int {
	return int((time.Duration(v.LoadDeadline())*time.Second + time.Minute - 1) / time.Minute)
}

// LoadThresholds that are given.
func (v view) LoadThresholds() []loadThreshold {
	t := v.Env.Load.Thresholds
	var all []loadThreshold
	for _, row := range []loadThreshold{
		{"half of the warm calls", t.P50}, {"95 in a hundred of them", t.P95}, {"99 in a hundred of them", t.P99}, {"95 in a hundred of those that start cold", t.ColdP95},
	} {
		if row.Limit != "" {
			all = append(all, loadThreshold{row.What, "answered within " + row.Limit})
		}
	}
	all = append(all, loadThreshold{"errors", fmt.Sprintf("at most %d in a thousand", t.Errors)})
	if t.Throughput > 0 {
		all = append(all, loadThreshold{"throughput", fmt.Sprintf("at least %d answers in a minute", t.Throughput)})
	}
	return all
}
