package derived

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
)

// Measured are the components whose metrics are read, by name, in order.
func (v *Values) Measured() []string {
	if v.Env.Metrics == nil {
		return nil
	}
	return v.where(func(c catalog.Component) bool { return v.runs(c) && c.Metrics != nil })
}

// Alerts of what the environment has, with their templates.
func (v *Values) Alerts() []catalog.Alert {
	if m := v.Env.Metrics; m == nil || !m.Alerts {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.Catalog.Alerts.Value()), func(a catalog.Alert) bool {
		return !v.Has(a.Component) || !a.When.Holds(v.Env) || !v.holds(a.If)
	})
}

// holds tells whether a template of the catalogue comes out as true, or is none.
func (v *Values) holds(condition string) bool {
	text, err := catalog.Text(condition, v)
	return condition == "" || err == nil && text == "true"
}

// Panels of what the environment has, with their templates.
func (v *Values) Panels() []catalog.Panel {
	return slices.DeleteFunc(slices.Clone(v.Catalog.Dashboard.Value().Panels), func(p catalog.Panel) bool {
		return !v.Has(p.Component) || !p.When.Holds(v.Env)
	})
}

// Series is the selector of what a component's pods export, in PromQL, with further
// matchers, if there are any.
func (v *Values) Series(component string, matchers ...string) string {
	// The pods of a StatefulSet have numbers: no other component whose name
	// begins alike is meant.
	pods := component + "-.+"
	if v.Kind(component) == "StatefulSet" {
		pods = component + "-[0-9]+"
	}
	all := append([]string{fmt.Sprintf("namespace=%q", v.Env.Namespace), fmt.Sprintf("pod=~%q", pods)}, matchers...)
	return "{" + strings.Join(all, ",") + "}"
}

// Port of a pod by its name.
type Port struct {
	Name   string
	Number int
}

// Ports that the pods of a component listen on, in the order of their numbers.
func (v *Values) Ports(component string) []Port {
	c := v.Catalog.Components[component]
	main, _ := c.Workload["main"].(map[string]any)
	var all []Port
	for _, container := range append(v.there(c.Workload["sidecars"]), main) {
		for _, port := range v.there(container["ports"]) {
			name := textOf(port, "name")
			all = append(all, Port{name, c.Port(name)})
		}
	}
	slices.SortFunc(all, func(a, b Port) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name)) })
	return all
}

// Sidecars of a component that are there, as the catalogue has them.
func (v *Values) Sidecars(component string) []map[string]any {
	return v.there(v.Catalog.Components[component].Workload["sidecars"])
}

// ByAnnotations is metrics.monitors where annotations of pods say where metrics are.
const ByAnnotations = "annotations"

// PodAnnotations tell a Prometheus that looks for them where a component's metrics
// are. Nothing says so officially; many configurations of Prometheus do.
func (v *Values) PodAnnotations(component string) map[string]string {
	m, c := v.Env.Metrics, v.Catalog.Components[component]
	if m == nil || m.Monitors != ByAnnotations || c.Metrics == nil {
		return nil
	}
	return map[string]string{
		"prometheus.io/scrape": "true",
		"prometheus.io/port":   strconv.Itoa(c.Port(c.Metrics.Port)),
		"prometheus.io/path":   c.Metrics.Path,
	}
}
