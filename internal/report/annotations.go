package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/whiskops/whiskops/internal/finding"
)

// WriteAnnotations writes the findings of a report as FindingsAnnotations does.
func WriteAnnotations(w io.Writer, r Report, o Options) error {
	return FindingsAnnotations(w, r.All(), o)
}

// FindingsAnnotations writes findings as commands of a GitHub workflow, which shows
// them at their lines:
//
//	::error file=environments/a.cue,line=2,title=WO401::the API server refuses it%0Ahelp: ...
//
// GitHub shows ten errors and ten warnings of a step; the rest is in its log.
// Source: docs.github.com, workflow commands; @actions/core's command.ts for what
// is escaped.
func FindingsAnnotations(w io.Writer, fs []finding.Finding, o Options) error {
	var b bytes.Buffer
	columns := columns{read: o.Read}
	for i, f := range sealFindings(fs, o) {
		if f.Acknowledged != "" {
			continue
		}
		b.WriteString("::" + level(f) + " ")
		if f.File != "" {
			fmt.Fprintf(&b, "file=%s,", property(f.File))
		}
		if f.Line > 0 {
			fmt.Fprintf(&b, "line=%d,", f.Line)
			if column := columns.of(fs[i].Position); column > 0 {
				fmt.Fprintf(&b, "col=%d,", column)
			}
		}
		text := finding.Plain(f.Message)
		if f.Help != "" {
			text += "\nhelp: " + finding.Plain(f.Help)
		}
		fmt.Fprintf(&b, "title=%s::%s\n", property(f.Code), data(text))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// data is the text of a workflow command.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// property is a value of a workflow command.
func property(value string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(finding.Plain(value)))
}
