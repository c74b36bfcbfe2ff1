package report

import (
	"io"

	"github.com/whiskops/whiskops/internal/finding"
)

// WriteSARIF writes the findings of a report.
func WriteSARIF(w io.Writer, r Report, o Options) error { return FindingsSARIF(w, r.All(), o) }

// FindingsSARIF writes findings.
func FindingsSARIF(w io.Writer, fs []finding.Finding, o Options) error { return nil }
