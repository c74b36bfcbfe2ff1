// Package report owns how a change is shown: for people, for machines and on a
// page. It judges nothing.
//
// In: for each environment its effects and findings (internal/judge). Out: text,
// JSON, Markdown, SARIF, annotations of GitHub, and HTML. Every name and value is a stranger's,
// and escaped by each writer.
package report

import (
	"slices"

	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// Report of a change.
type Report struct {
	// Against names what was before: "golden/", or a revision as it was asked for.
	Against string `json:"against"`
	// Commit of the revision; empty for golden/.
	Commit string `json:"commit,omitempty"`
	// Since is the version of whiskops that wrote the old tree; empty if it is this one.
	Since string `json:"since,omitempty"`
	// Environments that differ, in the order of their names.
	Environments []Environment `json:"environments"`
	// Same is how many environments do not differ.
	Same int `json:"same"`
	// Findings that are about no environment.
	Findings []finding.Finding `json:"findings"`
}

// State of an environment in a change.
type State string

// States.
const (
	Changed State = "changed"
	Added   State = "added"
	Gone    State = "gone"
	// Broken: it could not be made, see its findings.
	Broken State = "broken"
)

// Environment that differs.
type Environment struct {
	// Name of it.
	Name string `json:"name"`
	// State of it: whether it was there before, and is now.
	State State `json:"state"`
	// Tool are the effects of what whiskops itself makes otherwise than the
	// version did that wrote the old tree; Effects are all others.
	Tool    []change.Effect `json:"tool"`
	Effects []change.Effect `json:"effects"`
	// Findings of the effects (WO4xx) and of the environment, with the places in
	// the user's files. Those that were accepted are not errors.
	Findings []finding.Finding `json:"findings"`
	// Accepted are the codes and objects that somebody accepted in this change.
	Accepted []string `json:"accepted"`
}

// All are the findings of a report: those that are about no environment, and each
// environment's.
func (r Report) All() []finding.Finding {
	all := slices.Clone(r.Findings)
	for _, e := range r.Environments {
		all = append(all, e.Findings...)
	}
	return all
}
