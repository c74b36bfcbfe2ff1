package place

import (
	"strconv"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// Source knows the places of one environment's fields: where a field stands
// comes from the syntax of the user's files, whether it is written from the
// evaluated data.
type Source struct {
	Package *Package
	Name    string // the environment's top-level field
	Data    *Node  // what CUE made of it
}

// Position returns the place of the field's label, or of the nearest enclosing
// field that the user wrote. An element of a list is "bootstrap[1]"; its place
// is the element itself. A field that stands in several places has the one
// nearest to the environment: a struct that it refers to comes after its own.
func (s *Source) Position(path string) finding.Position {
	return Position(s.Label(SplitPath(path)))
}

// Written tells whether the evaluated files have the field, wherever it is
// written: a field from a shared struct counts.
func (s *Source) Written(path string) bool {
	_, whole := s.Data.lookup(SplitPath(path))
	return whole
}

// Secrets are those of all environments of the package.
func (s *Source) Secrets() *finding.Secrets { return s.Package.Secrets }

// Label is Position for a path in parts.
func (s *Source) Label(labels []string) token.Pos {
	pl, whole := s.find(labels)
	if whole {
		return pl.Label
	}
	// Made by a comprehension, or not written at all. CUE knows the field of a
	// comprehension, the syntax knows the enclosing one. What is decoded has
	// places in a text that nobody can open.
	if n, ok := s.Data.lookup(labels); ok && s.Package.Has(n.Pos) {
		return n.Pos
	}
	for n := len(labels); n >= 0 && !pl.Label.IsValid(); n-- {
		if node, ok := s.Data.lookup(labels[:n]); ok && s.Package.Has(node.Pos) {
			return node.Pos
		}
	}
	return pl.Label
}

// Value returns the place of a field's value, and what is written there if it
// is a number, a string or a word.
func (s *Source) Value(labels []string) (pos token.Pos, text string) {
	pl, whole := s.find(labels)
	if !whole {
		return s.Label(labels), ""
	}
	if lit, ok := pl.value.(*ast.BasicLit); ok {
		text = lit.Value
	}
	return pl.ValuePos(), text
}

func (s *Source) find(labels []string) (Place, bool) {
	return s.Package.Find(append([]string{s.Name}, labels...))
}

// lookup finds the value at a path.
func (n *Node) lookup(labels []string) (*Node, bool) {
	for _, l := range labels {
		i, ok := Index(l)
		if j, err := strconv.Atoi(l); err == nil && !ok && n.Kind == cue.ListKind {
			i, ok = j, true
		}
		switch {
		case ok && i < len(n.Elems) && i >= 0:
			n = n.Elems[i]
		case n.Field(l) != nil:
			n = n.Field(l)
		default:
			return nil, false
		}
	}
	return n, true
}
