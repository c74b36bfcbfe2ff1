package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/whiskops/whiskops/internal/finding"
)

// A comment has strangers' strings in it, and forges make markup of nearly
// everything: HTML, links, mentions, references, formulas, commands. Only inside of
// code does nothing mean anything, so what is not plain prose becomes code.

// code is a string as code of Markdown.
func code(s string) string {
	s = finding.Plain(s)
	if s == "" {
		return ""
	}
	// The fence is longer than any run of backticks in it.
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	// One space at both ends is taken away again, if there is one at both.
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is a string as code in a cell of a table. There a "|" ends the cell, in code
// too; as an entity it does not. Nothing in such code is read as markup, but links
// are made of it, so what they need is kept apart.
func cell(s string) string {
	s = finding.Plain(s)
	if !strings.Contains(s, "|") {
		return code(s)
	}
	var b strings.Builder
	b.WriteString("<code>")
	for _, r := range s {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == ' ' || r > '~' {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "&#%d;", r)
		if strings.ContainsRune("@:.", r) {
			b.WriteString("</code><code>")
		}
	}
	b.WriteString("</code>")
	return b.String()
}

// plain tells that a word stands as it is in prose: letters, digits and what
// punctuates, in forms that no forge makes a link or a list of.
func plain(word string) bool {
	core := strings.TrimLeft(word, `"'(`)
	core = strings.TrimRight(core, `"').,;`)
	if last := len(core) - 1; last >= 0 && strings.IndexByte(":!?%", core[last]) >= 0 {
		core = core[:last]
	}
	number, run, hex := true, 0, true
	for i, r := range core {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			number = number && unicode.IsDigit(r)
			run++
			// Seven digits are enough for a commit.
			if hex = hex && strings.ContainsRune("0123456789abcdefABCDEF", r); hex && run == 7 {
				return false
			}
		case i > 0 && strings.ContainsRune(`.,;'"()/=-`, r):
			number, run, hex = false, 0, true
		default:
			return false
		}
	}
	lower := strings.ToLower(core)
	begins := number && strings.ContainsAny(strings.TrimPrefix(word, core), ".)")
	return core != "" && !begins && !strings.Contains(lower, "gh-") && !strings.Contains(lower, "www.")
}

// tail is what punctuates behind a word.
var tail = regexp.MustCompile(`[,.;:)]+$`)

// quoted is what a sentence has between backticks, with what punctuates around it:
// what somebody pastes into a shell.
var quoted = regexp.MustCompile("(?:^|[ (])`([^` ](?:[^`]*[^` ])?)`[,.;:)]*(?: |$)")

// prose is a sentence with strangers' strings in it. What stands between backticks is
// code already, and stays in one piece.
func prose(s string) string {
	s = finding.Plain(s)
	var b strings.Builder
	for {
		at := quoted.FindStringSubmatchIndex(s)
		if at == nil {
			return b.String() + words(s)
		}
		opens, closes := at[2]-1, at[3]+1
		before, bracket := strings.CutSuffix(s[:opens], "(")
		b.WriteString(words(before))
		if bracket {
			b.WriteString("(")
		}
		b.WriteString(code(s[at[2]:at[3]]) + s[closes:at[1]])
		s = s[at[1]:]
	}
}

// words are prose without commands. What is no plain word becomes code; neighbours
// become one.
func words(s string) string {
	var out, strange []string
	flush := func(behind string) {
		if len(strange) > 0 {
			out = append(out, code(strings.Join(strange, " "))+behind)
			strange = nil
		}
	}
	for w := range strings.SplitSeq(s, " ") {
		if w == "" || plain(w) {
			flush("")
			out = append(out, w)
			continue
		}
		behind := tail.FindString(w)
		if behind == w {
			behind = ""
		}
		strange = append(strange, strings.TrimSuffix(w, behind))
		if behind != "" {
			flush(behind)
		}
	}
	flush("")
	return strings.Join(out, " ")
}
