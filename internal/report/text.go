package report

import "io"

// WriteText writes a report.
func WriteText(w io.Writer, r Report, o Options) error { return nil }
