package report

import (
	"io"

	"github.com/whiskops/whiskops/internal/finding"
)

// WriteAnnotations writes the findings of a report.
func WriteAnnotations(w io.Writer, r Report, o Options) error { return FindingsAnnotations(w, r.All(), o) }

// FindingsAnnotations writes findings.
func FindingsAnnotations(w io.Writer, fs []finding.Finding, o Options) error { return nil }
