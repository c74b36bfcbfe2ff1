package finding

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWriteText(t *testing.T) {
	read := func(file string) ([]byte, error) {
		switch file {
		case "/repo/environments/a.cue":
			return []byte("a: {\n\tedge: {\thost: \"ü\", port: 0}\r\n}\n"), nil
		case "long.cue":
			return []byte("a: \"" + strings.Repeat("x", 300) + "\", b: 1, c: \"" + strings.Repeat("y", 300) + "\"\n"), nil
		case "escape.cue":
			return []byte("a: \x1b[31m\xff!\n"), nil
		}
		return nil, errors.New("gone")
	}
	for _, tt := range []struct {
		name string
		in   []Finding
		want string
	}{
		{"tabs and wide runes", []Finding{{Code: "WO103", Severity: Error, Position: Position{"/repo/environments/a.cue", 2, 28},
			Message: `"port" is 0, which is out of bounds`, Help: "want an integer from 1 to 65535"}}, `environments/a.cue:2:28: error WO103: "port" is 0, which is out of bounds
    	edge: {	host: "ü", port: 0}
    	       	                 ^
help: want an integer from 1 to 65535
`},
		{"no line, no help", []Finding{{Code: "WO111", Severity: Error, Position: Position{File: "/elsewhere/b.cue"}, Message: "the file has no package clause"}},
			"/elsewhere/b.cue: error WO111: the file has no package clause\n"},
		{"outside, and near", []Finding{{Code: "WO111", Severity: Error, Position: Position{File: "/b.cue"}, Message: "m"}}, "/b.cue: error WO111: m\n"},
		{"nowhere", []Finding{{Code: "WO201", Severity: Warning, Message: "m", Help: "h"}}, "warning WO201: m\nhelp: h\n"},
		{"a file that is gone", []Finding{{Code: "WO101", Severity: Error, Position: Position{"gone.cue", 3, 1}, Message: "m"}}, "gone.cue:3:1: error WO101: m\n"},
		{"past the end", []Finding{{Code: "WO100", Severity: Error, Position: Position{"/repo/environments/a.cue", 99, 1}, Message: "m"}}, "environments/a.cue:99:1: error WO100: m\n"},
		{"past the end of the line", []Finding{{Code: "WO100", Severity: Error, Position: Position{"/repo/environments/a.cue", 3, 9}, Message: "m"}},
			"environments/a.cue:3:9: error WO100: m\n    }\n     ^\n"},
		{"a long line", []Finding{{Code: "WO101", Severity: Error, Position: Position{"long.cue", 1, 308}, Message: "m"}},
			"long.cue:1:308: error WO101: m\n    ..." + strings.Repeat("x", 94) + "\", b: 1, c: \"" + strings.Repeat("y", 47) + "...\n    " + strings.Repeat(" ", 100) + "^\n"},
		{"escape sequences", []Finding{{Code: "WO101", Severity: Error, Position: Position{"escape.cue", 1, 10}, Message: "m"}},
			"escape.cue:1:10: error WO101: m\n    a: \ufffd[31m\ufffd!\n             ^\n"},
		{"two", []Finding{{Code: "WO101", Severity: Error, Message: "a"}, {Code: "WO102", Severity: Error, Message: "b"}}, "error WO101: a\n\nerror WO102: b\n"},
		{"one help for files", []Finding{
			{Code: "WO301", Severity: Error, Position: Position{File: "a"}, Message: "m", Help: "h"},
			{Code: "WO301", Severity: Error, Position: Position{File: "b"}, Message: "n", Help: "h"},
			{Code: "WO302", Severity: Error, Position: Position{File: "c"}, Message: "m", Help: "h"},
			{Code: "WO302", Severity: Error, Position: Position{File: "d", Line: 1}, Message: "m", Help: "h"}},
			"a: error WO301: m\nb: error WO301: n\nhelp: h\n\nc: error WO302: m\nhelp: h\n\nd:1: error WO302: m\nhelp: h\n"},
		{"none", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := WriteText(&b, tt.in, Options{Dir: "/repo", Read: read}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteJSON(t *testing.T) {
	var b strings.Builder
	fs := []Finding{
		{Code: "WO101", Severity: Error, Position: Position{"/repo/environments/a.cue", 2, 3}, Path: "a.x", Message: `unknown field "x<y"`, Help: "h"},
		{Code: "WO112", Severity: Error, Position: Position{File: "environments"}, Message: "no environment"},
	}
	if err := WriteJSON(&b, fs, Options{Dir: "/repo"}); err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "code": "WO101",
    "severity": "error",
    "file": "environments/a.cue",
    "line": 2,
    "column": 3,
    "path": "a.x",
    "message": "unknown field \"x<y\"",
    "help": "h"
  },
  {
    "code": "WO112",
    "severity": "error",
    "file": "environments",
    "message": "no environment"
  }
]
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	b.Reset()
	if err := WriteJSON(&b, nil, Options{}); err != nil || b.String() != "[]\n" {
		t.Errorf("no findings give %q, %v, want an empty array", b.String(), err)
	}
}

func TestSort(t *testing.T) {
	a := Finding{Code: "WO102", Position: Position{"a.cue", 2, 1}, Message: "a"}
	b := Finding{Code: "WO101", Position: Position{"a.cue", 10, 1}, Message: "b"}
	c := Finding{Code: "WO101", Position: Position{"b.cue", 1, 1}, Message: "c"}
	if diff := cmp.Diff([]Finding{a, b, c}, Sort([]Finding{c, b, a, b})); diff != "" {
		t.Errorf("sorted (-want +got):\n%s", diff)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	var b strings.Builder
	f := Finding{Code: "WO106", Severity: Error, Position: Position{File: "a.cue", Line: 1, Column: 1}, Path: "ci.secrets.plain.couchdb.admin.password", Message: "wrong"}
	err := WriteText(&b, []Finding{f}, Options{Read: func(string) ([]byte, error) { return []byte("password: \"hunter2\"\n"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "a.cue:1:1: error WO106: wrong\nin ci\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Of one code, so many findings about whole files are shown. Those at a line are
// all there.
func TestFew(t *testing.T) {
	file := func(code, name string) Finding {
		return Finding{Code: code, Severity: Error, Position: Position{File: name}, Message: "m"}
	}
	line := Finding{Code: "WO301", Severity: Error, Position: Position{"z", 1, 1}, Message: "m"}
	two := []Finding{file("WO301", "a"), file("WO307", "b"), file("WO301", "c"), line, line}
	three := append(two, file("WO301", "d"), file("WO307", "e"), file("WO307", "f"))
	for _, tt := range []struct {
		name string
		fs   []Finding
		most int
		want string
	}{
		{"all", three, 0, ""},
		{"one below", two, 3, ""},
		{"as many", two, 2, ""},
		{"one above", three, 2, "and 1 more of WO301, 1 more of WO307, which --output json lists"},
		{"of one code", three[:6], 2, "and 1 more of WO301, which --output json lists"},
	} {
		shown, rest := few(together(tt.fs), tt.most)
		if rest != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, rest, tt.want)
		}
		if want := len(tt.fs) - strings.Count(tt.want, "more of"); len(shown) != want {
			t.Errorf("%s: %d are shown, want %d", tt.name, len(shown), want)
		}
	}
	var b strings.Builder
	if err := WriteText(&b, three, Options{Most: 2}); err != nil || !strings.HasSuffix(b.String(), "\n\nand 1 more of WO301, 1 more of WO307, which --output json lists\n") {
		t.Errorf("printed %q, %v", b.String(), err)
	}
}

// A file's name moves no cursor, and begins no line of its own.
func TestNamesAreHarmless(t *testing.T) {
	var b strings.Builder
	f := Finding{Code: "WO307", Severity: Error, Position: Position{File: "a\x1b[2J\n::error::b"}, Message: "m\x1b]0;x\a", Help: "do this\r"}
	if err := WriteText(&b, []Finding{f}, Options{}); err != nil {
		t.Fatal(err)
	}
	want := `"a\x1b[2J\n::error::b": error WO307: m\x1b]0;x\a` + "\nhelp: do this\\r\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}
