package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Fields come in their order, as long as somebody wants more.
func TestAllFields(t *testing.T) {
	f := fields{{"b", 1}, {"a", 2}, {"c", 3}}
	for until, want := range map[string][]string{"b": {"b"}, "a": {"b", "a"}, "": {"b", "a", "c"}} {
		var got []string
		for name := range f.All() {
			if got = append(got, name); name == until {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("until %q (-want +got):\n%s", until, diff)
		}
	}
}

// Nothing is written of what is empty.
func TestPut(t *testing.T) {
	var f fields
	for _, v := range []any{"", []any{}, []any(nil), map[string]any{}, fields{}} {
		if f.put("empty", v); len(f) > 0 {
			t.Fatalf("%#v is written", v)
		}
	}
	for i, v := range []any{"a", []any{""}, map[string]any{"a": ""}, fields{{"a", ""}}, false, 0} {
		if f.put("more", v); len(f) != i+1 {
			t.Fatalf("%#v is not written", v)
		}
	}
}
