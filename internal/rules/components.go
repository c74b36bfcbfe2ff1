package rules

import (
	"encoding/json"
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
	var main struct {
		Resources environment.Resources `json:"resources"`
	}
	// What the catalogue does not say counts as nothing.
	text, err := json.Marshal(c.Catalog.Components[component].Workload["main"])
	if err == nil {
		_ = json.Unmarshal(text, &main)
	}
	return demand{Resources: main.Resources}
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
