package report

import "io"

// WriteJSON writes a report.
func WriteJSON(w io.Writer, r Report, o Options) error { return nil }
