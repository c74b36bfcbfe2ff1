package finding

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// mostWord is the most characters of a text without a space in it that are
	// shown: longer than any name of Kubernetes and any path of a repository.
	mostWord = 300
	// mostText is the most characters of a text.
	mostText = 4000
)

// Plain makes a text fit to be shown to people, whatever strange strings of a
// user's are in it: what moves a cursor, or would be taken for a line of its own,
// stands as an escape, and what has no end is cut in its middle. The lines of the
// text itself remain, if lines is true.
func Plain(text string, lines bool) string {
	if safe(text, lines) && len(text) <= mostWord {
		return text
	}
	var b strings.Builder
	for i, word := range strings.Split(text, " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(cut(escape(word, lines), mostWord))
	}
	return cut(b.String(), mostText)
}

// plainFile is a path as people see it: one with a strange character in it is
// quoted, as git does.
func plainFile(name string) string {
	if !safe(name, false) || strings.Contains(name, `"`) {
		name = strconv.Quote(name)
	}
	return cut(name, mostText)
}

func shows(r rune, lines bool) bool {
	return strconv.IsPrint(r) && r != utf8.RuneError || lines && (r == '\n' || r == '\t')
}

func safe(text string, lines bool) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !shows(r, lines) })
}

func escape(text string, lines bool) string {
	if safe(text, lines) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if shows(r, lines) {
			b.WriteRune(r)
		} else {
			quoted := strconv.Quote(text[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// cut keeps a beginning and an end of what has more characters than most.
func cut(text string, most int) string {
	n := utf8.RuneCountInString(text)
	if n <= most {
		return text
	}
	runes := []rune(text)
	head := most * 2 / 3
	tail := most/3 - 40
	return string(runes[:head]) + "...(" + strconv.Itoa(n-head-tail) + " more)..." + string(runes[n-tail:])
}
