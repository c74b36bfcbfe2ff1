package immutable

import "github.com/whiskops/whiskops/internal/krm"

// Verdict is what refuses a change of one field.
type Verdict struct {
	// Kind is the row of the table, and Rule the field of the rule in it.
	Kind string `json:"kind"`
	Rule string `json:"rule"`
	// Number of the rule in its row.
	Number int `json:"number"`
	// Field that differs; empty in Rules.
	Field string `json:"field,omitempty"`
	// By whom, if it is not the API server.
	By      string `json:"by,omitempty"`
	Message string `json:"message,omitempty"`
	Help    string `json:"help,omitempty"`
}

// Verdicts are what refuses an update of one object, for who asks a real API server
// the same.
func Verdicts(old, new map[string]any) []Verdict {
	var all []Verdict
	for _, r := range Refusals(Of(old), Of(new)) {
		o := Of(new)
		all = append(all, Verdict{key(o.Group, o.Kind), r.rule, r.number, r.Field, r.By, r.Message, r.Help})
	}
	return all
}

// Rules are all of the table that refuse something.
func Rules() []Verdict {
	var all []Verdict
	for _, kind := range krm.Keys(table()) {
		for i, of := range table()[kind].rules {
			if !of.may {
				all = append(all, Verdict{Kind: kind, Rule: of.field, Number: i, By: of.by})
			}
		}
	}
	return all
}
