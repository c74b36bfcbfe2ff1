package finding

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing strange", `"ü" is 1, not <2>`, `"ü" is 1, not <2>`},
		{"a line feed", "the file a\nb", `the file a\nb`},
		{"escape sequences", "\x1b[31mred\x07", `\x1b[31mred\a`},
		{"lines of Unicode, and a change of direction", "a\u2028b\u202ec\u0085", `a\u2028b\u202ec\u0085`},
		{"no UTF-8", "a\xffb", `a\xffb`},
		{"the character for what is no UTF-8", "a\ufffd", "a\ufffd"},
		{"a word at its bound", strings.Repeat("ü", mostWord), strings.Repeat("ü", mostWord)},
		{"a word above its bound", "field " + strings.Repeat("ü", mostWord+1) + " is",
			"field " + strings.Repeat("ü", mostWord-80) + "...(41 characters more)..." + strings.Repeat("ü", 40) + " is"},
		{"a text at its bound", strings.Repeat("ab ", 1333) + "a", strings.Repeat("ab ", 1333) + "a"},
		{"a text above its bound", strings.Repeat("ab ", 2000), strings.Repeat("ab ", 1306) + "ab" + "...(2040 characters more)..." + strings.Repeat(" ab", 13) + " "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Plain(tt.in)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
	if got, want := PlainLines("a\n\x1bb\n"), "a\n\\x1bb\n"; got != want {
		t.Errorf("lines %q, want %q", got, want)
	}
}

// Strange strings of a user's are shown as such to people, and exactly to machines.
func TestStrangeStrings(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	fs := []Finding{{
		Code: "WO311", Severity: Error, Position: Position{"/repo/a\nb\x1b.yaml", 3, 1},
		Message: "unknown field \"" + long + "\"\nerror WO999: made up", Help: "remove\r" + long,
	}}
	read := func(string) ([]byte, error) { return []byte("a\nb\n\x1bc\n"), nil }
	var text strings.Builder
	if err := WriteText(&text, fs, Options{Dir: "/repo", Read: read}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text.String(), "\n")
	if len(lines) != 5 || len(text.String()) > 1000 || strings.ContainsFunc(text.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("%d lines, %d bytes: %q", len(lines), len(text.String()), text.String())
	}
	if want := `"a\nb\x1b.yaml":3:1: error WO311: unknown field "xxx`; !strings.HasPrefix(lines[0], want) {
		t.Errorf("%q, want it to begin with %q", lines[0], want)
	}
	var b strings.Builder
	if err := WriteJSON(&b, fs, Options{Dir: "/repo"}); err != nil {
		t.Fatal(err)
	}
	var got []Finding
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	fs[0].File = "a\nb\x1b.yaml"
	if diff := cmp.Diff(fs, got); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}
