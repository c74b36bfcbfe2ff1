package place

import (
	"fmt"
	"strings"
)

// Quoted names a field within a sentence by its label.
func Quoted(label string) string {
	if label == "" {
		return "a value"
	}
	return fmt.Sprintf("%q", strings.Trim(label, `"`))
}

// Shorten keeps a value in one line.
func Shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
