package report

import (
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// effectCodes begin the codes of findings about effects: WO4xx.
const effectCodes = "WO4"

// subject is what a finding about an effect names: the object, and the field of the
// environment that it follows from.
type subject struct{ object, field string }

// subjects are the findings of a sealed environment that are about effects, by their
// index. Their messages begin with the object: internal/judge.
func subjects(fs []finding.Finding) map[subject][]int {
	by := map[subject][]int{}
	for i, f := range fs {
		if end := strings.IndexAny(f.Message, ",:"); end > 0 && strings.HasPrefix(f.Code, effectCodes) {
			s := subject{f.Message[:end], f.Field()}
			by[s] = append(by[s], i)
		}
	}
	return by
}

// about are the findings of an environment that say of an effect what its message
// says. One that is not told so is shown apart, and not lost.
func about(e change.Effect, fs []finding.Finding, by map[subject][]int) []int {
	fields := e.Says
	if len(fields) == 0 {
		fields = []string{""}
	}
	var found []int
	for _, field := range fields {
		for _, i := range by[subject{e.Object.String(), field}] {
			if strings.HasSuffix(fs[i].Message, ": "+e.Message) && (e.Field == "" || strings.Contains(fs[i].Message, ", "+e.Field)) {
				found = append(found, i)
			}
		}
	}
	return found
}

// other are the findings of a sealed environment that no effect of it shows, by
// their index.
func other(e Environment) []int {
	by := subjects(e.Findings)
	shown := map[int]bool{}
	for _, effect := range slices.Concat(e.Tool, e.Effects) {
		for _, i := range about(effect, e.Findings, by) {
			shown[i] = true
		}
	}
	var rest []int
	for i, f := range e.Findings {
		if !shown[i] && f.Acknowledged == "" {
			rest = append(rest, i)
		}
	}
	return rest
}
