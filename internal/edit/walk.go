package edit

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kindFor is the kind of node in which a step leads on.
func kindFor(s step) yaml.Kind {
	if s.entry() {
		return yaml.SequenceNode
	}
	return yaml.MappingNode
}

// find follows a path; nil if it ends before.
func find(root *yaml.Node, p path) *yaml.Node {
	n := root
	for i := range p {
		if n = below(target(n), p, i); n == nil {
			return nil
		}
	}
	return n
}

// below is what step i of a path leads to.
func below(n *yaml.Node, p path, i int) *yaml.Node {
	if !p[i].entry() {
		if at := keyOf(n, p[i].key()); at >= 0 {
			return n.Content[at+1]
		}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil
	}
	if at := lists[p[:i].field()].position(n, p[i]); at >= 0 {
		return n.Content[at]
	}
	return nil
}

// keyOf is the place of a field in a mapping; -1 if it is not there.
func keyOf(n *yaml.Node, key string) int {
	if n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			return i
		}
	}
	return -1
}

// merged is a field that a mapping has by a merge key (<<); nil if it has none such.
func merged(n *yaml.Node, key string) *yaml.Node {
	at := keyOf(n, "<<")
	if at < 0 {
		return nil
	}
	from := []*yaml.Node{n.Content[at+1]}
	if target(from[0]).Kind == yaml.SequenceNode {
		from = target(from[0]).Content
	}
	for _, f := range from {
		if at := keyOf(target(f), key); at >= 0 {
			return target(f).Content[at+1]
		}
	}
	return nil
}

// target is what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// The words for what was there where a merge wrote through it.
const (
	byMerge = "<<" // the field came by a merge key
	byAlias = "*"  // and the anchor's name
)

// reach goes to where a leaf is put in, and makes the way where there is none. What
// is shared by an alias is made the object's own first.
func (m *merger) reach(p path, last yaml.Kind) (*yaml.Node, error) {
	n := m.root
	for i := range p {
		kind := last
		if i+1 < len(p) {
			kind = kindFor(p[i+1])
		}
		next := below(n, p, i)
		switch {
		case next == nil && p[i].entry():
			return nil, fmt.Errorf("there is no %s %s", p.field(), p[i])
		case next == nil:
			next = &yaml.Node{Kind: kind, Tag: tagOf(kind)}
			if from := merged(n, p[i].key()); from != nil {
				next = own(from)
				m.remember(p[:i+1].String(), byMerge)
			}
			putKey(n, p[i].key(), next)
		default:
			m.open(next, p[:i+1], kind)
		}
		if next.Kind != kind {
			return nil, fmt.Errorf("%s has another form than the API's", p[:i+1].String())
		}
		m.loose(next)
		n = next
	}
	return n, nil
}

// open makes a node ready to be written into: an alias becomes a copy, and nothing an
// empty mapping or list.
func (m *merger) open(n *yaml.Node, at path, kind yaml.Kind) {
	switch {
	case n.Kind == yaml.AliasNode:
		m.remember(at.String(), byAlias+n.Value)
		take(n, own(n))
	case n.Kind == yaml.ScalarNode && n.ShortTag() == yaml.NodeTagNull, n.Kind == kind && len(n.Content) == 0:
		m.remember(at.String(), written(n))
		take(n, &yaml.Node{Kind: kind, Tag: tagOf(kind)})
	}
}

func tagOf(kind yaml.Kind) string {
	if kind == yaml.SequenceNode {
		return yaml.NodeTagSeq
	}
	return yaml.NodeTagMap
}

// loose gives those that share a node by its anchor a copy of their own, so that a
// change of it is none of theirs.
func (m *merger) loose(n *yaml.Node) {
	if n.Anchor == "" {
		return
	}
	if unshare(m.root, n) {
		n.Anchor = ""
	}
}

func unshare(in, anchor *yaml.Node) bool {
	found := false
	for _, n := range in.Content {
		if n.Kind == yaml.AliasNode && n.Alias == anchor {
			take(n, own(n))
			found = true
			continue
		}
		found = unshare(n, anchor) || found
	}
	return found
}

// own is a copy of a node without aliases and anchors.
func own(n *yaml.Node) *yaml.Node {
	n = target(n)
	made := *n
	made.Anchor, made.Content = "", nil
	for _, e := range n.Content {
		made.Content = append(made.Content, own(e))
	}
	return &made
}

// take puts the value of another node in the place of n's, whose comments stay.
func take(n, from *yaml.Node) {
	n.Kind, n.Tag, n.Value, n.Style = from.Kind, from.Tag, from.Value, from.Style
	n.Content, n.Alias = from.Content, nil
}
