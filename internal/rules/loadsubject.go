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
)

// loadSubject must have a key in its Secret, and be let in with it.
func (c *checker) loadSubject(l *environment.LoadTest) {
	if caller := c.LoadCaller(); caller.Tenant != "" {
		c.loadTenant(l, caller)
		return
	}
	if t, is := c.Env.Tenants[l.Subject]; is {
		c.loadRefused("a tenant that has no namespace of that name: each of its keys is a namespace's",
			"write one of its namespaces: "+strings.Join(slices.Sorted(maps.Keys(t.Namespaces)), ", "))
		return
	}
	s := c.Env.Secrets
	help := `write load: subject: "guest", or a namespace of one of the tenants: of others no key is made`
	if s.Plain != nil {
		if _, ok := s.Plain.Subjects[l.Subject]; ok {
			return
		}
		help = `write load: subject: "guest", or its key into secrets.plain.subjects`
	} else if _, made := c.Catalog.Secrets["subjects"].Values[l.Subject]; made || !c.SecretFiles() && s.Source.External == nil {
		return // somebody else makes the Secret, with what keys they like
	}
	c.loadRefused(fmt.Sprintf("of which the Secret %q has no key: the pod of a run would wait for it for ever", s.Subjects), help)
}

func (c *checker) loadRefused(why, help string) {
	c.fail("WO558", "load.subject", fmt.Sprintf("load.subject is %q, %s", c.Env.Load.Subject, why), help)
}

// loadTenant must be let in, and be allowed the actions of a run, which say nothing of
// themselves but their kind.
func (c *checker) loadTenant(l *environment.LoadTest, caller derived.LoadCaller) {
	const another = `write another subject, for example load: subject: "guest"`
	switch caller.State {
	case derived.Removed:
		c.loadRefused(fmt.Sprintf("a namespace of tenant %s that is removed: it has no key, and the pod of a run would wait for it for ever", caller.Tenant), another)
		return
	case derived.Blocked:
		c.loadRefused(fmt.Sprintf("a namespace of tenant %s, which is blocked: all calls are answered 401", caller.Tenant), another)
		return
	}
	said, at := limitsOf(caller.At, caller.In, caller.Outer, caller.Inner)
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if why := c.loadForbidden(l, name, said[name]); why != "" {
			c.loadRefused(fmt.Sprintf("and %s: %s", c.show(at[name], said[name]), why), "write another subject, or another "+at[name])
			return
		}
	}
}

// loadForbidden says why a run cannot be made with a limit of its namespace; empty
// where it can.
func (c *checker) loadForbidden(l *environment.LoadTest, name string, is any) string {
	switch name {
	case "allowedKinds":
		kind := c.loadKind()
		if kinds, _ := is.([]any); kind != "" && !slices.Contains(kinds, any(kind)) {
			return fmt.Sprintf("actions of a run are of the kind %s, and could not be made", kind)
		}
	case "storeActivations":
		if is == false && l.Requests.NonBlocking > 0 {
			return "no call of load.requests.nonBlocking has a record, and each would count as an error"
		}
	}
	caps := c.Catalog.Tenancy.Limits[name].Field
	if caps == "" || field.Of(c.Env, caps).Kind() != reflect.Struct {
		return ""
	}
	std := field.Of(c.Env, caps+".std").Interface()
	if has := limitAmount(std); strings.HasPrefix(name, "min") && has < limitAmount(is) || strings.HasPrefix(name, "max") && has > limitAmount(is) {
		return fmt.Sprintf("actions of a run have %s, and could not be made", c.show(caps+".std", std))
	}
	return ""
}

// loadKind is the kind of a run's actions; empty where its family is not offered.
func (c *checker) loadKind() string {
	for _, k := range c.Kinds() {
		if k.Family == c.Catalog.Facts.HealthFamily && k.Default {
			return k.Kind.Kind
		}
	}
	return ""
}

// loadLimit is a limit of the subject of a run: that of its namespace, of its tenant,
// or of all, and the field that says it.
func (c *checker) loadLimit(name string, all int) (at string, limit int) {
	caller := c.LoadCaller()
	said, fields := limitsOf(caller.At, caller.In, caller.Outer, caller.Inner)
	if own, is := said[name]; is {
		return fields[name], int(limitAmount(own))
	}
	return "limits." + name, all
}
