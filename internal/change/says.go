package change

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/krm"
	"github.com/whiskops/whiskops/internal/value"
)

// The fields of an environment that an effect follows from are guessed from where it
// shows: an object does not know what it was made of. The nearest comes first, and
// who judges takes the first that the user wrote.

// says are those of a field of an object.
func (c *comparison) says(o Object, path string) []string {
	component, ok := c.component(o)
	if !ok {
		return nil
	}
	var all []string
	switch data := component.Data; {
	case path == "spec.replicas":
	case data != nil && mentions(path, "storageClassName"):
		all = append([]string{data.Volume + ".class"}, c.Catalog.Said.Class...)
	case data != nil && mentions(path, "volumeClaimTemplates") && mentions(path, "storage"):
		all = []string{data.Volume + ".size"}
	case data != nil && mentions(path, "volumeClaimTemplates", "volumes"):
		all = []string{data.Volume}
	case mentions(path, "image"):
		all = slices.Clone(c.Catalog.Said.Images)
	case mentions(path, "resources"):
		all = []string{component.Resources}
	}
	return fields(append(all, component.Replicas, component.Resources)...)
}

// saysWhether are those that decide whether a component is there.
func (c *comparison) saysWhether(o Object) []string {
	component, ok := c.component(o)
	if !ok {
		return nil
	}
	all := append(slices.Sorted(maps.Keys(component.When)), component.Replicas, component.Resources)
	if component.Data != nil {
		all = append(all, component.Data.Volume)
	}
	return fields(all...)
}

// saysNamespace are those of an object's namespace.
func (c *comparison) saysNamespace(o Object) []string {
	if c.Catalog == nil {
		return nil
	}
	tier, _ := value.Map(o.Value, "metadata", "labels")[krm.TierLabel].(string)
	if said, ok := c.Catalog.Said.Namespace[tier]; ok {
		return said
	}
	return c.Catalog.Said.Namespace[""]
}

// saysExposed are those of who gets in.
func (c *comparison) saysExposed(o Object) []string {
	if c.Catalog == nil {
		return nil
	}
	return append(slices.Clone(c.Catalog.Said.Exposed[o.Kind]), c.saysWhether(o)...)
}

// saysWay are those of who gets in that way: where a component's metrics are read and
// nobody else comes, it is who reads them.
func (c *comparison) saysWay(component catalog.Component, o Object, w way) []string {
	m := component.Metrics
	if o.Kind != networkPolicy || m == nil || w.port != strconv.Itoa(component.Port(m.Port)) || component.Opens(m.Port) {
		return c.saysExposed(o)
	}
	// Where nobody reads them any more it is none, and no other field says so.
	return []string{c.Catalog.Said.Scraped}
}

// fields without those that there are not.
func fields(paths ...string) []string {
	return slices.DeleteFunc(paths, func(path string) bool { return path == "" })
}

// mentions tells whether a path has one of the words.
func mentions(path string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(path, word) })
}
