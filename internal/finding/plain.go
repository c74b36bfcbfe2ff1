package finding

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// mostWord is the most characters without a space between them that are
	// shown: more than any name of Kubernetes has, and any sensible path.
	mostWord = 300
	// mostText is the most characters of one text.
	mostText = 4000
	// rest is what is kept of the end of what is cut.
	rest = 40
)

// Plain makes one line of a text that has strings of a user's in it: what moves a
// cursor, or would pass for a line of its own, stands as an escape, and what is
// too long loses its middle. Every printer for people shows texts through it.
func Plain(text string) string {
	if !strange(text) && len(text) <= mostWord {
		return text
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		words[i] = cut(escaped(word), mostWord)
	}
	return cut(strings.Join(words, " "), mostText)
}

// PlainLines is Plain of each line of a text whose own line feeds are meant.
func PlainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Plain(line)
	}
	return strings.Join(lines, "\n")
}

// PlainFile is a path as people see it. One with a strange character is quoted, as
// git does.
func PlainFile(name string) string {
	if strange(name) || strings.Contains(name, `"`) {
		name = strconv.Quote(name)
	}
	return cut(name, mostText)
}

// strange tells that a text has what is no visible character, or is no UTF-8.
func strange(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) })
}

func escaped(text string) string {
	if !strange(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if strconv.IsPrint(r) && !strange(text[:size]) {
			b.WriteRune(r)
		} else {
			quoted := strconv.Quote(text[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// cut takes out the middle of what has more characters than most.
func cut(text string, most int) string {
	n := utf8.RuneCountInString(text)
	if n <= most {
		return text
	}
	runes, head := []rune(text), most-2*rest
	return string(runes[:head]) + "...(" + strconv.Itoa(n-head-rest) + " characters more)..." + string(runes[n-rest:])
}
