// Package topology says what an environment looks like: its components and who
// talks to whom, what is outside, its pools of nodes, and what the loss of a zone
// takes. It draws nothing, and judges nothing.
//
// In: the derived values of an environment. Out: plain values, in an order that says
// nothing but is always the same.
package topology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/rules"
)

// Topology of an environment.
type Topology struct {
	// Tiers in the order of who calls whom, as far as there is one; each with its
	// components in the order of their names.
	Tiers []Tier
	// Outside are the ends of edges that are no component.
	Outside []Outside
	Edges   []Edge
	// Pools of nodes; none where it is not known which pods are on them.
	Pools []rules.Sum
	// Zones are where the pods of components are.
	Zones []Spread
}

// Tier of an installation.
type Tier struct {
	Name       string
	Components []Component
}

// Component that runs.
type Component struct {
	Name string
	// Kind of the workload, and how many pods it has at most.
	Kind string
	Pods int
	// Pool of nodes; empty where pods go anywhere.
	Pool string
	// Ports that its main container listens on.
	Ports []Port
}

// Port by its name.
type Port = derived.Port

// Outside is somebody that no component is.
type Outside struct {
	// ID is what edges name it by. No component has one like it.
	ID string
	// Name for people: a host, or what it is.
	Name string
	// Above says that it calls the installation, and is not called alone.
	Above bool
}

// Edge from who calls to who is called.
type Edge struct {
	From, To string
	// Ports that are called, sorted. None: not known.
	Ports []int
}

// Ends of edges outside. A component's name has no space.
const (
	callers    = "who calls"
	scraper    = "who measures"
	actionPods = "action pods"
	apiServer  = "Kubernetes API"
)

// Of an environment. An error is a fault of the catalogue.
func Of(v *derived.Values) (Topology, error) {
	m := maker{Values: v, seen: map[string]bool{}}
	for _, name := range v.Components() {
		if err := m.component(name); err != nil {
			return Topology{}, err
		}
	}
	if v.Has(v.Catalog.Actions.By) {
		m.outside(actionPods, "action pods, namespace "+v.ActionNamespace, false)
		m.edge(v.Catalog.Actions.By, actionPods, v.Catalog.Actions.Port)
		if err := m.needs(actionPods, v.Catalog.Actions.Needs); err != nil {
			return Topology{}, err
		}
	}
	for _, name := range v.Measured() {
		c := v.Catalog.Components[name]
		m.outside(scraper, "who reads metrics, namespace "+v.Env.Metrics.Namespace, true)
		m.edge(scraper, name, c.Port(c.Metrics.Port))
	}
	t := m.made
	t.Tiers, t.Pools, t.Zones = ordered(tiers(v), t.Edges), rules.Sums(v), zones(v)
	slices.SortFunc(t.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return t, nil
}

// maker of a topology.
type maker struct {
	*derived.Values
	made Topology
	seen map[string]bool
}

func (m *maker) outside(id, name string, above bool) {
	if !m.seen[id] {
		m.seen[id] = true
		m.made.Outside = append(m.made.Outside, Outside{id, name, above})
	}
}

// edge is one between two ends, whatever the number of reasons for it.
func (m *maker) edge(from, to string, ports ...int) {
	i := slices.IndexFunc(m.made.Edges, func(e Edge) bool { return e.From == from && e.To == to })
	if i < 0 {
		i = len(m.made.Edges)
		m.made.Edges = append(m.made.Edges, Edge{From: from, To: to})
	}
	e := &m.made.Edges[i]
	e.Ports = append(e.Ports, ports...)
	slices.Sort(e.Ports)
	e.Ports = slices.Compact(e.Ports)
}

// component adds the edges that start at it, and those of the world to its public ports.
func (m *maker) component(name string) error {
	c := m.Catalog.Components[name]
	for _, public := range c.Public {
		if public.When.Holds(m.Env) {
			m.callers()
			m.edge(callers, name, c.Port(public.Port))
		}
	}
	if err := m.needs(name, c.Needs); err != nil {
		return err
	}
	if m.CallsAPI(name) {
		m.outside(apiServer, apiServer, false)
		m.edge(name, apiServer, m.APIPorts()...)
	}
	for _, outside := range c.Outside {
		servers := m.Servers(outside.Servers)
		if len(servers) == 0 || !outside.When.Holds(m.Env) {
			continue
		}
		id := "servers of " + outside.Servers
		m.outside(id, strings.Join(servers, ", "), false)
		m.edge(name, id, derived.Ports(servers)...)
	}
	return nil
}

// callers come through what stands in front of the edge.
func (m *maker) callers() {
	name := "who calls " + m.PublicURL
	var through []string
	for _, f := range m.Fronts() {
		through = append(through, cmp.Or(f.Name, f.On))
	}
	if len(through) > 0 {
		name += " through " + strings.Join(through, ", ")
	}
	m.outside(callers, name, true)
}

// needs are edges to components, or to the servers outside that stand for them.
func (m *maker) needs(from string, needs []catalog.Need) error {
	for _, need := range needs {
		if !need.When.Holds(m.Env) {
			continue
		}
		c := m.Catalog.Components[need.Component]
		if m.Has(need.Component) {
			ports := make([]int, len(need.Ports))
			for i, port := range need.Ports {
				if ports[i] = c.Port(port); ports[i] == 0 {
					return fmt.Errorf("catalogue: component %s has no port %q", need.Component, port)
				}
			}
			m.edge(from, need.Component, ports...)
			continue
		}
		if c.External == nil {
			continue
		}
		if to := m.Endpoint(need.Component); to.Outside {
			id := need.Component + " outside"
			m.outside(id, need.Component+" at "+to.Servers, false)
			m.edge(from, id, to.Ports...)
		}
	}
	return nil
}

// tiers of an environment by their names.
func tiers(v *derived.Values) []Tier {
	by := map[string][]Component{}
	for _, name := range v.Components() {
		c := v.Catalog.Components[name]
		by[c.Tier] = append(by[c.Tier], Component{
			Name: name, Kind: v.Kind(name), Pods: v.Replicas(name), Pool: v.Placement(name).Pool, Ports: v.Ports(name),
		})
	}
	var all []Tier
	for _, name := range slices.Sorted(maps.Keys(by)) {
		all = append(all, Tier{name, by[name]})
	}
	return all
}
