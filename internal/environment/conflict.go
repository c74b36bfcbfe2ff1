package environment

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// explainConflict names both places, at the later one.
func (p *pack) explainConflict(e errors.Error) finding.Finding {
	places := slices.DeleteFunc(slices.Clone(e.InputPositions()), func(q token.Pos) bool { return !q.IsValid() })
	_, args := e.Msg()
	type side struct {
		pos  token.Pos
		text string
	}
	var sides []side
	for i, q := range places[:min(2, len(places))] {
		text := ""
		if format, _ := e.Msg(); i < len(args) && strings.HasPrefix(format, msgConflict) {
			text = shorten(fmt.Sprint(args[i]))
		}
		sides = append(sides, side{q, text})
	}
	label := JoinPath(cuePath(e)...)
	help := "keep one of them; a shared value that may be overridden is written as a default: *3 | int"
	if len(sides) < 2 || sides[0].text == "" {
		where := p.errorPos(e)
		return at(where, CodeConflict, label, fmt.Sprintf("%s is said twice, differently", quoted(lastOf(cuePath(e)))), help)
	}
	slices.SortFunc(sides, func(a, b side) int { return comparePos(a.pos, b.pos) })
	return at(sides[1].pos, CodeConflict, label, fmt.Sprintf("%s is %s here, but %s at %s",
		quoted(lastOf(cuePath(e))), sides[1].text, sides[0].text, brief(sides[0].pos)), help)
}

// explainBranches is for a value that fits no branch of a disjunction that the
// user wrote.
func (p *pack) explainBranches(e errors.Error, branches []errors.Error) finding.Finding {
	// What all branches have in common is the value.
	count := map[token.Pos]int{}
	text := map[token.Pos]string{}
	for _, b := range branches {
		_, args := b.Msg()
		for i, q := range b.InputPositions() {
			count[q]++
			if i < len(args) {
				text[q] = shorten(fmt.Sprint(args[i]))
			}
		}
	}
	label := JoinPath(cuePath(e)...)
	for _, b := range branches {
		for _, q := range b.InputPositions() {
			if q.IsValid() && count[q] == len(branches) && text[q] != "" {
				return at(q, CodeEnum, label, fmt.Sprintf("%s is none of the values that %s may have", text[q], quoted(lastOf(cuePath(e)))),
					"the alternatives are written in the files of this directory")
			}
		}
	}
	return at(p.errorPos(e), CodeConflict, label, fmt.Sprintf("%s has no value that fits everything said of it", quoted(lastOf(cuePath(e)))), "")
}
