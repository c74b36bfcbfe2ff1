package report

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/whiskops/whiskops/internal/finding"
)

// columns counts the columns of positions as editors and SARIF do, in UTF-16 code
// units: a Position counts bytes. It reads each file once.
type columns struct {
	read  func(file string) ([]byte, error)
	lines map[string][][]byte
}

// of is the column of a position, from 1; 0 if that is not known.
func (c *columns) of(p finding.Position) int {
	if c.read == nil || p.Line < 1 || p.Column < 1 {
		return 0
	}
	lines, ok := c.lines[p.File]
	if !ok {
		// A file that is gone costs the column, not the finding.
		text, _ := c.read(p.File)
		lines = bytes.Split(text, []byte("\n"))
		if c.lines == nil {
			c.lines = map[string][][]byte{}
		}
		c.lines[p.File] = lines
	}
	if p.Line > len(lines) || p.Column > len(lines[p.Line-1])+1 {
		return 0
	}
	column := 1
	for before := lines[p.Line-1][:p.Column-1]; len(before) > 0; {
		r, size := utf8.DecodeRune(before)
		column += utf16.RuneLen(r)
		before = before[size:]
	}
	return column
}
