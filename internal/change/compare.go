package change

import (
	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/immutable"
)

// Facts are what is known of the objects beyond Kubernetes.
type Facts struct {
	// Catalog of the release; nil: the objects are nobody's components.
	Catalog *catalog.Catalog
	// Votes tells whether a component's pods vote in a quorum, as they are asked
	// for now. Nil: none does.
	Votes func(component string) bool
	// Holds tells whether the environment has what a rule is about. Nil: it has none of it.
	Holds func(catalog.When) bool
	// Prunes tells whether what applies the objects deletes those that are gone from the set, and
	// Kept the kinds that it leaves all the same.
	Prunes bool
	Kept   []string
	// Same are the objects that do not differ, where one that does is Related.
	Same []Object
}

// Compare two sets of objects. The effects are sorted.
func Compare(old, new []Object, facts Facts) []Effect {
	c := &comparison{Facts: facts, least: atLeast(old)}
	p := match(old, new)
	c.hashed = changedNames(p)
	for _, m := range p.moved {
		c.move(m)
	}
	for _, pair := range p.both {
		c.update(pair)
	}
	for _, o := range p.gone {
		c.remove(pair{old: o}, p)
	}
	c.vanished(p.gone)
	for _, o := range p.come {
		c.add(pair{new: o})
	}
	c.freed(p)
	c.tenants(old, new)
	Sort(c.effects)
	return c.effects
}

// comparison of two sets.
type comparison struct {
	Facts
	effects []Effect
	// hashed are the names without hashes, by kind and the new name with it, of objects whose
	// content differs.
	hashed map[reference]string
	// least are the pods that autoscalers kept.
	least map[ID]int64
}

type reference struct{ kind, namespace, name string }

// say adds an effect on an object.
func (c *comparison) say(p pair, e Effect) {
	o := p.is()
	e.Object, e.Component, e.File = o.ID, o.Component(), o.File
	e.Before, e.After = hash(c.at(p.old, e.Field)), hash(c.at(p.new, e.Field))
	c.effects = append(c.effects, e)
}

// component's facts.
func (c *comparison) component(o Object) (catalog.Component, bool) {
	if c.Catalog == nil {
		return catalog.Component{}, false
	}
	found, ok := c.Catalog.Components[o.Component()]
	return found, ok
}

func (c *comparison) votes(o Object) bool {
	return c.Votes != nil && c.Votes(o.Component())
}

// update compares one object with what it was.
func (c *comparison) update(p pair) {
	known := len(c.effects)
	if p.old.Namespace != p.new.Namespace {
		// With nothing of what it had: see move.
		c.say(p, Effect{Class: Recreated, Field: "metadata.namespace", Old: p.old.Namespace, New: p.new.Namespace, Message: "is made anew in another namespace"})
	} else {
		for _, r := range immutable.Refusals(immutable.Of(p.old.raw), immutable.Of(p.new.raw)) {
			c.refuse(p, r)
		}
		c.rules(p)
		c.data(p)
		c.bound(p)
		c.older(p)
		c.workload(p)
		c.exposed(p)
	}
	c.settings(p, c.effects[known:])
}

// refuse says what the API server does, or the operator that the object is for: it
// takes the object, and does not do what it says.
func (c *comparison) refuse(p pair, r immutable.Refusal) {
	class := Refused
	if r.By != "" {
		class = Data
	}
	old, new := display(p.new, difference{r.Field, r.Old, r.New})
	c.say(p, Effect{Class: class, Field: r.Field, Old: old, New: new, Message: r.Message, Help: r.Help, Says: c.says(p.new, r.Field)})
}

// move says that a namespace is left for another.
func (c *comparison) move(m move) {
	field := "metadata.namespace"
	if m.at.new.Kind == "Namespace" {
		field = "metadata.name"
	}
	c.say(m.at, Effect{
		Class: Data, Field: field, Old: m.from, New: m.to,
		Message: plural(m.objects, "object is", "objects are") + " made anew in another namespace: the claims and the Secrets of the old one do not follow",
		Help:    "keep the namespace. To move, stop the installation, bind the volumes to claims in the new namespace, copy the Secrets, and apply",
		Says:    c.saysNamespace(m.at.new),
	})
}
