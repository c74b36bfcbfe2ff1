// Package acknowledge owns what the people of an environment know of its warnings
// and leave so: acknowledge: {"WO205": "two zones are all that the site has"}.
//
// It is a step over findings, whoever made them: Mark gives each warning of an
// environment the reason that the environment has for its code. Unused says,
// when all is judged, which acknowledgements no warning had, and Mistakes which
// never will. What a finding is about is its Path, the environment first.
package acknowledge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/finding"
	"github.com/whiskops/whiskops/internal/rules"
	"github.com/whiskops/whiskops/internal/runtimes"
)

// Codes of findings about acknowledgements.
const (
	codeMistake = "WO121" // an acknowledgement of what is no warning of an environment
	codeUnused  = "WO122" // an acknowledgement of a warning that is not there
)

// isChange tells that a code is of what a change does: it comes and goes with the
// change, and is accepted with it.
func isChange(code string) bool { return strings.HasPrefix(code, "WO4") }

// Judged are the codes of warnings that a part of a run looks for.
type Judged []string

// Rules are those of internal/rules, and of the files that environments name.
func Rules() Judged {
	var all Judged
	for _, c := range rules.Codes() {
		if slices.Contains(c.Severities, finding.Warning) {
			all = append(all, c.Code)
		}
	}
	return append(all, runtimes.CodeUnread)
}

// Mark gives warnings the reasons that their environments have for them. Those of
// no environment, and errors, stay as they are.
func Mark(envs []environment.Environment, found []finding.Finding) []finding.Finding {
	reasons := map[string]map[string]string{}
	for _, e := range envs {
		reasons[e.Name] = e.Acknowledge
	}
	marked := slices.Clone(found)
	for i, f := range marked {
		if f.Severity == finding.Warning && f.Code != codeUnused && !isChange(f.Code) {
			marked[i].Acknowledged = reasons[f.Environment()][f.Code]
		}
	}
	return marked
}

// Unused are warnings about acknowledgements that none of the findings has, of
// codes that were judged. An environment with an error says nothing of them: what
// is wrong may hide what else is.
func Unused(envs []environment.Environment, found []finding.Finding, judged Judged) []finding.Finding {
	type of struct{ environment, code string }
	there, broken := map[of]bool{}, map[string]bool{}
	for _, f := range found {
		there[of{f.Environment(), f.Code}] = true
		broken[f.Environment()] = broken[f.Environment()] || f.Severity == finding.Error
	}
	var unused []finding.Finding
	for _, e := range envs {
		for _, code := range slices.Sorted(maps.Keys(e.Acknowledge)) {
			if slices.Contains(judged, code) && !there[of{e.Name, code}] && !broken[e.Name] {
				unused = append(unused, about(e, code, codeUnused, finding.Warning,
					fmt.Sprintf("%s is acknowledged, and there is no such warning here any more", code),
					"leave it out for this environment: else nobody sees the warning when it comes back for another reason"))
			}
		}
	}
	return unused
}

// Mistakes are acknowledgements of codes that are no warnings of an environment:
// those that are not in one of the lists.
func Mistakes(envs []environment.Environment, known ...Judged) []finding.Finding {
	all := slices.Concat(known...)
	var found []finding.Finding
	for _, e := range envs {
		for _, code := range slices.Sorted(maps.Keys(e.Acknowledge)) {
			if slices.Contains(all, code) {
				continue
			}
			message, help := why(code)
			found = append(found, about(e, code, codeMistake, finding.Error, message, help))
		}
	}
	return found
}

// why says of a code that it is none to acknowledge.
func why(code string) (message, help string) {
	i := slices.IndexFunc(rules.Codes(), func(c rules.Code) bool { return c.Code == code })
	switch {
	case i >= 0:
		return fmt.Sprintf("%s is an error (%s), and only warnings can be acknowledged", code, rules.Codes()[i].Title), "remove the line, and mend what the error says"
	case isChange(code):
		return fmt.Sprintf("%s is about a change, and only what stays can be acknowledged", code), "remove the line: a change is accepted when it is made, by generate --accept, as its finding says"
	}
	return fmt.Sprintf("%s is no warning about an environment", code), "write the code of a warning that is shown for this environment, or remove the line"
}

func about(e environment.Environment, acknowledged, code string, severity finding.Severity, message, help string) finding.Finding {
	field := environment.JoinPath("acknowledge", acknowledged)
	return finding.Finding{
		Code: code, Severity: severity, Position: e.Source.Position(field),
		Path: environment.JoinPath(e.Name) + "." + field, Message: message, Help: help,
	}
}
