package overlay

import (
	"strings"
	"testing"
)

// The engine stops reading an env file at a line of 64 KiB, without a word: half
// of that is the most that is given to it.
func TestLinesOfAnEnvFile(t *testing.T) {
	for _, tt := range []struct {
		key, text string
		want      bool
	}{
		{"A", strings.Repeat("x", 32<<10-1), true},
		{"A", strings.Repeat("x", 32<<10), false},
		{"A", strings.Repeat("x", 32<<10+1), false},
		{"A", "", true}, {"A", "a b", true}, {"A", "a\nb", false}, {"A", "a\r", false},
		{"_", "x", true}, {"a9", "x", true}, {"9a", "x", false}, {"a-b", "x", false}, {"", "x", false},
	} {
		if got := asLine(tt.key, tt.text); got != tt.want {
			t.Errorf("%q with %d bytes is a line: %v", tt.key, len(tt.text), got)
		}
	}
}

// Quotes at an end are taken off a literal; within it they stay.
func TestLiterals(t *testing.T) {
	for text, want := range map[string]bool{
		"a": true, "": true, "it's": true, `a"b`: true, `"a`: false, `a"`: false, "'a'": false, "a'": false, "a\nb": false,
		strings.Repeat("x", 32<<10-1): true, strings.Repeat("x", 32<<10): false,
	} {
		if got := asLiteral(text); got != want {
			t.Errorf("%.20q is a literal: %v", text, got)
		}
	}
}
