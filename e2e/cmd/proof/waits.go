package main

import (
	"bytes"
	"fmt"

	"github.com/whiskops/whiskops/e2e/bounds"
)

// waits says of each bound how much of it was needed: the longest of all environments.
func waits(b *bytes.Buffer, claims []claim) {
	type longest struct {
		figure float64
		where  string
	}
	needed := map[string]longest{}
	for _, c := range claims {
		bound, figure, ok := bounds.Of(c.Claim, c.Seconds)
		if !ok {
			continue
		}
		if old, known := needed[bound.Wait]; !known || figure > old.figure {
			needed[bound.Wait] = longest{figure, c.Environment}
		}
	}
	b.WriteString("\n## How long somebody waits\n\nA run that needs more than the bound fails.\n\n| for what | needed at most | bound | where |\n|---|---|---|---|\n")
	for _, bound := range bounds.All {
		n, ok := needed[bound.Wait]
		switch {
		case !ok:
			fmt.Fprintf(b, "| %s | not run | %.0f s | |\n", bound.Wait, bound.Most)
		case n.figure > bound.Most:
			fmt.Fprintf(b, "| **too long:** %s | %.1f s | %.0f s | %s |\n", bound.Wait, n.figure, bound.Most, n.where)
		default:
			fmt.Fprintf(b, "| %s | %.1f s | %.0f s | %s |\n", bound.Wait, n.figure, bound.Most, n.where)
		}
	}
}
