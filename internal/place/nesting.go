package place

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"github.com/whiskops/whiskops/internal/finding"
)

// The parser and the evaluator are recursive, and a Go stack that is full ends
// the process without a way to recover. The schema nests eight levels deep.
const (
	maxNesting = 64  // brackets and interpolations inside one another
	maxRun     = 400 // tokens between two commas, brackets or line ends
)

// The parser's time grows with the square of the number of errors: a picture of
// 4 MiB would keep it busy for hours.
const maxErrors = 10

// unparsable says why src must not be given to the parser, or nothing. It looks at
// tokens alone and leaves every other mistake to the parser.
func unparsable(file string, src []byte) []finding.Finding {
	var s scanner.Scanner
	var first []finding.Finding
	s.Init(token.NewFile(file, -1, len(src)), src, func(pos token.Pos, format string, args []any) {
		if first == nil {
			first = []finding.Finding{At(pos, CodeSyntax, "", "syntax: "+fmt.Sprintf(format, args...), helpSyntax)}
		}
	}, 0)
	type level struct {
		interpolation bool // the parenthesis of "\(
		run           int
	}
	stack := []level{{}}
	opens := false // whether the next parenthesis is that of "\(
	for {
		pos, tok, _ := s.Scan()
		top := &stack[len(stack)-1]
		top.run++
		switch tok {
		case token.EOF:
			if s.ErrorCount <= maxErrors {
				return nil
			}
			return first
		case token.INTERPOLATION:
			opens = true
		case token.LBRACE, token.LBRACK, token.LPAREN:
			stack = append(stack, level{interpolation: opens})
			opens = false
		case token.RBRACE, token.RBRACK, token.RPAREN:
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			if top.interpolation && tok == token.RPAREN {
				// The scanner leaves the rest of the string to us:
				// it ends, or interpolates once more.
				opens = strings.HasSuffix(s.ResumeInterpolation(), "(")
			}
		case token.COMMA:
			top.run = 0
		}
		if s.ErrorCount > maxErrors {
			return first
		}
		if len(stack) > maxNesting || stack[len(stack)-1].run > maxRun {
			return []finding.Finding{At(pos, CodeSize, "", "the file nests too deeply here", "an environment needs no more than eight levels")}
		}
	}
}
