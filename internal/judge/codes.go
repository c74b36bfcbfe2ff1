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
	codeExposed    = "WO404" // a change that lets in whom it did not, or lets others read or believe what they could not
	codeLeft       = "WO405" // what a change leaves behind that runs on, lets in, is paid for, or is kept up to date by nobody
	codeUnreadable = "WO406" // a golden file that cannot be read, so that its change was not judged
	codeUnused     = "WO407" // an acceptance of what the change does not do
	codeClosed     = "WO408" // a change that shuts out whom it let in, for good or while clients of before and after are there
)

// Acceptable are the codes that a person may accept.
func Acceptable() []string {
	return []string{codeRefused, codeData, codeQuorum, codeExposed, codeLeft, codeClosed}
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
	case change.Closed:
		if !e.Harmless {
			return codeClosed, finding.Warning
		}
	case change.Left:
		if !e.Harmless {
			return codeLeft, finding.Warning
		}
	}
	return "", ""
}
