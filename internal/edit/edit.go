// Package edit changes YAML nodes in place. What is wanted comes as a fragment, a
// mapping that has the fields to be set and no others; what is not in it stays as it
// is written, with its comments, its order and its style.
//
// A list is one value, unless Kubernetes knows its entries by a key, or takes it for a
// set: of those a fragment has the entries to be there, and the others stay.
//
// Merge says what it put, and what was there before, as a Record. With that the next
// Merge of another fragment takes back what is not wanted any more: the result is the
// same as if the first one had never been. Undo takes all back.
package edit

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Into is an entry of a list that is there already, and gets the fields of the
// fragment. Any other entry of a fragment is a whole one.
type Into map[string]any

// Conflict is a place that has something else already, which no Record says to be
// ours. It is left as it is.
type Conflict struct {
	// Field is the list that it is in, At the way there as people write it, and Key what
	// the entry is known by.
	Field, At, Key string
	// Yields tells that what is there may stay: the API server takes one alone.
	Yields bool
}

// Merge makes o have what the fragment wants. before is the Record of the last time,
// empty if there was none.
func Merge(o *yaml.Node, want map[string]any, before Record) (Record, []Conflict, error) {
	leaves, err := leavesOf(want)
	if err != nil {
		return before, nil, err
	}
	m := &merger{root: o, before: before}
	if !m.inPlace(leaves) {
		Undo(o, before)
		m.before = Record{}
	}
	for path, was := range m.before.Was {
		m.remember(path, was)
	}
	for _, l := range leaves {
		if err := m.put(l); err != nil {
			return before, nil, err
		}
	}
	return m.made, m.conflicts, nil
}

// merger is one Merge under way.
type merger struct {
	root         *yaml.Node
	before, made Record
	conflicts    []Conflict
}

// inPlace tells whether what was put last time can stay where it is: it is all there
// and wanted still, in the same order, and whatever else is wanted is there by itself.
func (m *merger) inPlace(leaves []leaf) bool {
	rest := m.before.Put
	if len(rest) == 0 {
		return true
	}
	for _, l := range leaves {
		if n := find(m.root, l.path); n == nil || !same(n, l.want) {
			return false
		}
		if len(rest) > 0 && rest[0] == l.path.String() {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// put brings one leaf in.
func (m *merger) put(l leaf) error {
	parent, err := m.reach(l.path[:len(l.path)-1], kindFor(l.path[len(l.path)-1]))
	if err != nil {
		return err
	}
	path := l.path.String()
	ours := slices.Contains(m.before.Put, path)
	n := below(parent, l.path, len(l.path)-1)
	switch {
	case n == nil:
		if err := insert(parent, l); err != nil {
			return err
		}
	case same(n, l.want):
		if !ours {
			return nil
		}
	case l.path.last().entry():
		field := l.path.field()
		m.conflicts = append(m.conflicts, Conflict{Field: field, At: l.path.dotted(), Key: strings.Trim(string(l.path.last()), `=[]`), Yields: lists[field].yields})
		return nil
	default:
		m.remember(path, written(n))
		m.loose(n)
		if err := overwrite(n, l.want); err != nil {
			return err
		}
	}
	m.made.Put = append(m.made.Put, path)
	return nil
}

// remember what was at a path.
func (m *merger) remember(path, was string) {
	if m.made.Was == nil {
		m.made.Was = map[string]string{}
	}
	if _, known := m.made.Was[path]; !known {
		m.made.Was[path] = was
	}
}

// same tells whether a node has a value.
func same(n *yaml.Node, want any) bool {
	is, err := value.Read(n)
	return err == nil && value.Equal(is, want)
}
