package change

import (
	"slices"
	"strings"
)

// pair is one object before and after. One that is not there has no value.
type pair struct{ old, new Object }

// is the object as it is afterwards, or was before it went.
func (p pair) is() Object {
	if p.new.Value == nil {
		return p.old
	}
	return p.new
}

// matched are two sets, object by object.
type matched struct {
	both       []pair
	gone, come []Object
	moved      []move
}

// move of objects from one namespace to another.
type move struct {
	from, to string
	objects  int
	// at is what shows it: the two Namespaces, or the first object that moved.
	at pair
}

// match finds each object again: by its group, kind, namespace and name, and, where
// that is nowhere, in another namespace.
func match(old, new []Object) matched {
	type key struct{ group, kind, namespace, name string }
	keyOf := func(o Object, namespaced bool) key {
		group, _, _ := strings.Cut(o.APIVersion, "/")
		if group == o.APIVersion {
			group = "" // v1
		}
		k := key{group, o.Kind, o.Namespace, o.Name}
		if !namespaced {
			k.namespace = ""
		}
		return k
	}
	var m matched
	by := map[key]int{}
	for i, o := range old {
		by[keyOf(o, true)] = i
	}
	used := make([]bool, len(old))
	var rest []Object
	for _, n := range new {
		if i, ok := by[keyOf(n, true)]; ok && !used[i] {
			used[i] = true
			m.both = append(m.both, pair{old[i], n})
			continue
		}
		rest = append(rest, n)
	}
	elsewhere := map[key]int{}
	for i, o := range old {
		if !used[i] && o.Namespace != "" {
			elsewhere[keyOf(o, false)] = i
		}
	}
	moves := map[[2]string]int{}
	for _, n := range rest {
		i, ok := elsewhere[keyOf(n, false)]
		if !ok || n.Namespace == "" || used[i] {
			m.come = append(m.come, n)
			continue
		}
		used[i] = true
		way := [2]string{old[i].Namespace, n.Namespace}
		if _, ok := moves[way]; !ok {
			moves[way] = len(m.moved)
			m.moved = append(m.moved, move{from: way[0], to: way[1], at: pair{old[i], n}})
		}
		m.moved[moves[way]].objects++
		m.both = append(m.both, pair{old[i], n})
	}
	for i, o := range old {
		if !used[i] {
			m.gone = append(m.gone, o)
		}
	}
	namespace := func(name string) func(Object) bool {
		return func(o Object) bool { return o.Kind == "Namespace" && o.Name == name }
	}
	for i, way := range m.moved {
		from, to := slices.IndexFunc(m.gone, namespace(way.from)), slices.IndexFunc(m.come, namespace(way.to))
		if from >= 0 && to >= 0 {
			m.moved[i].at = pair{m.gone[from], m.come[to]}
		}
	}
	return m
}

// changedNames are the objects whose content is in their names, where it differs.
func changedNames(m matched) map[reference]string {
	found := map[reference]string{}
	for _, p := range m.both {
		if p.old.Is != p.new.Is {
			found[reference{p.new.Kind, p.new.Namespace, p.new.Is}] = p.new.Name
		}
	}
	for _, o := range m.come {
		if o.Is != o.Name {
			found[reference{o.Kind, o.Namespace, o.Is}] = o.Name
		}
	}
	return found
}
