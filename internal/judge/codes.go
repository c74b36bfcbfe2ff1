package judge

import (
	"github.com/whiskops/whiskops/internal/change"
	"github.com/whiskops/whiskops/internal/finding"
)

// Codes of what a change does.
const (
	codeRefused    = "WO401" // a change that the API server refuses
	codeData       = "WO402" // a change after which data are lost, or out of reach
	codeQuorum     = "WO403" // a change after which there are fewer voters or copies, or that a quorum must follow
	codeExposed    = "WO404" // a change that lets in whom it did not
	codeLeft       = "WO405" // volumes that a change leaves behind
	codeUnreadable = "WO406" // a golden file that cannot be read, so that its change was not judged
	codeUnused     = "WO407" // an acceptance of what the change does not do
)

// Acceptable are the codes that a person may accept.
func Acceptable() []string {
	return []string{codeRefused, codeData, codeQuorum, codeExposed, codeLeft}
}

// judgement of an effect: its code, and how bad it is. No code: it is shown, and no
// finding. Where nobody depends on the data, only what is refused stops the work.
func judgement(e change.Effect, lenient bool) (code string, severity finding.Severity) {
	severity = finding.Error
	if lenient || e.Harmless {
		severity = finding.Warning
	}
	switch e.Class {
	case change.Refused:
		return codeRefused, finding.Error
	case change.Data:
		return codeData, severity
	case change.Quorum:
		return codeQuorum, severity
	case change.Exposed:
		if !e.Harmless {
			return codeExposed, finding.Warning
		}
	case change.Left:
		if e.Field != "" {
			return codeLeft, finding.Warning
		}
	}
	return "", ""
}
