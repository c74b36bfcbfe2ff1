package contract

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"

	"github.com/whiskops/whiskops/internal/place"
)

// Words says what a value of that shape is, to complete "want ...".
func (s *Shape) Words() string {
	switch {
	case len(s.Enum) > 0:
		return "one of " + list(s.Enum)
	case s.Kind == cue.IntKind && s.Low != nil && s.High != nil:
		return fmt.Sprintf("an integer from %d to %d", *s.Low, *s.High)
	case s.Kind == cue.IntKind && s.Low != nil:
		return fmt.Sprintf("an integer of at least %d", *s.Low)
	case s.Kind == cue.StructKind && len(s.Fields) > 0:
		var labels []string
		for _, f := range s.Fields {
			labels = append(labels, f.Label)
		}
		return "a struct with " + strings.Join(labels, ", ")
	case s.Kind == cue.ListKind && s.Elem != nil:
		return "a list, each element " + s.Elem.Words()
	case s.Kind == cue.StringKind && s.Doc != "":
		return s.Want()
	case s.Kind == cue.StringKind && len(s.Not) > 0:
		return "a string that is not empty"
	}
	return noun(s.Kind)
}

// Want is what completes "want ...": the first sentence of a definition's
// comment, without the capital letter of its article.
func (s *Shape) Want() string {
	doc := strings.Join(strings.Fields(s.Doc), " ")
	if i := strings.Index(doc+" ", ". "); i >= 0 {
		doc = strings.TrimSuffix(doc[:i], ".")
	}
	for _, article := range []string{"A ", "An "} {
		if rest, ok := strings.CutPrefix(doc, article); ok {
			return strings.ToLower(article) + rest
		}
	}
	return doc
}

func noun(k cue.Kind) string {
	switch k {
	case cue.StringKind:
		return "a string"
	case cue.IntKind:
		return "an integer"
	case cue.FloatKind:
		return "a number"
	case cue.BoolKind:
		return "true or false"
	case cue.StructKind:
		return "a struct"
	case cue.ListKind:
		return "a list"
	case cue.NullKind:
		return "null"
	case cue.BytesKind:
		return "bytes"
	}
	return "a value"
}

// article says what a value is, and shows it if it is short.
func article(k cue.Kind, shown string) string {
	switch {
	case shown == "":
		return noun(k)
	case k == cue.NullKind || k == cue.BoolKind:
		return shown
	}
	return "the " + strings.TrimPrefix(strings.TrimPrefix(noun(k), "a "), "an ") + " " + shown
}

// show writes a single value as the user would.
func show(n *place.Node) string {
	switch n.Kind {
	case cue.StringKind:
		return fmt.Sprintf("%q", place.Shorten(n.Text))
	case cue.IntKind, cue.FloatKind:
		return place.Shorten(n.Text)
	case cue.BoolKind:
		return fmt.Sprint(n.Truth)
	case cue.NullKind:
		return "null"
	}
	return ""
}

// list writes strings in quotes, with commas and a last "or".
func list(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, fmt.Sprintf("%q", w))
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}
