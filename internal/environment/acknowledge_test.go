package environment

import (
	"fmt"
	"strings"
	"testing"
)

// A reason has at least one character that is seen, and at most 300; each of them
// can be read in a README and on a terminal.
func TestReasons(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		fine         bool
	}{
		{"empty", "", false},
		{"one character", "x", true},
		{"299", strings.Repeat("ü", 299), true},
		{"300", strings.Repeat("ü", 300), true},
		{"301", strings.Repeat("ü", 301), false},
		{"a blank before", " x", false},
		{"a blank after", "x ", false},
		{"blanks between", "two  zones", true},
		{"a line feed", "two\nzones", false},
		{"an escape", "two\x1bzones", false},
		{"a change of direction", "two\u202ezones", false},
		{"an invisible character", "\u200b", false},
		{"a dash and an emoji", "two zones \u2014 \U0001F937", true},
	} {
		src := fmt.Sprintf("package e\n\np: {edge: host: \"a.example.com\", acknowledge: WO205: %q}\n", tt.reason)
		envs, found, err := LoadBytes(".", map[string][]byte{"a.cue": []byte(src)})
		if err != nil || (len(found) == 0) != tt.fine {
			t.Errorf("%s: %v, %v", tt.name, found, err)
		}
		if tt.fine && (len(envs) != 1 || envs[0].Acknowledge["WO205"] != tt.reason) {
			t.Errorf("%s: %v", tt.name, envs)
		}
	}
}
