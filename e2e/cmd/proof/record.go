package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/whiskops/whiskops/e2e/track"
)

// finders are who found faults, as a page says it.
var finders = map[string]string{
	"test": "a test", "run": "a run by hand", "reader": "a reader", "user": "a user",
}

// record is the table of all faults that were ever found, and the share that tests
// found first, which is how good the tests are.
func record(b *bytes.Buffer, faults []track.Fault) {
	count := track.FoundBy(faults)
	var others []string
	for _, f := range track.Finders {
		if n := count[f]; f != "test" && n > 0 {
			others = append(others, fmt.Sprintf("%d by %s", n, finders[f]))
		}
	}
	fmt.Fprintf(b, "\n## Faults ever found\n\nOf %d kinds of fault that were ever found in what is generated a test found %d first, %d %%; %s.\nThe rows are e2e/track/faults.yaml; each command runs what fails without the mend. What runs OpenWhisk or CouchDB itself needs E2E_OPENWHISK or E2E_COUCHDB (e2e/README.md).\n",
		len(faults), count["test"], share(count["test"], len(faults)), strings.Join(others, ", "))
	b.WriteString("\n| kind | fault | introduced in | found by | held by |\n|---|---|---|---|---|\n")
	for _, f := range faults {
		by := finders[f.Found]
		if f.With != "" {
			by = fmt.Sprintf("a test: %s", f.With)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", f.Kind, cell(f.Fault), f.Introduced, by, holders(f))
	}
}

// holders are the commands that run what holds a fault's mend, each with the case.
func holders(f track.Fault) string {
	if f.Open != "" {
		return "**open:** " + cell(f.Open)
	}
	var all []string
	for _, h := range f.Held {
		text := "`" + h.Command() + "`"
		if words := h.Case(); words != "" {
			text += " (" + cell(words) + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, "<br>")
}

// share is in percent, rounded down: a figure of quality is not made better.
func share(some, all int) int {
	if all == 0 {
		return 0
	}
	return 100 * some / all
}

// cell escapes what would end a cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
