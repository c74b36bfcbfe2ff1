package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/quantity"
)

// fronts looks at the annotations of what stands before nginx, each read as its
// reader reads it.
func (c *checker) fronts() {
	if c.reported("WO246", "WO249") {
		return // those in front are measured by nginx
	}
	for _, f := range c.Fronts() {
		if f.Name == "" {
			continue
		}
		for _, s := range f.Settings {
			c.setting(f, s)
		}
		c.delay(f)
		if f.On == catalog.OnIngress {
			c.strangers(f)
		}
	}
}

// setting judges the value of an annotation that the user wrote.
func (c *checker) setting(f derived.Front, s catalog.Setting) {
	key, need, err := c.Setting(s)
	value, given := f.Annotations[key]
	if s.Part != "" {
		value = derived.Part(value, s.Part)
		given = value != ""
	}
	if err != nil || !given {
		return // a fault of the catalogue, which planning reports; or derived
	}
	at, how := environment.JoinPath(append(strings.Split(f.On, "."), "annotations", key)...), readings[s.Reads]
	name := key
	if s.Part != "" {
		name += ", " + s.Part
	}
	unit := c.unit(s.Limit)
	n, endless, ok := how.read(value)
	switch {
	case !ok:
		c.fail("WO264", at,
			fmt.Sprintf("%s reads %s at %s, and %q is none: it drops the value without a word, and its default of %s holds", f.About, how.takes, name, value, amount(unit, s.Default)),
			fmt.Sprintf("write %q, or leave it out: it is derived", how.as(need)))
	case endless || n >= base(unit, need):
	case unit == catalog.MiB:
		c.fail("WO250", at,
			fmt.Sprintf("%s takes bodies of %q (%s), less than the %s of nginx: it answers 413 to what nginx allows", f.About, value, name, amount(unit, need)),
			"leave out the annotation: it is derived")
	case f.On == catalog.OnService:
		c.warn("WO248", at,
			fmt.Sprintf("%s drops a connection that is idle for %s (%s), less than the %s that nginx waits: calls that take longer end without an answer", f.About, lasting(n), name, amount(unit, need)),
			fmt.Sprintf("write %q or more, or leave it out: it is derived", how.as(need)))
	default:
		c.fail("WO247", at,
			fmt.Sprintf("%s waits %s (%s), less than the %s that nginx waits: it answers 504 to calls that nginx still waits for", f.About, lasting(n), name, amount(unit, need)),
			"leave out the annotation: it is derived")
	}
}

// delay judges how long a front takes to forget a pod.
func (c *checker) delay(f derived.Front) {
	if !f.SendsToPods() {
		return
	}
	if _, ok := f.Forgets(); ok {
		return
	}
	c.fail("WO264", environment.JoinPath(append(strings.Split(f.On, "."), "annotations", f.Pods.Key)...),
		fmt.Sprintf("%s takes 0 to %d seconds at %s, %s, and %q is none: no pod becomes a target, so no new one is ready", f.About, f.Pods.Most, f.Pods.Key, f.Pods.Part, f.Delay()),
		fmt.Sprintf("write a whole number, or leave it out: it is %d then", f.Pods.Default))
}

// lasting writes nanoseconds, whole seconds as such.
func lasting(n int64) string {
	d := time.Duration(n)
	if d%time.Second == 0 {
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return d.String()
}

// unit of a link.
func (c *checker) unit(limit string) string {
	i := slices.IndexFunc(c.Catalog.Limits, func(l catalog.Limit) bool { return l.Name == limit })
	return c.Catalog.Limits[i].Unit // the catalogue was checked
}

// base is a number of a unit in bytes or nanoseconds.
func base(unit string, n int) int64 {
	switch unit {
	case catalog.Seconds:
		return int64(n) * int64(time.Second)
	case catalog.MiB:
		return int64(n) * quantity.MiB
	}
	return int64(n)
}

// strangers are annotations of an Ingress that its controller does not read.
func (c *checker) strangers(f derived.Front) {
	for _, key := range slices.Sorted(maps.Keys(f.Annotations)) {
		at := environment.JoinPath("edge", "ingress", "annotations", key)
		if f.Has(key) {
			if !f.Knows(key) {
				c.warn("WO264", at, fmt.Sprintf("%s has no annotation %s: it ignores it", f.About, key), c.meant(f, key))
			}
			continue
		}
		if other := c.owner(key); other != "" {
			c.warn("WO264", at,
				fmt.Sprintf("%s is an annotation of %s, but the class %q is served by %s, which ignores it", key, c.Catalog.Fronts[other].About, c.Env.Edge.Ingress.Class, f.About),
				"leave it out, or write "+cue("edge.ingress.controller", other))
		}
	}
}

// owner of an annotation: the Ingress controller that reads it.
func (c *checker) owner(annotation string) string {
	for _, name := range slices.Sorted(maps.Keys(c.Catalog.Fronts)) {
		if f := c.Catalog.Fronts[name]; f.On == catalog.OnIngress && f.Has(annotation) {
			return name
		}
	}
	return ""
}

// meant guesses which annotation was: the one that sets the same as another
// controller's of that name, or the one that looks like it.
func (c *checker) meant(f derived.Front, key string) string {
	_, word, _ := strings.Cut(key, "/")
	for _, name := range slices.Sorted(maps.Keys(c.Catalog.Fronts)) {
		for _, other := range c.Catalog.Fronts[name].Settings {
			if !strings.HasSuffix(other.Key, "/"+word) {
				continue
			}
			for _, own := range f.Settings {
				if own.Limit == other.Limit {
					return fmt.Sprintf("did you mean %s? It is derived where it is left out", own.Key)
				}
			}
		}
	}
	if better := closest(word, f.Keys); better != "" {
		return fmt.Sprintf("did you mean %s%s?", f.Prefixes[0], better)
	}
	return "leave it out"
}
