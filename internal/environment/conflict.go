package environment

import (
	"fmt"
	"slices"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/place"
)

// conflict names both places, at the later one.
func (x explainer) conflict(e errors.Error) finding.Finding {
	places := slices.DeleteFunc(slices.Clone(e.InputPositions()), func(q token.Pos) bool { return !x.pkg.Has(q) })
	type side struct {
		pos  token.Pos
		text string
	}
	var sides []side
	for i, q := range places[:min(2, len(places))] {
		text := ""
		if kindOf(e) == conflict {
			text = argument(e, i)
		}
		sides = append(sides, side{q, text})
	}
	label := place.JoinPath(place.ErrorPath(e)...)
	help := "keep one of them; a shared value that may be overridden is written as a default: *3 | int"
	twice := fmt.Sprintf("%s is said twice, differently", place.Quoted(lastOf(place.ErrorPath(e))))
	if len(sides) < 2 || sides[0].text == "" {
		return place.At(x.position(e), place.CodeConflict, label, twice, help)
	}
	slices.SortFunc(sides, func(a, b side) int { return place.Compare(a.pos, b.pos) })
	// A value that is computed is in no list of secrets, but its line is.
	if slices.ContainsFunc(sides, func(s side) bool { return x.pkg.Secrets.Holds(s.pos.Filename(), s.pos.Line()) }) {
		return place.At(sides[1].pos, place.CodeConflict, label, twice, help)
	}
	return place.At(sides[1].pos, place.CodeConflict, label, fmt.Sprintf("%s is %s here, but %s at %s",
		place.Quoted(lastOf(place.ErrorPath(e))), sides[1].text, sides[0].text, place.Brief(sides[0].pos, sides[1].pos)), help)
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
	label := place.JoinPath(place.ErrorPath(e)...)
	for _, b := range branches {
		for _, q := range b.InputPositions() {
			if x.pkg.Has(q) && count[q] == len(branches) && text[q] != "" {
				return place.At(q, place.CodeEnum, label, fmt.Sprintf("%s is none of the values that %s may have", text[q], place.Quoted(lastOf(place.ErrorPath(e)))),
					"the alternatives are written in the files of this directory")
			}
		}
	}
	return place.At(x.position(e), place.CodeConflict, label, fmt.Sprintf("%s has no value that fits everything said of it", place.Quoted(lastOf(place.ErrorPath(e)))), "")
}
