package kustomize

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

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

// Find are the places at which a word stands in a value or a field's name of a
// YAML file that a build read from the disk, in texts within it too.
func (t *Tree) Find(word string) []Place {
	if word == "" || t.own == nil {
		return nil
	}
	var places []Place
	t.own.each(func(file string, top *yaml.Node) {
		lines := bytes.Split(t.own.texts[file], []byte("\n"))
		eachScalar(top, func(n *yaml.Node) {
			if !hasWord(n.Value, word) {
				return
			}
			for i := max(n.Line-1, 0); i < len(lines); i++ {
				if column := wordIn(string(lines[i]), word); column >= 0 && (i >= n.Line || column >= n.Column-1) {
					places = append(places, Place{file, i + 1, column + 1})
					return
				}
			}
		})
	})
	return places
}

// Stands is where something of a built object was written: one of some words, a
// field on the way to it, or the object's name; ok is false if none is written.
func (t *Tree) Stands(o Object, field, words []string) (p Place, ok bool) {
	names := slices.DeleteFunc(slices.Clone(field), func(name string) bool {
		_, err := strconv.Atoi(name)
		return err == nil || slices.Contains(common, name)
	})
	slices.Reverse(names)
	for _, w := range slices.Concat(words, names, []string{o.Name, PlainName(o)}) {
		if places := t.Find(w); len(places) > 0 {
			return places[0], true
		}
	}
	return Place{}, false
}

// common are fields that say nothing of where one of them was written.
var common = []string{"metadata", "spec", "template", "name", "data", "containers", "initContainers", "labels", "annotations", "kind"}

func hasWord(text, word string) bool { return wordIn(text, word) >= 0 }

// wordIn is where a word is in a text that is no part of a longer one, or -1.
func wordIn(text, word string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(word)
		if (i == 0 || !inWord(text[i-1]) || !inWord(word[0])) && (end == len(text) || !inWord(text[end]) || !inWord(word[len(word)-1])) {
			return i
		}
		from = i + 1
	}
}

func inWord(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
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
