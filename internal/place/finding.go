package place

import (
	"strings"

	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// At makes a finding at a place in a user's file. field is the path of the
// field that it is about, or "".
func At(pos token.Pos, code, field, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: Position(pos), Path: field, Message: message, Help: help}
}

// About makes a finding that has no line: about a whole file or a directory.
func About(file, code, message, help string) finding.Finding {
	return finding.Finding{Code: code, Severity: finding.Error, Position: finding.Position{File: file}, Message: message, Help: help}
}

// Position is p as findings have it.
func Position(p token.Pos) finding.Position {
	if !p.IsValid() {
		return finding.Position{}
	}
	q := p.Position()
	return finding.Position{File: q.Filename, Line: q.Line, Column: q.Column}
}

// Both is At for what two places say. The message is without the second place,
// which ends it (finding.Finding, Said); one that is not valid, or the first
// again, is none.
func Both(pos, other token.Pos, code, field, message, help string) finding.Finding {
	f := At(pos, code, field, message, help)
	if p := Position(other); p != f.Position {
		f.Other = p
	}
	return f
}

// Compare orders places by file, then as they stand in it.
func Compare(a, b token.Pos) int {
	p, q := a.Position(), b.Position()
	if p.Filename != q.Filename {
		return strings.Compare(p.Filename, q.Filename)
	}
	return p.Offset - q.Offset
}
