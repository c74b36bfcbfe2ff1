package place

import (
	"fmt"
	"path"
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

// Brief is a place within a sentence of a finding at another place: the file from
// the folder that both are in, line and column.
func Brief(p, at token.Pos) string {
	q := p.Position()
	name, dir := q.Filename, path.Dir(at.Position().Filename)
	for dir != "." && dir != "/" && !strings.HasPrefix(name, dir+"/") {
		dir = path.Dir(dir)
	}
	return fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(name, dir+"/"), q.Line, q.Column)
}

// Compare orders places by file, then as they stand in it.
func Compare(a, b token.Pos) int {
	p, q := a.Position(), b.Position()
	if p.Filename != q.Filename {
		return strings.Compare(p.Filename, q.Filename)
	}
	return p.Offset - q.Offset
}
