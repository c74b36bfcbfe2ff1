package report

import (
	"fmt"
	"regexp"
	"strings"

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

// word is what stands as it is in prose: letters, digits and what punctuates, in
// forms that no forge makes anything of.
var word = regexp.MustCompile(`^["'(]*[\pL\pN][\pL\pN.,;'"()/=-]*[:!?%]?["').,;]*$`)

// special are words that forges make links or lists of all the same: a commit, an
// issue, a host, the number of a list.
var special = regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?:[0-9a-f]{7,64}|gh-\d+|www\.)|^\d+[.)]+$`)

// tail is what punctuates behind a word.
var tail = regexp.MustCompile(`[,.;:)]+$`)

// prose is a sentence with strangers' strings in it. What is no plain word becomes
// code; neighbours become one.
func prose(s string) string {
	var out, strange []string
	flush := func(behind string) {
		if len(strange) > 0 {
			out = append(out, code(strings.Join(strange, " "))+behind)
			strange = nil
		}
	}
	for w := range strings.SplitSeq(finding.Plain(s), " ") {
		if w == "" || word.MatchString(w) && !special.MatchString(w) {
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
