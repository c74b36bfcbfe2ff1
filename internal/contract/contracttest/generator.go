// Package contracttest makes random data of the schema's shapes, for tests of
// whatever reads environments.
package contracttest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/whiskops/whiskops/internal/contract"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// form is what findings say of a string that a pattern, a length or "!=" refuses.
var form = regexp.MustCompile(`has the wrong form|is longer than [0-9]+ characters|is empty|is not allowed`)

// MeaningAlone tells whether all that is wrong is the meaning of strings, such as
// an address range that is none: CUE and a JSON Schema cannot say that.
func MeaningAlone(fs []finding.Finding) bool {
	return !slices.ContainsFunc(fs, func(f finding.Finding) bool {
		return f.Code != place.CodeForm || form.MatchString(f.Message)
	})
}

var word = regexp.MustCompile(`[^" ]+`)

// Generator makes data of a shape. With Wrong it is sometimes wrong, in one way
// or another.
type Generator struct {
	Rand  *rand.Rand
	Wrong bool
}

// Value makes one value.
func (g *Generator) Value(s *contract.Shape) *place.Node {
	if g.Wrong && g.Rand.IntN(120) == 0 {
		others := []*place.Node{
			{Kind: cue.StringKind, Text: "x"}, {Kind: cue.IntKind, Text: "1"}, {Kind: cue.IntKind, Text: "-99999999999999999999"},
			{Kind: cue.BoolKind}, {Kind: cue.NullKind}, {Kind: cue.ListKind}, {Kind: cue.StructKind}, {Kind: cue.FloatKind, Text: "1.5"}, {Kind: cue.StringKind},
		}
		return others[g.Rand.IntN(len(others))]
	}
	n := &place.Node{Kind: s.Kind}
	switch s.Kind {
	case cue.BoolKind:
		n.Truth = g.Rand.IntN(2) == 0
	case cue.IntKind:
		n.Text = fmt.Sprint(*s.Low + g.Rand.Int64N(*s.High-*s.Low+1))
		if g.Wrong && g.Rand.IntN(60) == 0 {
			n.Text = fmt.Sprint([]int64{*s.Low - 1, *s.High + 1}[g.Rand.IntN(2)])
		}
	case cue.StringKind:
		n.Text = g.text(s)
	case cue.ListKind:
		for range s.Min + g.Rand.IntN(3) - g.Rand.IntN(2) {
			n.Elems = append(n.Elems, g.Value(s.Elem))
		}
		if !g.Wrong && len(n.Elems) < s.Min {
			n.Elems = append(n.Elems, g.Value(s.Elem))
		}
	case cue.StructKind:
		n.Fields = g.fields(s)
	}
	return n
}

func (g *Generator) fields(s *contract.Shape) []place.Member {
	n := &place.Node{Kind: cue.StructKind}
	for _, f := range s.Fields {
		keep := g.Rand.IntN(100) < 30
		if needed(f) {
			keep = !g.Wrong || g.Rand.IntN(40) > 0
		}
		if keep {
			n.Fields = append(n.Fields, place.Member{Label: f.Label, Value: g.Value(f.Shape)})
		}
	}
	for range g.Rand.IntN(3) {
		if s.Values == nil {
			break
		}
		if label := g.text(s.Keys); n.Field(label) == nil {
			n.Fields = append(n.Fields, place.Member{Label: label, Value: g.Value(s.Values)})
		}
	}
	if g.Wrong && g.Rand.IntN(100) == 0 {
		n.Fields = append(n.Fields, place.Member{Label: "unknown", Value: &place.Node{Kind: cue.IntKind, Text: "1"}})
	}
	return n.Fields
}

// needed tells whether data without the field is wrong: it must be written, or is
// a struct, always there, with such a field.
func needed(f *contract.Field) bool {
	return f.Mandatory || !f.Optional && slices.ContainsFunc(f.Shape.Fields, needed)
}

// quoted are the texts in quotes, which may have spaces.
func quoted(text string) (all []string) {
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			all = append(all, part)
		}
	}
	return all
}

// text takes examples from the comments of forms.
func (g *Generator) text(s *contract.Shape) string {
	odd := []string{"", "x", "A b", "-", "1", "1.5.2", "100Mi", "10.0.0.1/8", "a:0", "5m", "ü", strings.Repeat("a", 400)}
	switch {
	case g.Wrong && g.Rand.IntN(40) == 0:
		return odd[g.Rand.IntN(len(odd))]
	case len(s.Enum) > 0:
		return s.Enum[g.Rand.IntN(len(s.Enum))]
	}
	examples := slices.Concat(odd, word.FindAllString(s.Want(), -1), quoted(s.Want()))
	good := slices.DeleteFunc(examples, func(v string) bool { return s.Refuses(v) != "" })
	if s.Def == "#AuthKey" {
		good = []string{"23bc46b1-71f6-4ed5-8c54-816aa4f8c502:" + strings.Repeat("k", 64)}
	}
	if s.Def == "#AgeRecipient" {
		good = []string{"age1" + strings.Repeat("q", 58)}
	}
	if s.Def == "#Digest" {
		good = []string{"sha256:" + strings.Repeat("0", 64)}
	}
	if len(good) == 0 {
		panic(fmt.Sprintf("no text that %s takes: its comment has no example", s.Def))
	}
	return good[g.Rand.IntN(len(good))]
}
