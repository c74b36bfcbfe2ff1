package guide

import (
	"fmt"
	"maps"
	"slices"
)

// Readers of metrics, for people.
func (v view) Readers() string {
	m := v.Env.Metrics
	if labels := equal(m.Pods); len(labels) > 0 {
		return fmt.Sprintf("Pods of the namespace `%s` with the labels %s", m.Namespace, list(labels))
	}
	return fmt.Sprintf("The pods of the namespace `%s`", m.Namespace)
}

// SelectedBy are the labels of what a Prometheus selects; empty if there are none.
func (v view) SelectedBy() string { return list(equal(v.Env.Metrics.Labels)) }

// equal writes labels as selectors have them, as code.
func equal(labels map[string]string) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, key+"="+labels[key])
	}
	return code(all)
}

// measure is what the pods of a component export.
type measure struct {
	Pods        string
	Port        int
	Path, Tells string
}

// Measures are what is read.
func (v view) Measures() []measure {
	var all []measure
	for _, name := range v.Measured() {
		c := v.Catalog.Components[name]
		pods := "`" + name + "`"
		if of := c.Metrics.Of; of != "" {
			pods += ", for " + of
		}
		all = append(all, measure{pods, c.Port(c.Metrics.Port), c.Metrics.Path, c.Metrics.Tells})
	}
	return all
}

// NotMeasured are servers outside of whose kind something would be read inside.
func (v view) NotMeasured() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(v.Catalog.Components)) {
		if c := v.Catalog.Components[name]; c.Metrics != nil && c.External != nil && v.Endpoint(name).Outside {
			all = append(all, name)
		}
	}
	return all
}

// Severities of the alerts that there are, with their numbers.
func (v view) Severities() []string {
	counts := map[string]int{}
	for _, a := range v.Alerts() {
		counts[a.Severity]++
	}
	var all []string
	for _, severity := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%d %s", counts[severity], severity))
	}
	return all
}
