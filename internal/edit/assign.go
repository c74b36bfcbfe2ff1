package edit

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/value"
)

// Assign gives a node a plain value. What of it is right already stays as it is
// written.
func Assign(n *yaml.Node, want any) error {
	want, err := plain(want)
	if err != nil {
		return err
	}
	return assign(n, want)
}

func assign(n *yaml.Node, want any) error {
	if same(n, want) {
		return nil
	}
	switch w := want.(type) {
	case map[string]any:
		if n.Kind == yaml.MappingNode && len(w) > 0 && len(n.Content) > 0 && keyOf(n, "<<") < 0 {
			return assignMapping(n, w)
		}
	case []any:
		if n.Kind == yaml.SequenceNode && len(w) > 0 && len(n.Content) > 0 {
			return assignSequence(n, w)
		}
	}
	fresh, err := value.Node(want)
	if err != nil {
		return err
	}
	take(n, fresh)
	return nil
}

// overwrite gives somebody else's node a value. A text in quotes stays in quotes.
func overwrite(n *yaml.Node, want any) error {
	was := *n
	if err := assign(n, want); err != nil {
		return err
	}
	if was.Kind == yaml.ScalarNode && n.Kind == yaml.ScalarNode && was.ShortTag() == n.ShortTag() && n.Style == 0 {
		n.Style = was.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)
	}
	return nil
}

func assignMapping(n *yaml.Node, want map[string]any) error {
	for i := 0; i+1 < len(n.Content); {
		if _, ok := want[n.Content[i].Value]; ok {
			i += 2
		} else {
			n.Content = slices.Delete(n.Content, i, i+2)
		}
	}
	for _, key := range value.Keys(want) {
		if at := keyOf(n, key); at >= 0 {
			if err := assign(n.Content[at+1], want[key]); err != nil {
				return err
			}
			continue
		}
		fresh, err := value.Node(want[key])
		if err != nil {
			return err
		}
		putKey(n, key, fresh)
	}
	return nil
}

func assignSequence(n *yaml.Node, want []any) error {
	n.Content = n.Content[:min(len(n.Content), len(want))]
	for i, e := range n.Content {
		if err := assign(e, want[i]); err != nil {
			return err
		}
	}
	for _, e := range want[len(n.Content):] {
		fresh, err := value.Node(e)
		if err != nil {
			return err
		}
		n.Content = append(n.Content, fresh)
	}
	return nil
}

// insert puts a leaf that is not there into its mapping or list.
func insert(parent *yaml.Node, l leaf) error {
	fresh, err := value.Node(l.want)
	if err != nil {
		return err
	}
	last := l.path.last()
	if !last.entry() {
		putKey(parent, last.key(), fresh)
		return nil
	}
	at := len(parent.Content)
	if known := lists[l.path.field()]; known.first {
		at = known.position(parent, l.after) + 1
	}
	parent.Content = slices.Insert(parent.Content, at, fresh)
	return nil
}

// putKey adds a field to a mapping: at its place if the fields are sorted, else last.
func putKey(n *yaml.Node, key string, v *yaml.Node) {
	at := len(n.Content)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if i >= 2 && n.Content[i].Value < n.Content[i-2].Value {
			at = len(n.Content)
			break
		}
		if at == len(n.Content) && n.Content[i].Value > key {
			at = i
		}
	}
	k, err := value.Node(key)
	if err != nil { // a text is always a node
		k = &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: key}
	}
	n.Content = slices.Insert(n.Content, at, k, v)
}

// Set gives a field of a mapping a plain value, as Assign does.
func Set(mapping *yaml.Node, key string, want any) error {
	if at := keyOf(mapping, key); at >= 0 {
		return Assign(mapping.Content[at+1], want)
	}
	want, err := plain(want)
	if err != nil {
		return err
	}
	fresh, err := value.Node(want)
	if err != nil {
		return err
	}
	putKey(mapping, key, fresh)
	return nil
}
