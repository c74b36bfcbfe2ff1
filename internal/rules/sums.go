package rules

import (
	"slices"

	"github.com/whiskops/whiskops/internal/derived"
)

// Sum is what pods ask of a pool's nodes, as the rules add it up: those of Jobs, init
// containers and what other people run there are not counted.
type Sum struct {
	// Pool by its name, and how many nodes and zones it has.
	Pool         string
	Nodes, Zones int
	// CPU in thousandths, Memory in bytes, and Pods.
	CPU, Memory, Pods Measure
}

// Measure is one of the things that nodes have.
type Measure struct {
	// Have is what all nodes have for pods; of pods, without those of the system.
	Have int64
	// Components is what those of the installation ask for, Actions what invokers may
	// start beside them, and Reserve what is kept of the memory for what has no request.
	Components, Actions, Reserve int64
}

// Free is what is left, and less than nothing where it is too much.
func (m Measure) Free() int64 { return m.Have - m.Components - m.Actions - m.Reserve }

// Sums of the pools that an environment describes, by their names. There are none
// where pods go anywhere: nobody knows on which of several pools they are.
func Sums(v *derived.Values) []Sum {
	c := &checker{Values: v}
	if c.anywhere() {
		return nil
	}
	var all []Sum
	for _, name := range c.poolNames() {
		pool := c.Env.Cluster.Nodes[name]
		components := c.onPool(name)
		measure := func(have int64, rows []row) Measure {
			m := Measure{Have: have}
			for _, r := range rows {
				if r.component == actionPods {
					m.Actions += r.all()
				} else {
					m.Components += r.all()
				}
			}
			return m
		}
		s := Sum{Pool: name, Nodes: pool.Count, Zones: pool.Zones}
		nodes := int64(pool.Count)
		for i, m := range []*Measure{&s.CPU, &s.Memory} {
			r := measured[i]
			rows, _ := c.asks(pool, components, r)
			*m = measure(nodes*r.node(pool), rows)
		}
		if slices.Contains(components, c.Catalog.Actions.By) {
			s.Memory.Reserve = nodes * size(c.Env.Invoker.Reserve)
		}
		rows, _ := c.takes(pool, components)
		s.Pods = measure(nodes*int64(c.OwnPods(pool)), rows)
		all = append(all, s)
	}
	return all
}
