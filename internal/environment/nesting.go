package environment

import (
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// The parser and the evaluator are recursive, and a Go stack that is full ends
// the process without a way to recover. The schema nests eight levels deep.
const (
	maxNesting = 64  // brackets and interpolations inside one another
	maxRun     = 400 // tokens between two commas, brackets or line ends
)

// tooDeep returns the place where src nests deeper than it can be parsed
// safely. It looks at tokens alone and leaves every other mistake to the parser.
func tooDeep(file string, src []byte) (token.Pos, bool) {
	var s scanner.Scanner
	s.Init(token.NewFile(file, -1, len(src)), src, func(token.Pos, string, []any) {}, 0)
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
			return token.NoPos, false
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
		if len(stack) > maxNesting || stack[len(stack)-1].run > maxRun {
			return pos, true
		}
	}
}
