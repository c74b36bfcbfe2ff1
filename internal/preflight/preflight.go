// Package preflight asks a cluster for what an environment takes for granted of it.
//
// In: the derived values of a checked environment, whose catalogue has the list.
// Out: the facts that this environment assumes (Of), a POSIX shell script that asks
// for them with kubectl (Script), and findings about what the script said (Run).
// Nothing is changed in the cluster, and no value of a Secret is asked for.
package preflight

import (
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/internal/catalog"
	"github.com/whiskops/whiskops/internal/derived"
)

// Fact is one that an environment takes for granted.
type Fact struct {
	// ID is the assumption's, with the name of which of several behind a slash.
	ID string
	// Must is what is so, Breaks what happens where it is not: clauses.
	Must, Breaks string
	// Field of the environment that says otherwise; empty: none does.
	Field string
	// Show are kubectl's arguments, and First those of which the first word shown
	// replaces FIRST in them. Without Show a person must know.
	First, Show []string
	// Judge is how what is shown is compared with Want, and Unsure what proves
	// nothing.
	Judge, Want, Unsure string
}

// Of lists the facts that an environment takes for granted, in the catalogue's
// order.
func Of(v *derived.Values) ([]Fact, error) {
	var all []Fact
	for _, a := range v.Catalog.Assumptions.Value() {
		if !a.When.Holds(v.Env) {
			continue
		}
		items, err := each(v, a.Each)
		if err != nil {
			return nil, fmt.Errorf("catalogue: assumption %s: %w", a.ID, err)
		}
		for _, item := range items {
			f, applies, err := fill(a, scope{v, item})
			if err != nil {
				return nil, fmt.Errorf("assumption %s: %w", a.ID, err)
			}
			if applies {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// fill makes the fact of an assumption, and tells whether it applies.
func fill(a catalog.Assumption, s scope) (f Fact, applies bool, err error) {
	if a.If != "" {
		holds, err := catalog.Text(a.If, s)
		if err != nil || holds != "true" {
			return f, false, err
		}
	}
	f = Fact{ID: a.ID, Judge: a.Judge, Unsure: a.Unsure}
	if s.Item.key != "" {
		f.ID += "/" + s.Item.key
	}
	for _, text := range []struct {
		to   *string
		from string
	}{{&f.Must, a.Must}, {&f.Breaks, a.Breaks}, {&f.Field, a.Field}, {&f.Want, a.Want}} {
		if *text.to, err = catalog.Text(text.from, s); err != nil {
			return f, false, err
		}
		*text.to = strings.TrimSpace(*text.to)
	}
	if f.First, err = arguments(a.First, s); err != nil {
		return f, false, err
	}
	f.Show, err = arguments(a.Show, s)
	return f, err == nil, err
}

// arguments with their templates filled in.
func arguments(args []string, s scope) ([]string, error) {
	var all []string
	for _, arg := range args {
		filled, err := catalog.Expand([]any{arg}, s)
		if err != nil {
			return nil, err
		}
		for _, word := range filled.([]any) {
			all = append(all, fmt.Sprint(word))
		}
	}
	return all, nil
}

// Command is the fact's, as a person may paste it; empty where there is none.
func (f Fact) Command() string {
	if len(f.Show) == 0 {
		return ""
	}
	if len(f.First) == 0 {
		return "kubectl " + line(f.Show, "")
	}
	return "kubectl " + line(f.Show, "$(kubectl "+line(f.First, "")+")")
}

// line is arguments as a shell reads them, with first, which the shell works out,
// in the place of FIRST.
func line(args []string, first string) string {
	all := make([]string, len(args))
	for i, arg := range args {
		before, after, found := strings.Cut(arg, catalog.First)
		if found && first != "" {
			all[i] = `"` + before + first + after + `"`
			continue
		}
		all[i] = quote(arg)
	}
	return strings.Join(all, " ")
}

// plain are the characters that mean nothing to a shell.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+"

// quote makes a word of the shell of any text.
func quote(text string) string {
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
