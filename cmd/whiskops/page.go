package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/whiskops/whiskops/internal/derived"
	"github.com/whiskops/whiskops/internal/environment"
	"github.com/whiskops/whiskops/internal/page"
	"github.com/whiskops/whiskops/internal/report"
)

// writePage lays a change out as HTML. Environments that are gone or broken cannot be
// drawn.
func writePage(w io.Writer, done outcome, r report.Report, o report.Options) error {
	p := page.Page{Outline: report.OutlineOf(r, o)}
	for _, e := range r.Environments {
		i := slices.IndexFunc(done.envs, func(env environment.Environment) bool { return env.Name == e.Name })
		if i < 0 || e.State == report.Gone || e.State == report.Broken {
			continue
		}
		values, err := derived.New(&done.envs[i])
		if err != nil {
			return fmt.Errorf("environment %s: %w", e.Name, err)
		}
		drawn, err := page.Of(&values, e)
		if err != nil {
			return fmt.Errorf("environment %s: %w", e.Name, err)
		}
		for _, f := range done.judged[e.Name].Files {
			drawn.Files = append(drawn.Files, page.File(f))
		}
		p.Environments = append(p.Environments, drawn)
	}
	return page.Write(w, p, page.Options{Secrets: o.Secrets})
}
