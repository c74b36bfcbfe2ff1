package kustomize

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Place is where something stands in a file of the user's own. Line and Column
// count from 1, or are zero.
type Place struct {
	File         string
	Line, Column int
}

func at(file string, n *yaml.Node) Place { return Place{file, n.Line, n.Column} }

// Origin is where the objects of a kind and name come from that a build read
// from the disk: the places of their names, in the order of the files.
func (t *Tree) Origin(kind, name string) []Place {
	var places []Place
	t.own.each(func(file string, top *yaml.Node) {
		for _, o := range listed(top) {
			if n := field(field(o, "metadata"), "name"); n != nil && n.Value == name && text(field(o, "kind")) == kind {
				places = append(places, at(file, n))
			}
		}
	})
	return places
}

// Written are the places of all strings in YAML files that a build read from the
// disk for which is holds.
func (t *Tree) Written(is func(value string) bool) []Place {
	var places []Place
	t.own.each(func(file string, top *yaml.Node) {
		eachScalar(top, func(n *yaml.Node) {
			if is(n.Value) {
				places = append(places, at(file, n))
			}
		})
	})
	return places
}

// each shows the documents of all files that were read, as far as they are YAML.
func (o *own) each(show func(file string, top *yaml.Node)) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, file := range slices.Sorted(maps.Keys(o.texts)) {
		tops, _ := documents(o.texts[file])
		for _, top := range tops {
			show(file, top)
		}
	}
}

// documents are the values of a YAML text, up to the first mistake in it.
func documents(text []byte) ([]*yaml.Node, error) {
	var tops []*yaml.Node
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		err := d.Decode(&n)
		if err != nil {
			return tops, ended(err)
		}
		if len(n.Content) > 0 {
			tops = append(tops, n.Content[0])
		}
	}
}

// listed are the objects of a document: those of a list, or itself.
func listed(top *yaml.Node) []*yaml.Node {
	if items := field(top, "items"); items != nil && items.Kind == yaml.SequenceNode {
		return items.Content
	}
	return []*yaml.Node{top}
}

// field is a field of a mapping, or nil.
func field(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// eachScalar shows the strings and numbers in a value, and in mappings the names
// of fields; not what aliases stand for, which was shown.
func eachScalar(n *yaml.Node, show func(n *yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		show(n)
	}
	for _, c := range n.Content {
		eachScalar(c, show)
	}
}

func isKustomization(file string) bool {
	return slices.Contains(kustomizationNames, path.Base(file))
}

// ended is an error of reading that is not the end.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
