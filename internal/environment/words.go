package environment

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"
)

// words says what a value of that shape is, to complete "want ...".
func (s *shape) words() string {
	switch {
	case len(s.enum) > 0:
		return "one of " + list(s.enum)
	case s.kind == cue.IntKind && s.low != nil && s.high != nil:
		return fmt.Sprintf("an integer from %d to %d", *s.low, *s.high)
	case s.kind == cue.IntKind && s.low != nil:
		return fmt.Sprintf("an integer of at least %d", *s.low)
	case s.kind == cue.StructKind && len(s.fields) > 0:
		var labels []string
		for _, f := range s.fields {
			labels = append(labels, f.label)
		}
		return "a struct with " + strings.Join(labels, ", ")
	case s.kind == cue.ListKind && s.elem != nil:
		return "a list, each element " + s.elem.words()
	case s.kind == cue.StringKind && s.want != "":
		return s.want
	case s.kind == cue.StringKind && len(s.not) > 0:
		return "a string that is not empty"
	}
	return noun(s.kind)
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
func (n *node) show() string {
	switch n.kind {
	case cue.StringKind:
		return fmt.Sprintf("%q", shorten(n.text))
	case cue.IntKind, cue.FloatKind:
		return shorten(n.text)
	case cue.BoolKind:
		return fmt.Sprint(n.truth)
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
