package rules

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/field"
	"github.com/whiskops/whiskops/internal/value"
)

// tenants looks at who may call, each once, whatever their number.
func (c *checker) tenants() {
	kinds := c.tenantKinds()
	owner := map[string]string{}
	for _, subject := range slices.Sorted(maps.Keys(c.Env.Tenants)) {
		t := c.Env.Tenants[subject]
		at := environment.JoinPath("tenants", subject)
		c.reserved(at, "the tenant", subject)
		c.tenantLimits(at+".limits", t.Limits, kinds)
		namespaces := derived.NamespacesOf(subject, t)
		left := 0
		for _, name := range slices.Sorted(maps.Keys(namespaces)) {
			n, in := namespaces[name], environment.JoinPath("tenants", subject, "namespaces", name)
			if t.Namespaces == nil {
				in = at
			}
			if name != subject {
				c.reserved(in, "the namespace", name)
			}
			if other, taken := owner[name]; taken {
				c.fail("WO576", in, fmt.Sprintf("tenants %s and %s both have the namespace %q: of its two keys OpenWhisk takes one, and of its limits there are one", other, subject, name),
					"give one of them another namespace; one that is removed keeps the name until its line goes, since what it had is still there")
			} else {
				owner[name] = subject
			}
			if n.State != derived.Removed {
				left++
				c.tenantLimits(in+".limits", n.Limits, kinds)
				c.orderedLimits(at, in, t.Limits, n.Limits)
			}
		}
		if left == 0 && t.State != derived.Removed {
			c.fail("WO581", c.written(at+".namespaces", at), fmt.Sprintf("tenant %s has no namespace: it has no key, and nobody can call as it", subject),
				fmt.Sprintf("write a namespace, or %s", cue(at+".state", derived.Removed)))
		}
	}
	c.tenantSecrets()
	c.tenantKeys()
}

// reserved refuses a name that the installation's own subjects have.
func (c *checker) reserved(at, what, name string) {
	own := slices.Contains(c.Catalog.Tenancy.Reserved, name)
	if p := c.Env.Secrets.Plain; p != nil && !own {
		_, own = p.Subjects[name]
	}
	if own {
		c.fail("WO575", at, fmt.Sprintf("%s %q is a subject of the installation's own, whose key is in the Secret %s: two programs would write it in turn", what, name, c.Env.Secrets.Subjects),
			"choose another name; limits of the installation's own subjects are written by hand")
	}
}

// tenantKinds are those that may be allowed, sorted: a deprecated one too, of which
// there are actions.
func (c *checker) tenantKinds() []string {
	all := slices.Clone(c.Catalog.Tenancy.Kinds)
	for _, k := range c.Kinds() {
		all = append(all, k.Kind.Kind)
	}
	slices.Sort(all)
	return all
}

// limitsBy their names; nothing for those that are not said.
func limitsBy(l environment.TenantLimits) map[string]any {
	plain, err := value.Of(l)
	if err != nil {
		return nil // numbers, texts and lists of them encode
	}
	return value.Map(plain)
}

// tenantLimits holds each limit against what caps it.
func (c *checker) tenantLimits(at string, l environment.TenantLimits, kinds []string) {
	for i, kind := range l.AllowedKinds {
		if !slices.Contains(kinds, kind) {
			c.fail("WO578", fmt.Sprintf("%s.allowedKinds[%d]", at, i),
				fmt.Sprintf("%s.allowedKinds has %q, which this installation does not offer: nobody can make such an action", at, kind), meant(kind, kinds))
		}
	}
	said := limitsBy(l)
	for _, name := range slices.Sorted(maps.Keys(said)) {
		rule, path := c.Catalog.Tenancy.Limits[name], at+"."+name
		text, isText := said[name].(string)
		if rule.Unit == "MiB" && isText {
			c.wholeMiB(path, text)
		}
		if rule.Field == "" {
			continue
		}
		for _, bound := range []string{"min", "max"} {
			end, there := capOf(c.Env, rule.Field, bound)
			is, most := limitAmount(said[name]), limitAmount(end.value)
			if !there || bound == "max" && is <= most || bound == "min" && is >= most {
				continue
			}
			beyond := map[string]string{"min": "below", "max": "above"}[bound]
			c.fail("WO577", path, fmt.Sprintf("%s is %s %s: OpenWhisk takes that in its place, and says nothing", c.show(path, said[name]), beyond, c.show(end.path, end.value)),
				fmt.Sprintf("write %s, or another %s", cue(path, end.value), end.path))
		}
	}
}

// capped is what a limit of an environment says.
type capped struct {
	path  string
	value any
}

