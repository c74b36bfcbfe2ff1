package report

import (
	"io"

	"github.com/whiskops/whiskops/internal/finding"
)

// Options of the writers. The zero value writes everything, without colour.
type Options struct {
	// Secrets are hidden in every text, whoever wrote it.
	Secrets *finding.Secrets
	// Dir is the absolute path of the repository: files are shown as seen from it.
	// Empty: as they are.
	Dir string
	// Read returns the content of a file by the name in its Position. With it
	// columns are counted in characters, as SARIF and GitHub want; without it, or
	// with an error, they are left out there.
	Read func(file string) ([]byte, error)
	// Color is for a terminal whose user did not set NO_COLOR; WriteText alone
	// heeds it.
	Color bool
	// Version of whiskops, for WriteSARIF; empty: unknown.
	Version string
	// Most is the most bytes that WriteMarkdown writes; 0: MostComment.
	Most int
}

// Writer of a report.
type Writer func(w io.Writer, r Report, o Options) error
