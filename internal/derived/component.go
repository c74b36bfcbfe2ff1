package derived

import (
	"maps"
	"slices"

	"github.com/whiskops/whiskops/generators/workload"
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
)

// Kinds of workloads that decide how many pods there are.
const (
	Job       = "Job"
	CronJob   = "CronJob"
	DaemonSet = "DaemonSet"
)

// Planned are the components that the environment has, by name, in order. One
// that does not run is there by what it makes besides pods.
func (v *Values) Planned() []string {
	return v.where(func(c catalog.Component) bool { return c.When.Holds(v.Env) })
}

// Components that run, by name, in order.
func (v *Values) Components() []string { return v.where(v.runs) }

func (v *Values) where(is func(catalog.Component) bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(v.Catalog.Components)), func(name string) bool {
		return !is(v.Catalog.Components[name])
	})
}

func (v *Values) runs(c catalog.Component) bool { return c.When.Holds(v.Env) && c.Runs.Holds(v.Env) }

// Has tells whether a component runs in the cluster.
func (v *Values) Has(component string) bool {
	c, ok := v.Catalog.Components[component]
	return ok && v.runs(c)
}

// Kind of a component's workload. Some are the environment's to choose.
func (v *Values) Kind(component string) string {
	text, _ := v.Catalog.Components[component].Workload["kind"].(string)
	kind, err := catalog.Text(text, v)
	if err != nil {
		return "" // a fault of the catalogue, which planning the workload reports
	}
	return kind
}

// Passes tells whether a component's pods come and go, as a Job's do.
func (v *Values) Passes(component string) bool {
	kind := v.Kind(component)
	return kind == Job || kind == CronJob
}

// Autoscale of a component; nil where its number of pods is written.
func (v *Values) Autoscale(component string) *environment.Autoscale {
	path := v.Catalog.Components[component].Autoscale
	if path == "" {
		return nil
	}
	return field.Of(v.Env, path).Interface().(*environment.Autoscale)
}

// Fewest replicas of a component that there may be at a time.
func (v *Values) Fewest(component string) int {
	if a := v.Autoscale(component); a != nil {
		return a.Min
	}
	return v.Replicas(component)
}

// Replicas of a component: 1 for a Job or a CronJob, the nodes of its pool for a DaemonSet, the
// most that an autoscaler makes.
func (v *Values) Replicas(component string) int {
	path := v.Catalog.Components[component].Replicas
	if a := v.Autoscale(component); a != nil {
		return a.Max
	}
	switch {
	case v.Kind(component) == DaemonSet:
		return v.Env.Cluster.Nodes[v.Pool(component)].Count
	case path == "":
		return 1
	}
	return int(field.Of(v.Env, path).Int())
}

// Voter is set for a component whose pods vote in a quorum.
func (v *Values) Voter(component string) *catalog.Voter {
	voter := v.Catalog.Components[component].Voter
	if voter == nil || !voter.When.Holds(v.Env) {
		return nil
	}
	return voter
}

// CallsAPI tells whether a component's pods talk to the Kubernetes API.
func (v *Values) CallsAPI(component string) bool {
	when := v.Catalog.Components[component].APIServer
	return when != nil && when.Holds(v.Env)
}

// Tokens are the Secrets that are generated with an account's token, each with
// its component.
func (v *Values) Tokens() map[string]string {
	tokens := map[string]string{}
	for _, name := range v.Components() {
		if v.Catalog.Components[name].Workload["lastingToken"] == true {
			tokens[workload.TokenSecret(name)] = name
		}
	}
	return tokens
}

// Resources that the environment gives a component's main container, and the
// field that says so; nil where they are the catalogue's.
func (v *Values) Resources(component string) (*environment.Resources, string) {
	path := v.Catalog.Components[component].Resources
	if path == "" {
		return nil, ""
	}
	r := field.Of(v.Env, path).Interface().(environment.Resources)
	return &r, path
}

// Volume of a component that keeps data, and the field that says so; nil for
// one that keeps none.
func (v *Values) Volume(component string) (*environment.Volume, string) {
	data := v.Catalog.Components[component].Data
	if data == nil {
		return nil, ""
	}
	volume := field.Of(v.Env, data.Volume).Interface().(environment.Volume)
	return &volume, data.Volume
}

// Heap of a component's JVM; empty for one that has none.
func (v *Values) Heap(component string) string {
	heap := v.Catalog.Components[component].Heap
	if heap == nil {
		return ""
	}
	return field.Of(v.Env, heap.Field).String()
}

// ActionAnnotations are those of action pods, which autoscalers of the platform's
// nodes read.
func (v *Values) ActionAnnotations() map[string]string {
	all := v.Catalog.Actions.Annotations
	if own, ok := all[v.Env.Cluster.Platform]; ok {
		return own
	}
	return all["generic"]
}
