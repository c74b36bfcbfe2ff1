package manifest

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/kustomize"
)

// parse reads a document; nil is an empty one.
func (d document) parse() (*yaml.Node, error) {
	var n yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(d.text)).Decode(&n); err != nil {
		if err.Error() == "EOF" {
			return nil, nil
		}
		return nil, err
	}
	if len(n.Content) == 0 {
		return nil, nil
	}
	return n.Content[0], nil
}

// start of the object, for people.
func (d document) start() string {
	n, err := d.parse()
	if err != nil || n == nil {
		return d.file
	}
	if d.item >= 0 {
		n = at(n, []string{"items", strconv.Itoa(d.item)})
	}
	return fmt.Sprintf("line %d", d.line+n.Line)
}

// At is where a field of an object stands, or as much of the way to it as there
// is; the field's name, where it has one. Of a text of several lines it is the line
// with the first of some words that is in it.
func (s *Set) At(o kustomize.Object, path []string, words ...string) finding.Position {
	d, ok := s.places[idOf(o)]
	if !ok {
		return finding.Position{}
	}
	n, err := d.parse()
	if err != nil || n == nil {
		return finding.Position{File: d.file, Line: d.line + 1, Column: 1}
	}
	if d.item >= 0 {
		path = append([]string{"items", strconv.Itoa(d.item)}, path...)
	}
	found := at(n, path)
	line, column := found.Line, found.Column
	if found.Kind == yaml.ScalarNode && found.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		line, column = d.inText(found, words)
	}
	return finding.Position{File: d.file, Line: d.line + line, Column: column}
}

// inText is the place of a word in a text of several lines.
func (d document) inText(n *yaml.Node, words []string) (line, column int) {
	lines := strings.Split(string(d.text), "\n")
	end := min(len(lines), n.Line+1+strings.Count(n.Value, "\n"))
	for _, w := range words {
		for i := n.Line; w != "" && i < end; i++ {
			if c := strings.Index(lines[i], w); c >= 0 {
				return i + 1, c + 1
			}
		}
	}
	return n.Line, n.Column
}

// at follows a path as far as it goes. The end is the value of a field, where that
// is on one line with its name, or else its name.
func at(n *yaml.Node, path []string) *yaml.Node {
	for _, name := range path {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		switch n.Kind {
		case yaml.SequenceNode:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(n.Content) {
				return n
			}
			n = n.Content[i]
		case yaml.MappingNode:
			i := slices.IndexFunc(n.Content, func(k *yaml.Node) bool { return k.Value == name })
			for ; i >= 0 && i%2 == 1; i++ { // a value that is called so
				next := slices.IndexFunc(n.Content[i+1:], func(k *yaml.Node) bool { return k.Value == name })
				if next < 0 {
					return n
				}
				i += next
			}
			if i < 0 {
				return n
			}
			n = n.Content[i+1]
		default:
			return n
		}
	}
	return n
}

// atLine is how the parser says where it stopped.
var atLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

// notYAML says where a text stops being YAML.
func notYAML(d document, err error) finding.Finding {
	line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := atLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = m[2]
	}
	return wrong(d.file, d.line+line, 0, "this is no YAML: "+message, "mend it there, or a line before")
}
