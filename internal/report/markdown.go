package report

import "io"

// WriteMarkdown writes a report.
func WriteMarkdown(w io.Writer, r Report, o Options) error { return nil }
