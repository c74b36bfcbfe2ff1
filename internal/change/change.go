// Package change owns what a change of a set of Kubernetes objects means to the
// cluster that has the old ones: what its API server refuses, what loses data,
// what restarts, what runs again, and what is left behind.
//
// In: two sets of objects as plain values, and the catalogue's facts about them.
// Out: effects, in one order for the same input. Each object that differs has at least one. Nothing is
// read, and no cluster is asked. Whether an effect stops the work is judged in
// internal/judge.
package change

import (
	"cmp"
	"slices"

	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/rollout"
	"github.com/whiskops/whiskops/internal/value"
)

// Object of a set.
type Object struct {
	APIVersion string
	ID
	// Is its name with the hash of its content, if it has one.
	Is string
	// Value of it, in which hashed names are without their hash.
	Value map[string]any
	// File that it is shown in: its name in golden/<environment>/. Empty for an
	// object that is from elsewhere.
	File string

	raw map[string]any // with the hashes
}

// ID is the identity of an object: a change of what it is does not change it. The
// name is without the hash of its content.
type ID struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// String is "StatefulSet openwhisk/kafka".
func (id ID) String() string {
	if id.Namespace == "" {
		return id.Kind + " " + id.Name
	}
	return id.Kind + " " + id.Namespace + "/" + id.Name
}

// Component that an object is part of, by its label; empty for one that is nobody's.
func (o Object) Component() string {
	name, _ := value.Map(o.Value, "metadata", "labels")[krm.NameLabel].(string)
	return name
}

// Class of effects.
type Class string

// Classes, the worst first.
const (
	// Refused by the API server: nothing of the set is applied.
	Refused Class = "refused"
	// Data that are lost, or out of reach.
	Data Class = "data"
	// Quorum and copies: fewer voters, brokers or copies than there were.
	Quorum Class = "quorum"
	// Exposed to whom it was not.
	Exposed Class = "exposed"
	// Closed to who reached it.
	Closed Class = "closed"
	// Recreated: deleted under one identity, and made under another.
	Recreated Class = "recreated"
	// Restart of a workload's pods.
	Restart Class = "restart"
	// Rerun of a Job.
	Rerun Class = "rerun"
	// Scale of a workload.
	Scale Class = "scale"
	// Left behind in the cluster, where nothing removes it.
	Left Class = "left behind"
	// Added and Removed objects that do no more than that.
	Added   Class = "added"
	Removed Class = "removed"
	// Setting that differs.
	Setting Class = "setting"
)

// Classes in their order.
var Classes = []Class{Refused, Data, Quorum, Exposed, Closed, Recreated, Restart, Rerun, Scale, Left, Added, Removed, Setting}

// Effect of a change on one object.
type Effect struct {
	Class Class `json:"class"`
	// Object as it is afterwards, or was before it went.
	Object ID `json:"object"`
	// Component of the object; empty: nobody's.
	Component string `json:"component,omitempty"`
	// File of golden/<environment>/ that shows it.
	File string `json:"file,omitempty"`
	// Field of the object that differs, as a path: "spec.replicas",
	// "data.CLUSTER_ID". Empty for the whole object.
	Field string `json:"field,omitempty"`
	// Old and New value of the field, printed on one line and not longer than a
	// person reads; empty where there is none.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// Message says what happens, in one sentence without the object's name.
	Message string `json:"message"`
	// Help says how it is done safely; empty where there is nothing to do.
	Help string `json:"help,omitempty"`
	// Rollout of a restart.
	Rollout *Rollout `json:"rollout,omitempty"`
	// Says are the fields of the environment that it follows from, the nearest
	// first: "kafka.volume.size".
	Says []string `json:"-"`
	// Harmless says that who judges need not stop for it, in spite of its class.
	Harmless bool `json:"-"`
	// Before and After are hashes of the field's value, of the whole object where there
	// is no field; "-" of what is not there.
	Before string `json:"-"`
	After  string `json:"-"`
}

// Rollout is what a restart takes.
type Rollout struct {
	// Pods that are replaced, and how many are away at a time.
	Pods int `json:"pods"`
	Away int `json:"away"`
	// Drains and Seconds are what it takes at most: to stop all of them, and in all.
	Drains  int `json:"drainSeconds"`
	Seconds int `json:"seconds"`
	// Because are the fields of the pods, and the objects that they read, that
	// differ.
	Because []string `json:"because"`
}

func rolloutOf(r rollout.Rollout, because []string) *Rollout {
	return &Rollout{Pods: r.Pods, Away: r.Away, Drains: r.Drains(), Seconds: r.Seconds(), Because: because}
}

// Sort puts effects into their order: class, component, object, field.
func Sort(effects []Effect) {
	slices.SortStableFunc(effects, func(a, b Effect) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Classes, a.Class), slices.Index(Classes, b.Class)),
			cmp.Compare(a.Component, b.Component),
			cmp.Compare(a.Object.Kind, b.Object.Kind), cmp.Compare(a.Object.Namespace, b.Object.Namespace), cmp.Compare(a.Object.Name, b.Object.Name),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message))
	})
}
