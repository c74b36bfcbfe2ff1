package environment

import (
	"strconv"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// source implements Source for an environment: where a field stands comes from
// the syntax of the user's files, whether it is written from the evaluated data.
type source struct {
	pkg  *pack
	env  string
	data *node
}

// Position returns the place of the field's label, or of the nearest enclosing
// field that the user wrote. An element of a list is "bootstrap[1]"; its place
// is the element itself. A field that stands in several places has the one
// nearest to the environment: a struct that it refers to comes after its own.
func (s *source) Position(path string) finding.Position {
	labels := splitPath(path)
	pl, _ := s.pkg.find(append([]string{s.env}, labels...))
	if !pl.whole {
		// Made by a comprehension, or not written at all. CUE knows the
		// field of a comprehension, the syntax knows the enclosing one.
		if n, whole := s.data.lookup(labels); whole && n.pos.IsValid() {
			return position(n.pos)
		}
	}
	return position(pl.label)
}

// Written tells whether the evaluated files have the field, wherever it is
// written: a field from a shared struct counts.
func (s *source) Written(path string) bool {
	_, whole := s.data.lookup(splitPath(path))
	return whole
}

// value returns the place of a field's value, and what is written there if it
// is a number, a string or a word.
func (s *source) value(labels []string) (token.Pos, string) {
	pl, _ := s.pkg.find(append([]string{s.env}, labels...))
	if !pl.whole {
		if n, whole := s.data.lookup(labels); whole && n.pos.IsValid() {
			return n.pos, ""
		}
		return pl.label, ""
	}
	text := ""
	if lit, ok := pl.value.(*ast.BasicLit); ok {
		text = lit.Value
	}
	return pl.valuePos(), text
}

// label returns the place of a field's label, or of the nearest enclosing one.
func (s *source) label(labels []string) token.Pos {
	pl, _ := s.pkg.find(append([]string{s.env}, labels...))
	if !pl.whole {
		if n, whole := s.data.lookup(labels); whole && n.pos.IsValid() {
			return n.pos
		}
	}
	return pl.label
}

// lookup finds the value at a path.
func (n *node) lookup(labels []string) (*node, bool) {
	for _, l := range labels {
		i, ok := index(l)
		if j, err := strconv.Atoi(l); err == nil && !ok && n.kind == cue.ListKind {
			i, ok = j, true
		}
		switch {
		case ok && i < len(n.elems) && i >= 0:
			n = n.elems[i]
		case n.field(l) != nil:
			n = n.field(l)
		default:
			return nil, false
		}
	}
	return n, true
}

// nowhere is the source of an environment that no user wrote.
type nowhere struct{}

func (nowhere) Position(string) finding.Position { return finding.Position{} }
func (nowhere) Written(string) bool              { return false }
