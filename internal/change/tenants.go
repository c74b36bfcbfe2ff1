package change

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/value"
)

// tenantLine is one of a ConfigMap's, as it was or is.
type tenantLine struct {
	// pair has the ConfigMap, and field is where in it the line stands.
	pair  pair
	field string
	// removed tells that the tenant goes, and out that nobody is let in as it is.
	removed, out bool
	// namespaces by name: whether it stays.
	namespaces map[string]bool
}

// tenants says what becomes of tenants whose lines are gone, which is nothing, and
// of those who are let in no more. Lines move from one ConfigMap to the next when
// others come: so all are read at once.
func (c *comparison) tenants(old, new []Object) {
	if c.Catalog == nil {
		return
	}
	now := map[ID]Object{}
	for _, o := range new {
		now[o.ID] = o
	}
	before, after := c.tenantLines(old, now), c.tenantLines(new, now)
	var left, out []string
	for _, subject := range slices.Sorted(maps.Keys(before)) {
		was := before[subject]
		is, stays := after[subject]
		switch {
		case !stays && !was.removed:
			left = append(left, subject)
		case !stays || was.out:
		case is.out:
			out = append(out, subject)
		default:
			for _, name := range slices.Sorted(maps.Keys(was.namespaces)) {
				switch kept, said := is.namespaces[name]; {
				case !was.namespaces[name] || kept:
				case said:
					out = append(out, subject+" ("+name+")")
				default:
					left = append(left, subject+" ("+name+")")
				}
			}
		}
	}
	if len(left) > 0 {
		w := before[bare(left[0])]
		c.say(w.pair, Effect{
			Class: Left, Field: w.field, Message: plural(len(left), "tenant or namespace has no line any more, and stays", "tenants or namespaces have no line any more, and stay") + " in the database as before, with keys and limits: " + some(left),
			Help: "where they should go, write state: \"removed\" first, and take the line out when that is applied; `blocked` keeps what they have",
			Says: []string{"tenants"},
		})
	}
	if len(out) > 0 {
		w := before[bare(out[0])]
		c.say(w.pair, Effect{
			Class: Closed, Field: w.field, Message: plural(len(out), "tenant or namespace is", "tenants or namespaces are") + " let in no more, at the latest five minutes after it is written: " + some(out),
			Help: "their triggers and timers fail from then on; what they have stays in the database",
			Says: []string{environment.JoinPath("tenants", bare(out[0]), "state"), environment.JoinPath("tenants", bare(out[0])), "tenants"},
		})
	}
}

// bare is a tenant without the namespace behind it.
func bare(name string) string {
	name, _, _ = strings.Cut(name, " ")
	return name
}

// some of many names.
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + plural(len(names)-most, "other", "others")
}

// eachTenant reads the lines of a set's ConfigMaps. What is no line of a tenant is
// passed over: it is somebody's own.
func (c *comparison) eachTenant(objects []Object, read func(o Object, field string, line tenantText)) {
	by := c.Catalog.Tenancy
	for _, o := range objects {
		if o.Kind != "ConfigMap" || o.Component() != by.By || !strings.HasPrefix(o.Name, by.ConfigMap+"-") {
			continue
		}
		data := value.Map(o.Value, "data")
		for _, key := range value.Keys(data) {
			text, _ := data[key].(string)
			for line := range strings.Lines(text) {
				var t tenantText
				if strings.HasSuffix(key, ".jsonl") && json.Unmarshal([]byte(line), &t) == nil && t.Subject != "" {
					read(o, join("data", key), t)
				}
			}
		}
	}
}

type tenantText struct {
	Subject, State string
	Namespaces     map[string]map[string]any
}

func (c *comparison) tenantLines(objects []Object, now map[ID]Object) map[string]tenantLine {
	all := map[string]tenantLine{}
	c.eachTenant(objects, func(o Object, field string, t tenantText) {
		line := tenantLine{pair: pair{old: o, new: now[o.ID]}, field: field, removed: t.State == "removed", namespaces: map[string]bool{}}
		line.out = line.removed || t.State == "blocked"
		for name, limits := range t.Namespaces {
			line.namespaces[name] = limits != nil
		}
		all[t.Subject] = line
	})
	return all
}
