package finding

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzExcerpt: whatever is in a user's file, in its name and in what is said of
// it, and wherever a finding stands, no control character of it gets to the
// terminal, and no line but those of the finding.
func FuzzExcerpt(f *testing.F) {
	f.Add([]byte("a: {\n\tedge: {\thost: \"ü\", port: 0}\r\n}\n"), 2, 28)
	f.Add([]byte("a: \x1b[31m\xff!\n"), 1, 10)
	f.Add([]byte("a: \""+strings.Repeat("x", 300)+"\"\n"), 1, 200)
	f.Add([]byte{}, 1, 1)
	f.Add([]byte("a\n"), -1, -1)
	f.Fuzz(func(t *testing.T, src []byte, line, column int) {
		found := Finding{Code: "WO101", Severity: Error, Position: Position{"a.cue" + string(src), line, column}, Message: string(src), Help: "h"}
		var b strings.Builder
		if err := WriteText(&b, []Finding{found}, Options{Read: func(string) ([]byte, error) { return src, nil }}); err != nil {
			t.Fatal(err)
		}
		bad := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
		if text := b.String(); strings.ContainsFunc(text, bad) || strings.Count(text, "\n") > 4 || !strings.HasSuffix(text, "\nhelp: h\n") {
			t.Errorf("line %d, column %d of %q:\n%q", line, column, src, text)
		}
	})
}
