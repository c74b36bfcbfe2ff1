package edit

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Record is what a Merge has put into an object: the paths of it, in their order, and
// what was there where something was, as YAML.
type Record struct {
	Put []string          `json:"put,omitempty"`
	Was map[string]string `json:"was,omitempty"`
}

// Empty tells whether nothing was put.
func (r Record) Empty() bool { return len(r.Put) == 0 }

// Undo takes out of an object what a Merge has put there, and puts back what was there
// before. What somebody else has added since, or taken away, stays so.
func Undo(o *yaml.Node, r Record) {
	for _, text := range slices.Backward(r.Put) {
		p := parsePath(text)
		n := find(o, p)
		if n == nil {
			continue
		}
		if was, ok := r.Was[text]; ok {
			restore(o, n, was)
			continue
		}
		remove(o, p)
		prune(o, p[:len(p)-1], r)
	}
	for text, was := range r.Was {
		p := parsePath(text)
		if was == byMerge {
			remove(o, p)
		} else if n := find(o, p); n != nil && strings.HasPrefix(was, byAlias) {
			restore(o, n, was)
		}
	}
}

// prune removes what a removal has left empty, or has it as it was.
func prune(o *yaml.Node, p path, r Record) {
	for ; len(p) > 0; p = p[:len(p)-1] {
		n := find(o, p)
		if n == nil || len(n.Content) > 0 {
			return
		}
		if was, ok := r.Was[p.String()]; ok {
			restore(o, n, was)
			return
		}
		remove(o, p)
	}
}

// remove what a path leads to.
func remove(o *yaml.Node, p path) {
	parent := find(o, p[:len(p)-1])
	if parent == nil {
		return
	}
	if last := p.last(); last.entry() {
		if at := lists[p.field()].position(parent, last); at >= 0 {
			parent.Content = slices.Delete(parent.Content, at, at+1)
		}
	} else if at := keyOf(parent, last.key()); at >= 0 {
		parent.Content = slices.Delete(parent.Content, at, at+2)
	}
}

// restore has a node as it was written.
func restore(o, n *yaml.Node, was string) {
	if name, alias := strings.CutPrefix(was, byAlias); alias {
		if anchor := anchored(o, name); anchor != nil {
			take(n, &yaml.Node{Kind: yaml.AliasNode, Value: name})
			n.Alias = anchor
		}
		return
	}
	if parsed, err := yaml.Parse(was); err == nil {
		take(n, parsed.YNode())
	}
}

func anchored(in *yaml.Node, name string) *yaml.Node {
	if in.Anchor == name {
		return in
	}
	for _, n := range in.Content {
		if found := anchored(n, name); found != nil {
			return found
		}
	}
	return nil
}

// written is a node as YAML, without the comments around it, which stay in the object.
func written(n *yaml.Node) string {
	bare := own(n)
	bare.HeadComment, bare.LineComment, bare.FootComment = "", "", ""
	text, err := yaml.String(bare, yaml.Trim)
	if err != nil {
		return "null"
	}
	return text
}
