package report

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// group is one effect of many objects and environments.
type group struct {
	// Effect of the first of them. Its Rollout is the longest of all.
	change.Effect
	// names of the objects, each once, without their namespace; mixed says that
	// they are in several.
	names []string
	mixed bool
	// environments by their index in the report, in their order, each once.
	environments []int
	// findings that are about it, each place once.
	findings []finding.Finding
	// least and most pods that a rollout replaces.
	least, most int
	// variants is how many different fields and values it stands for, if it is
	// coarser than by those.
	variants int
	// helps says that others of it have another help, so that this one is an
	// example.
	helps bool
}

// key of what is shown as one. What says where (the object's name and namespace,
// the environment) is not in it, unless as a tag.
type key struct {
	class                                          change.Class
	component, kind, field, old, new, message, tag string
}

// fine is the key of equal effects. Of objects that come and go, only the kind is told
// apart: of a new environment all of them come.
func fine(e change.Effect) key {
	if together(e.Class) {
		e.Component = ""
	}
	return key{class: e.Class, component: e.Component, kind: e.Object.Kind, field: e.Field, old: e.Old, new: e.New, message: e.Message}
}

// together tells whether objects of a class are shown by their names alone: more is
// not said of them.
func together(c change.Class) bool {
	return c == change.Added || c == change.Removed || c == change.Recreated
}

// coarse is the key of what is told apart by values alone: of settings, by the
// field that has them.
func coarse(e change.Effect) key {
	k := fine(e)
	k.field, k.old, k.new = "", "", ""
	if e.Class == change.Setting {
		k.kind, k.message, k.field = "", "", e.Field
	}
	return k
}

// part of an environment's effects: what the tool itself makes otherwise, or all others.
type part bool

const tool part = true

func (p part) of(e Environment) []change.Effect {
	if p == tool {
		return e.Tool
	}
	return e.Effects
}

// fold makes one of equal effects of all environments, and one of more than
// variants that differ by their values alone; of unlimited variants each object is
// told apart, too. The worst stand first. It takes time in proportion to the effects.
func fold(r Report, p part, variants int) []group {
	f := folder{by: map[key]int{}, named: map[member]bool{}}
	for i, e := range r.Environments {
		subjects := subjects(e.Findings)
		for _, effect := range p.of(e) {
			var findings []finding.Finding
			for _, at := range about(effect, e.Findings, subjects) {
				findings = append(findings, e.Findings[at])
			}
			k := fine(effect)
			if variants == unlimited && !together(effect.Class) {
				k.tag = effect.Object.String()
			}
			f.add(k, single(effect, i, findings))
		}
	}
	groups := f.merge(variants)
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(
			cmp.Compare(rank(a.Class), rank(b.Class)), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Object.Kind, b.Object.Kind),
			cmp.Compare(a.names[0], b.names[0]), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return groups
}

// rank of a class; one that nobody knows is the last.
func rank(c change.Class) int {
	if i := slices.Index(change.Classes, c); i >= 0 {
		return i
	}
	return len(change.Classes)
}

func single(e change.Effect, environment int, findings []finding.Finding) group {
	g := group{Effect: e, names: []string{e.Object.Name}, environments: []int{environment}, findings: findings, variants: 1}
	if e.Rollout != nil {
		g.least, g.most = e.Rollout.Pods, e.Rollout.Pods
	}
	return g
}

// folder collects groups by a key.
type folder struct {
	groups []group
	by     map[key]int
	named  map[member]bool
}

// member is something that a group has once.
type member struct {
	group int
	what  any
}

func (f *folder) add(k key, g group) {
	at, ok := f.by[k]
	if !ok {
		at = len(f.groups)
		f.by[k] = at
		f.groups = append(f.groups, g)
		names, findings, environments := g.names, g.findings, g.environments
		f.groups[at].names, f.groups[at].findings, f.groups[at].environments = nil, nil, nil
		f.members(at, names, findings, environments)
		return
	}
	into := &f.groups[at]
	f.members(at, g.names, g.findings, g.environments)
	into.mixed = into.mixed || g.mixed || into.Object.Namespace != g.Object.Namespace
	into.helps = into.helps || g.helps || into.help() != g.help()
	into.variants += g.variants
	if g.Rollout == nil {
		return
	}
	if into.Rollout == nil {
		into.Rollout, into.least, into.most = g.Rollout, g.least, g.most
		return
	}
	into.least, into.most = min(into.least, g.least), max(into.most, g.most)
	if g.Rollout.Seconds > into.Rollout.Seconds {
		into.Rollout = g.Rollout
	}
}

// members adds what a group has not.
func (f *folder) members(at int, names []string, findings []finding.Finding, environments []int) {
	fresh := func(what any) bool {
		m := member{at, what}
		seen := f.named[m]
		f.named[m] = true
		return !seen
	}
	into := &f.groups[at]
	for _, name := range names {
		if fresh(name) {
			into.names = append(into.names, name)
		}
	}
	for _, about := range findings {
		place := about.Position
		if fresh(struct {
			finding.Position
			code string
		}{place, about.Code}) {
			into.findings = append(into.findings, about)
		}
	}
	for _, environment := range environments {
		if fresh(environment) {
			into.environments = append(into.environments, environment)
		}
	}
}

// merge makes one of more groups than variants that differ by their values alone.
func (f *folder) merge(variants int) []group {
	count := map[key]int{}
	for i := range f.groups {
		// Equal effects of many environments are one variant.
		f.groups[i].variants = 1
		count[coarse(f.groups[i].Effect)]++
	}
	into := folder{by: map[key]int{}, named: map[member]bool{}}
	for i, g := range f.groups {
		k := key{tag: strconv.Itoa(i)}
		if many := coarse(g.Effect); count[many] > variants {
			k = many
		}
		into.add(k, g)
	}
	for i := range into.groups {
		slices.Sort(into.groups[i].environments)
	}
	return into.groups
}
