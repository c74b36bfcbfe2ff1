package change

import "testing"

// One line that differs is shown; of more it is said how many.
func TestDisplayTexts(t *testing.T) {
	for _, tt := range []struct{ old, new, was, is string }{
		{"a\nb\n", "a\nc\n", "b", "c"},
		{"a\n  b;\nz\n", "a\n\tc;\nz\n", "b;", "c;"},
		{"a\nb\n", "a\nb\nc\n", "", "c"},
		{"a\nb\nc\n", "a\nc\n", "b", ""},
		{"a\na\n", "a\n", "a", ""},
		{"a", "a\nb", "", "b"},
		{"a\nb\n", "b\na\n", "2 lines", "2 lines (in another order)"},
		{"a\n  b\n", "a\nb\n", "2 lines", "2 lines (+1 -1)"},
		{"a\n\nb\n", "a\nb\n", "3 lines", "2 lines (+0 -1)"},
		{"a\nb\n", "a\nc\nd\n", "2 lines", "3 lines (+2 -1)"},
		{"a\nb\nx\n", "a\n", "3 lines", "a (+0 -2)"},
	} {
		was, is := displayTexts(tt.old, tt.new)
		if was != tt.was || is != tt.is {
			t.Errorf("%q -> %q is shown as %q -> %q, want %q -> %q", tt.old, tt.new, was, is, tt.was, tt.is)
		}
	}
}