// capOf a field that has min and max, or that is the most itself.
func capOf(env *environment.Environment, path, bound string) (capped, bool) {
	f := field.Of(env, path)
	switch {
	case f.Kind() == reflect.Struct:
		path += "." + bound
		return capped{path, field.Of(env, path).Interface()}, true
	case bound == "max":
		return capped{path, f.Interface()}, true
	}
	return capped{}, false
}

// limitAmount of a limit, to compare two of one kind: bytes, nanoseconds, or itself.
func limitAmount(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case string:
		if strings.TrimRight(v, "smh") != v {
			return int64(lasts(v))
		}
		return size(v)
	}
	return 0
}

// limitsOf a namespace by their names, its own over its tenant's, and the field of each.
func limitsOf(tenant, namespace string, outer, inner environment.TenantLimits) (all map[string]any, at map[string]string) {
	all, at = limitsBy(outer), map[string]string{}
	for name := range all {
		at[name] = tenant + ".limits." + name
	}
	for name, is := range limitsBy(inner) {
		all[name], at[name] = is, namespace+".limits."+name
	}
	return all, at
}

// orderedLimits wants room between the least and the most of a namespace.
func (c *checker) orderedLimits(tenant, namespace string, outer, inner environment.TenantLimits) {
	all, at := limitsOf(tenant, namespace, outer, inner)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		of, isLeast := strings.CutPrefix(name, "min")
		most, said := all["max"+of]
		if isLeast && said && limitAmount(all[name]) > limitAmount(most) {
			c.fail("WO577", at[name], fmt.Sprintf("%s is above %s: no action can be made in that namespace", c.show(at[name], all[name]), c.show(at["max"+of], most)),
				"write a smaller "+name+", or a larger max"+of)
		}
	}
}

// tenantSecrets bounds how many keys a Secret has.
func (c *checker) tenantSecrets() {
	named, most := c.TenantSecrets(), c.Catalog.Tenancy.MostKeys(c.Env)
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if n := len(named[name]); n > most {
			c.fail("WO580", c.written(c.Catalog.Tenancy.Secret, "tenants"), fmt.Sprintf("the Secret %s would have %d keys of tenants, and %d is what fits into one", name, n, most),
				"let some of them have another: tenants: [=~\"^team-a-\"]: secret: \"openwhisk-team-a\"")
		}
	}
}

// tenantKeys holds plain keys against the namespaces that need one.
func (c *checker) tenantKeys() {
	plain := c.Env.Secrets.Plain
	if plain == nil {
		return
	}
	needed := map[string]bool{}
	for _, t := range c.Tenants() {
		for _, name := range t.Keyed() {
			needed[name] = true
			if _, ok := plain.Tenants[name]; !ok {
				at := environment.JoinPath("tenants", t.Subject)
				c.fail("WO579", at, fmt.Sprintf("tenant %s has no key for the namespace %q in secrets.plain.tenants: it is never made", t.Subject, name),
					fmt.Sprintf("write %s with a UUID, a colon and 64 letters and digits", cue(environment.JoinPath("secrets", "plain", "tenants", name), "...")))
			}
		}
	}
	owner := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(plain.Subjects)) {
		uuid, _, _ := strings.Cut(plain.Subjects[name], ":")
		owner[uuid] = "the subject " + name
	}
	for _, name := range slices.Sorted(maps.Keys(plain.Tenants)) {
		at := environment.JoinPath("secrets", "plain", "tenants", name)
		if !needed[name] {
			c.fail("WO579", at, fmt.Sprintf("secrets.plain.tenants has a key for %q, which no tenant has as a namespace", name), c.tenantMeant(name, needed))
		}
		uuid, _, _ := strings.Cut(plain.Tenants[name], ":")
		if other, taken := owner[uuid]; taken {
			c.fail("WO579", at, fmt.Sprintf("%s and the namespace %s have one UUID: OpenWhisk cannot tell who calls, and refuses both or takes one for the other", other, name),
				fmt.Sprintf("make a new key for %q", name))
			continue
		}
		owner[uuid] = "the namespace " + name
		for _, p := range published {
			if strings.HasPrefix(plain.Tenants[name], p.beginning) {
				c.published(at, name, p.subject)
			}
		}
	}
}

// tenantMeant is the namespace that a name may be meant for: there may be too many
// to list.
func (c *checker) tenantMeant(name string, namespaces map[string]bool) string {
	if near := closest(name, slices.Sorted(maps.Keys(namespaces))); near != "" {
		return fmt.Sprintf("did you mean %q? else leave it out", near)
	}
	return "leave it out, or write the tenant"
}
