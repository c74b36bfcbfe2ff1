package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	type (
		m = map[string]any
		l = []any
	)
	values := m{"On": true, "N": 3}
	const yes, no = "{{if .On}}yes{{else}}omit:{{end}}", "{{if .On}}omit:{{else}}no{{end}}"
	for _, tt := range []struct {
		name     string
		in, want any
	}{
		{"scalars stay", m{"a": 1, "b": true, "c": nil, "d": "$(X)"}, m{"a": 1, "b": true, "c": nil, "d": "$(X)"}},
		{"a text", l{"n={{.N}}"}, l{"n=3"}},
		{"a number", m{"n": "int:{{add .N 4}}"}, m{"n": 7}},
		{"no number without a template", m{"n": "int:7"}, m{"n": "int:7"}},
		{"a field that is left out", m{"a": yes, "b": no}, m{"a": "yes"}},
		{"a list entry that is left out", l{yes, no, "c"}, l{"yes", "c"}},
		{"a list entry without its name", l{m{"name": no, "value": "x"}, m{"name": yes, "value": no}}, l{m{"name": "yes"}}},
		{"a list entry that never had one", l{m{"a": no}}, l{m{}}},
		{"an entry on a condition", l{m{"if": "{{.On}}", "a": 1}, m{"if": "{{not .On}}", "a": 2}, m{"a": 3}}, l{m{"a": 1}, m{"a": 3}}},
		{"a field is no entry", m{"x": m{"name": no}}, m{"x": m{}}},
	} {
		got, err := Expand(tt.in, values)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestExpandRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"{{.Missing}}":      "Missing",
		"{{if}}":            "missing value",
		"int:{{.N}}x":       `"3x" is no number`,
		"{{mib .N}}":        "wrong type",
		"{{seconds \"x\"}}": "invalid duration",
	} {
		_, err := Expand([]any{map[string]any{"a": text}}, map[string]any{"N": 3})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
