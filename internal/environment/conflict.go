package environment

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// side is one of two values that do not go together.
type side struct {
	pos  token.Pos
	text string
}

// conflict names both places, at the later one.
func (x explainer) conflict(e errors.Error) finding.Finding {
	path := place.ErrorPath(e)
	var sides []side
	for i, q := range e.InputPositions() {
		if i < 2 && x.pkg.Has(q) {
			sides = append(sides, side{q, argument(e, i)})
		}
	}
	if len(sides) < 2 {
		return x.apart(path, x.position(e))
	}
	slices.SortFunc(sides, func(a, b side) int { return place.Compare(a.pos, b.pos) })
	first, last := sides[0], sides[1]
	// A value that is computed is in no list of secrets, but its line is.
	if first.text == "" || last.text == "" || x.holds(first.pos) || x.holds(last.pos) {
		return twice(path, last.pos, first.pos, helpFor(path, first.text, last.text))
	}
	return place.Both(last.pos, first.pos, place.CodeConflict, place.JoinPath(path...),
		fmt.Sprintf("%s is %s here, but %s", named(path), last.text, first.text), helpFor(path, first.text, last.text))
}

// lengths is for two lists. The evaluator places only one of them: the other is
// what else is said of the field, by as many elements as the error has.
func (x explainer) lengths(e errors.Error) finding.Finding {
	path, at := place.ErrorPath(e), x.position(e)
	here, there := argument(e, 0), argument(e, 1)
	has := func(v place.Value, n string) bool { return fmt.Sprint(v.Elements) == n }
	var others []place.Value
	for _, v := range x.pkg.Said(path) {
		if v.List && v.Pos != at {
			others = append(others, v)
		} else if v.Pos == at && has(v, there) {
			here, there = there, here
		}
	}
	if len(others) == 0 {
		return twice(path, at, token.NoPos, wholeList)
	}
	other := others[max(0, slices.IndexFunc(others, func(v place.Value) bool { return has(v, there) }))].Pos
	if place.Compare(at, other) < 0 {
		at, other, here, there = other, at, there, here
	}
	return place.Both(at, other, place.CodeConflict, place.JoinPath(path...),
		fmt.Sprintf("%s has %s here, but %s", named(path), counted(here), there), wholeList)
}

// counted writes a number of elements.
func counted(n string) string {
	if n == "1" {
		return "1 element"
	}
	return n + " elements"
}

// apart is for values of which the evaluator does not say where both are: the
// first two that the files say.
func (x explainer) apart(path []string, at token.Pos) finding.Finding {
	said := x.pkg.Said(path)
	if len(said) < 2 {
		return twice(path, at, token.NoPos, keepOne)
	}
	return twice(path, said[1].Pos, said[0].Pos, keepOne)
}

// twice says of a field no more than that two places differ.
func twice(path []string, at, other token.Pos, help string) finding.Finding {
	message := fmt.Sprintf("%s is said twice, differently", named(path))
	if other.IsValid() && other != at {
		message += ": here and"
	}
	return place.Both(at, other, place.CodeConflict, place.JoinPath(path...), message, help)
}

func (x explainer) holds(p token.Pos) bool {
	return x.pkg.Secrets.Holds(p.Filename(), p.Line())
}

// What to do about two values, by what they are.
const (
	keepOne    = "keep one of them"
	asDefault  = "; a shared value that may be overridden is written as a default: "
	wholeList  = keepOne + ": CUE does not join lists; a shared list that may be overridden is written as a default: *[\"a\"] | [...]"
	oneOrOther = keepOne + ": a field has a value, or fields of its own"
	ofItsType  = "write a value of the type that is asked for there, or change the type"
)

// helpFor says what to do about two values, from their texts.
func helpFor(path []string, a, b string) string {
	kinds := []string{kindOfText(a), kindOfText(b)}
	is := func(kind string) bool { return slices.Contains(kinds, kind) }
	_, element := place.Index(lastOf(path))
	switch {
	case is("type"):
		return ofItsType
	case is("struct"):
		return oneOrOther
	case is("list") || element:
		return wholeList
	case kinds[0] != kinds[1]:
		return keepOne
	case is("string"):
		return keepOne + asDefault + `*"a" | string`
	case is("bool"):
		return keepOne + asDefault + "*true | bool"
	case is("number"):
		return keepOne + asDefault + "*3 | int"
	}
	return keepOne
}

