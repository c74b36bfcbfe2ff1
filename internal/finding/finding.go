// Package finding owns what whiskops says about a user's input: a stable code,
// a severity, the place in the user's own file, what is wrong and what to do.
//
// Findings are collected, never thrown: a machine fault (a full disk, an
// unreadable directory) is an ordinary error, a user's mistake is a Finding.
// Codes: WO1xx the schema, WO2xx and WO5xx rules over several fields, WO3xx the
// generated tree (drift, hand-edited files), WO7xx built objects.
package finding

import (
	"cmp"
	"slices"
)

// Severity says whether a finding stops the work.
type Severity string

const (
	// Error stops generation: what was asked cannot work.
	Error Severity = "error"
	// Warning is printed and does not change the exit code, unless a run is
	// strict.
	Warning Severity = "warning"
)

// Position is a place in a file that the user wrote. Line and Column count
// from 1, columns in bytes; zero means that the finding is about the whole file
// or directory.
type Position struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Finding is one complaint.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Position
	// Path is the field that the finding is about, with the environment
	// first: "production.kafka.replicas". Empty for whole files.
	Path string `json:"path,omitempty"`
	// Message says what is wrong, lower case, with the value quoted. With an
	// Other it is a beginning: see Said.
	Message string `json:"message"`
	// Other is the second place of what two places say; the zero value if there
	// is none.
	Other Position `json:"other,omitzero"`
	// Help says what to do.
	Help string `json:"help,omitempty"`
	// Acknowledged is why the environment's people know of a warning and leave it
	// so. Such a one is not shown to people, and stops nothing.
	Acknowledged string `json:"acknowledged,omitempty"`
	// Hidden says that the line holds a password or a key, and must not be
	// shown: see Secrets.
	Hidden bool `json:"hidden,omitempty"`
}

// In is the position with its file as seen from a directory, with forward
// slashes. One far outside the directory stays as it is.
func (p Position) In(dir string) Position {
	p.File = relative(p.File, dir)
	return p
}

// Said is the message with the place of Other at its end, the file as seen from a
// directory. Every printer shows this.
func (f Finding) Said(dir string) string {
	if f.Other == (Position{}) {
		return f.Message
	}
	return f.Message + " at " + f.Other.shown(dir)
}

// Sort orders findings by file, line, column, code and message and drops
// exact repetitions, so that the same input always prints the same text.
func Sort(fs []Finding) []Finding {
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(fs)
}

// Stops tells whether any finding stops the work: an error, and in a strict run a
// warning that nobody has acknowledged.
func Stops(fs []Finding, strict bool) bool {
	return HasErrors(fs) || strict && slices.ContainsFunc(fs, func(f Finding) bool { return f.Acknowledged == "" })
}

// HasErrors tells whether any finding is an error.
func HasErrors(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == Error })
}
