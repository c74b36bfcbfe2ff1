package rules

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/whiskops/whiskops/internal/environment"
)

// replicated are the components whose pods the environment counts, in the
// order in which findings speak of them.
func (c *checker) replicated() []string {
	return slices.DeleteFunc(c.Components(), func(name string) bool { return c.replicasField(name) == "" })
}

// fewestField of a component says how few pods it may have, or is "".
func (c *checker) fewestField(component string) string {
	if c.Autoscale(component) != nil {
		return c.Catalog.Components[component].Autoscale + ".min"
	}
	return c.replicasField(component)
}

// replicasField of a component says how many pods it may have, or is "".
func (c *checker) replicasField(component string) string {
	if c.Autoscale(component) != nil {
		return c.Catalog.Components[component].Autoscale + ".max"
	}
	return c.Catalog.Components[component].Replicas
}

// demand is what a component's pods ask for, and the field that says so.
type demand struct {
	environment.Resources
	// field is empty where the catalogue says it.
	field string
}

// demandOf a component's main container.
func (c *checker) demandOf(component string) demand {
	if r, field := c.Resources(component); r != nil {
		return demand{*r, field}
	}
	return demand{Resources: resourcesOf(c.Catalog.Components[component].Workload["main"])}
}

// resourcesOf a container of the catalogue. What it does not say counts as nothing.
func resourcesOf(container any) environment.Resources {
	var of struct {
		Resources environment.Resources `json:"resources"`
	}
	if text, err := json.Marshal(container); err == nil {
		_ = json.Unmarshal(text, &of)
	}
	return of.Resources
}

// podAsks is what a pod of a component asks of one resource: its main container,
// those that the catalogue has beside it, and those that are added.
func (c *checker) podAsks(component string, r resource) int64 {
	sum := r.of(c.demandOf(component).Requests)
	for _, sidecar := range c.Sidecars(component) {
		sum += r.of(resourcesOf(sidecar).Requests)
	}
	for _, added := range c.Additions(component).Sidecars {
		sum += r.of(added.Resources.Requests)
	}
	return sum
}

// asksMost is the field of the container of a pod that asks for most of a resource,
// and how much: the main one's, or that of a sidecar that is added. It is empty where
// the environment cannot say it.
func (c *checker) asksMost(component string, r resource) (field string, ask int64) {
	d := c.demandOf(component)
	if ask = r.of(d.Requests); d.field != "" {
		field = d.field + ".requests." + r.name
	}
	added := c.Additions(component).Sidecars
	for _, name := range slices.Sorted(maps.Keys(added)) {
		if its := r.of(added[name].Resources.Requests); its > ask {
			ask, field = its, environment.JoinPath("additions", component, "sidecars", name, "resources", "requests", r.name)
		}
	}
	return field, ask
}

// standing are the components whose pods stay: Jobs come and go.
func (c *checker) standing() []string {
	var all []string
	for _, name := range c.Components() {
		if !c.Passes(name) {
			all = append(all, name)
		}
	}
	return all
}
