package kustomize

import (
	"bytes"
	"fmt"
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// What is counted of a YAML text before the engine sees it.
const (
	// maxAliased is the most that its aliases may stand for: one for each value,
	// and its bytes. The engine puts that in their places.
	maxAliased = 64 << 10
	// maxNested is how many lists and mappings may be in each other, those behind
	// aliases too. The engine's time grows with more than the square of it; a
	// custom resource definition has some 40.
	maxNested = 200
)

// excess is where a YAML text becomes too large.
type excess struct {
	line, column int // from 1
	message      string
}

// separated is where the engine parts the text of resources into documents, which
// it then reads on their own.
var separated = regexp.MustCompile(`(?m)^---`)

// excessive finds where a YAML text, or a text within it, becomes too large; nil
// is nowhere. Nothing is expanded for it.
func excessive(text []byte) *excess { return excessiveWithin(text, 0) }

// maxTexts is how many texts are read that are in each other: the engine reads a
// patch in a kustomization, and no further. A text may also be itself, as one long
// scalar.
const maxTexts = 8

// excessiveWithin is excessive of a text that is in so many others.
func excessiveWithin(text []byte, others int) *excess {
	if others > maxTexts || !mayExceed(text) {
		return nil
	}
	if e, whole := excessivePart(text, others); e != nil || whole {
		return e
	}
	// What is no YAML as a whole may be some in parts.
	parts := separated.FindAllIndex(text, -1)
	for i, part := range parts {
		start, end := part[0], len(text)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		if e, _ := excessivePart(text[start:end], others); e != nil {
			e.line += bytes.Count(text[:start], []byte("\n"))
			return e
		}
	}
	return nil
}

// mayExceed is a quick look that spares most texts the reading. Nesting takes a
// bracket, or a place further to the right, where at most two begin: a list may be
// as far to the left as the field that it is the value of.
func mayExceed(text []byte) bool {
	if bytes.Contains(text, []byte("*")) && bytes.Contains(text, []byte("&")) {
		return true
	}
	brackets, right, column, leading := 0, 0, 0, true
	for _, c := range text {
		switch c {
		case '\n', '\r':
			column, leading = 0, true
			continue
		case '[', '{':
			brackets++
			leading = false
		case ' ', '\t', '-', '?', ':':
		default:
			leading = false
		}
		if column++; leading {
			right = max(right, column)
		}
	}
	return brackets+2*(right+1) > maxNested
}

// excessivePart looks into a text that is read at once. whole is false if it is no
// YAML, or not to its end.
func excessivePart(text []byte, others int) (e *excess, whole bool) {
	w := weighing{known: map[*yaml.Node]weight{}, others: others}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var n yaml.Node
		if err := d.Decode(&n); err != nil {
			return nil, ended(err) == nil
		}
		if w.weigh(&n, 0); w.over != nil {
			return w.over, true
		}
	}
}

type weighing struct {
	others int                   // texts around this one
	known  map[*yaml.Node]weight // of what has an anchor
	sum    int                   // of all that aliases stand for
	over   *excess
}

// weight is that of a value with all that its aliases stand for.
type weight struct {
	open        bool // it is being weighed: an alias to it is in itself
	size, depth int
}

func (w *weighing) exceed(n *yaml.Node, format string, args ...any) {
	if w.over == nil {
		w.over = &excess{n.Line, n.Column, fmt.Sprintf(format, args...)}
	}
}

// weigh weighs a value that is in so many others.
func (w *weighing) weigh(n *yaml.Node, above int) weight {
	if above == maxNested && (n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode) {
		w.exceed(n, "lists and mappings are nested more than %d deep", maxNested)
	}
	if w.over != nil {
		return weight{}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return w.alias(n, above)
	case yaml.ScalarNode:
		if e := excessiveWithin([]byte(n.Value), w.others+1); e != nil {
			// A patch may be YAML of its own.
			w.exceed(n, "in this text, %s", e.message)
		}
		return w.keep(n, weight{size: 1 + len(n.Value)})
	}
	w.keep(n, weight{open: true})
	all, below := weight{size: 1}, above
	if n.Kind != yaml.DocumentNode {
		all.depth, below = 1, above+1
	}
	for _, c := range n.Content {
		one := w.weigh(c, below)
		all.size += one.size
		all.depth = max(all.depth, one.depth+below-above)
	}
	return w.keep(n, all)
}

func (w *weighing) keep(n *yaml.Node, is weight) weight {
	if n.Anchor != "" {
		w.known[n] = is
	}
	return is
}

func (w *weighing) alias(n *yaml.Node, above int) weight {
	target, ok := w.known[n.Alias]
	switch {
	case !ok || target.open:
		w.exceed(n, "the alias *%s stands for a value that it is itself in, which has no end", n.Value)
	case above+target.depth > maxNested:
		w.exceed(n, "with what this alias stands for, lists and mappings are nested more than %d deep", maxNested)
	}
	if w.sum += target.size; w.sum > maxAliased {
		w.exceed(n, "the aliases up to this one stand for more than %d KiB", maxAliased>>10)
	}
	return target
}
