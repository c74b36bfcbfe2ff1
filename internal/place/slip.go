package place

import (
	"bytes"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// slip is a mistake that the parser meets only later, or in other words: what git
// left of a merge, or an "=" in place of a ":". before is where the parser
// stopped; nil says that it is another mistake.
func slip(file string, src []byte, before token.Pos) *finding.Finding {
	if f := conflicted(file, src); f != nil {
		return f
	}
	if pos := assignment(file, src); pos.IsValid() && pos.Offset() < before.Offset() {
		f := At(pos, CodeSyntax, "", `syntax: "=" stands where a field has ":"`, helpSyntax)
		return &f
	}
	return nil
}

// conflicted finds the first mark of a merge conflict.
func conflicted(file string, src []byte) *finding.Finding {
	line := 0
	for text := range bytes.Lines(src) {
		if line++; !bytes.HasPrefix(text, []byte("<<<<<<< ")) {
			continue
		}
		f := About(file, CodeSyntax, "git left a merge conflict, which begins here",
			"resolve it first: keep one side or both, and remove the lines of <<<<<<<, ======= and >>>>>>>")
		f.Line, f.Column = line, 1
		return &f
	}
	return nil
}

// assignment finds the first `name = value` that is neither a let clause nor an
// alias of a field or of a value.
func assignment(file string, src []byte) token.Pos {
	var s scanner.Scanner
	s.Init(token.NewFile(file, -1, len(src)), src, func(token.Pos, string, []any) {}, 0)
	var kinds [4]token.Token // the last of them, of which the first two come before "="
	var bind token.Pos
	for {
		pos, tok, _ := s.Scan()
		copy(kinds[:], kinds[1:])
		kinds[3] = tok
		switch {
		case tok == token.EOF:
			return token.NoPos
		case tok == token.INTERPOLATION:
			return token.NoPos // the rest is not for this scanner
		case tok == token.BIND:
			bind = pos
		}
		before, name, is, value := kinds[0], kinds[1], kinds[2], kinds[3]
		if name == token.IDENT && is == token.BIND && before != token.LET && before != token.COLON && isValue(value) {
			if _, next, _ := s.Scan(); next != token.COLON {
				return bind
			}
			kinds = [4]token.Token{}
		}
	}
}

func isValue(t token.Token) bool {
	switch t {
	case token.STRING, token.INT, token.FLOAT, token.TRUE, token.FALSE, token.LBRACE:
		return true
	}
	return false
}