var typeName = regexp.MustCompile(`^(int|number|float|string|bool|bytes|\[\.\.\..*\]|\{\.\.\.\})$`)

// kindOfText tells what a value is from how CUE shows it: "type", "struct", "list",
// "string", "bool", "number", or "" for anything else.
func kindOfText(text string) string {
	switch {
	case text == "":
		return ""
	case typeName.MatchString(text):
		return "type"
	case text == "true" || text == "false":
		return "bool"
	}
	switch c := text[0]; {
	case c == '{':
		return "struct"
	case c == '[':
		return "list"
	case c == '"':
		return "string"
	case c == '-' || '0' <= c && c <= '9':
		return "number"
	}
	return ""
}

// bounds is for two bounds that leave no value.
func (x explainer) bounds(e errors.Error) finding.Finding {
	path := place.ErrorPath(e)
	var places []token.Pos
	for _, q := range e.InputPositions() {
		if x.pkg.Has(q) && !slices.Contains(places, q) {
			places = append(places, q)
		}
	}
	slices.SortFunc(places, place.Compare)
	if len(places) < 2 {
		return x.apart(path, x.position(e))
	}
	return place.Both(places[1], places[0], place.CodeConflict, place.JoinPath(path...),
		fmt.Sprintf("no value of %s is within both bounds, the one here and the one", named(path)), "change one of them")
}

// branches is for a value that fits no branch of a disjunction that the
// user wrote.
func (x explainer) branches(e errors.Error, branches []errors.Error) finding.Finding {
	// What all branches have in common is the value.
	count := map[token.Pos]int{}
	text := map[token.Pos]string{}
	for _, b := range branches {
		for i, q := range b.InputPositions() {
			count[q]++
			if said := argument(b, i); said != "" {
				text[q] = said
			}
		}
	}
	path := place.ErrorPath(e)
	for _, b := range branches {
		for _, q := range b.InputPositions() {
			if _, one := x.pkg.Alternatives(q); !one && x.pkg.Has(q) && count[q] == len(branches) && text[q] != "" {
				other, message := x.alternatives(branches, q), fmt.Sprintf("%s is none of the values that %s may have", text[q], named(path))
				if other.IsValid() {
					message = fmt.Sprintf("%s is none of the alternatives that %s has", text[q], named(path))
				}
				return place.Both(q, other, place.CodeEnum, place.JoinPath(path...), message, "write one of the alternatives, or add it to them")
			}
		}
	}
	return x.nothingFits(path, x.position(e))
}

// alternatives is where the disjunction begins whose branches refuse the value at
// a place.
func (x explainer) alternatives(branches []errors.Error, value token.Pos) token.Pos {
	for _, b := range branches {
		for _, q := range b.InputPositions() {
			if begin, ok := x.pkg.Alternatives(q); ok && q != value {
				return begin
			}
		}
	}
	return token.NoPos
}

// nothingFits is for two disjunctions, or what is more than the evaluator places.
func (x explainer) nothingFits(path []string, at token.Pos) finding.Finding {
	said := x.pkg.Said(path)
	for i, v := range said {
		if begin, ok := x.pkg.Alternatives(v.Pos); ok {
			said[i].Pos = begin
		}
	}
	said = slices.CompactFunc(said, func(a, b place.Value) bool { return a.Pos == b.Pos })
	label, message, help := place.JoinPath(path...), fmt.Sprintf("%s has no value that fits everything said of it", named(path)), "change one of the places, so that they have an alternative in common"
	if len(said) < 2 {
		return place.At(at, place.CodeConflict, label, message, help)
	}
	return place.Both(said[1].Pos, said[0].Pos, place.CodeConflict, label, message+", here and", help)
}

// named is a field within a sentence, an element of a list with the list's name.
func named(path []string) string {
	i := len(path)
	for i > 0 {
		if i--; !isElement(path[i]) {
			break
		}
	}
	return place.Quoted(strings.Join(path[i:], ""))
}

func isElement(label string) bool {
	_, ok := place.Index(label)
	return ok
}
