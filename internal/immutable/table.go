package immutable

import (
	"maps"
	"sync"
)

// table of what an update may not change, by API group and kind. A kind that is not
// in it is not known; one without rules may change wholly.
//
// Sources are files of kubernetes/kubernetes at 1.34 below pkg/apis where they end in
// validation.go, and the definitions of the custom resources. e2e/refused holds the
// table against the real API server.
//
// It is made when it is first asked for: most runs judge no change.
var table = sync.OnceValue(func() map[string]row {
	return merged(workloads(), pods(), storage(), network(), settings(), custom())
})

func merged(parts ...map[string]row) map[string]row {
	all := map[string]row{}
	for _, p := range parts {
		for kind, r := range p {
			all[kind] = r.read()
		}
	}
	return all
}

// read takes the paths of a row apart.
func (r row) read() row {
	for i := range r.rules {
		r.rules[i].path = steps(r.rules[i].field)
	}
	for field, v := range r.defaults {
		r.standards = append(r.standards, standard{steps(field), v})
	}
	for _, field := range r.distinct {
		r.pointers = append(r.pointers, steps(field))
	}
	return r
}

// may is a rule for fields that may change.
func may(fields ...string) []rule {
	var all []rule
	for _, f := range fields {
		all = append(all, rule{field: f, may: true})
	}
	return all
}

// rules are lists of rules as one.
func rules(lists ...[]rule) []rule {
	var all []rule
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// fixed fields never change.
func fixed(message, help string, fields ...string) []rule {
	var all []rule
	for _, f := range fields {
		all = append(all, rule{field: f, message: message, help: help})
	}
	return all
}

// under gives paths another beginning.
func under(path string, defaults map[string]any) map[string]any {
	all := map[string]any{}
	for field, v := range defaults {
		all[path+"."+field] = v
	}
	return all
}

func with(defaults ...map[string]any) map[string]any {
	all := map[string]any{}
	for _, d := range defaults {
		maps.Copy(all, d)
	}
	return all
}

func prefixed(path string, fields []string) []string {
	var all []string
	for _, f := range fields {
		all = append(all, path+"."+f)
	}
	return all
}

// nothing is fixed.
func nothing(source string) row { return row{source: source} }

// leftOut tells that a field is not said any more: what was there stays, or what the
// API server chooses comes.
func leftOut(c change) bool { return isEmpty(c.new) }

// added tells that a field was not said before.
func added(c change) bool { return c.old == nil }
