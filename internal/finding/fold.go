package finding

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A help writes a value as it should be: in lower case, with "-" for what may not
// stand there. So a secret is looked for by its letters and digits alone, too.

// apart is the folded form of what keeps two words apart. No value has it.
const apart = '\x00'

// foldValue leaves the letters and digits of a value, in lower case.
func foldValue(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
}

// folded is a text by its letters and digits.
type folded struct {
	text string
	from []int // where in the text each byte of the folded one stands
}

// fold folds a text. What joins two words to one (a space, or signs without one)
// is left out; quotes, and more than one space or sign with it, are apart.
func fold(text string) folded {
	var b strings.Builder
	f := folded{from: make([]int, 0, len(text))}
	put := func(r rune, at int) {
		n := b.Len()
		b.WriteRune(r)
		for range b.Len() - n {
			f.from = append(f.from, at)
		}
	}
	gap, spaces, quoted := 0, 0, false
	for i, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap++
			quoted = quoted || r == '"' || r == '\'' || r == '`'
			if unicode.IsSpace(r) {
				spaces++
			}
			continue
		}
		if quoted || spaces > 0 && gap > 1 {
			put(apart, i)
		}
		gap, spaces, quoted = 0, 0, false
		put(unicode.ToLower(r), i)
	}
	f.text = b.String()
	return f
}

// mask returns the text from which f was folded, with Mask in the place of the
// folded values.
func (f folded) mask(text string, values []string) string {
	hidden := make([]bool, len(text))
	for _, v := range values {
		for at := 0; ; {
			i := strings.Index(f.text[at:], v)
			if i < 0 {
				break
			}
			first, last := f.from[at+i], f.from[at+i+len(v)-1]
			_, size := utf8.DecodeRuneInString(text[last:])
			for j := first; j < last+size; j++ {
				hidden[j] = true
			}
			at += i + len(v)
		}
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(Mask)
		}
	}
	return b.String()
}
