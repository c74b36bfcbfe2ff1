package overlay

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An operation on an element that is not there changes nothing.
func TestElementsOfAList(t *testing.T) {
	for _, tt := range []struct {
		op, at string
		want   []any
	}{
		{"add", "-1", []any{"a", "b"}}, {"add", "0", []any{"x", "a", "b"}}, {"add", "1", []any{"a", "x", "b"}},
		{"add", "2", []any{"a", "b", "x"}}, {"add", "3", []any{"a", "b"}}, {"add", "-", []any{"a", "b", "x"}}, {"add", "a", []any{"a", "b"}},
		{"replace", "-1", []any{"a", "b"}}, {"replace", "0", []any{"x", "b"}}, {"replace", "1", []any{"a", "x"}}, {"replace", "2", []any{"a", "b"}},
		{"replace", "-", []any{"a", "b"}},
		{"remove", "-1", []any{"a", "b"}}, {"remove", "0", []any{"b"}}, {"remove", "1", []any{"a"}}, {"remove", "2", []any{"a", "b"}},
	} {
		o := op{op: tt.op, value: "x"}
		list := []any{"a", "b"}
		if diff := cmp.Diff(tt.want, o.edit(list, []string{tt.at})); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.op, tt.at, diff)
		}
		if diff := cmp.Diff([]any{"a", "b"}, list); diff != "" {
			t.Errorf("%s %s writes into its input:\n%s", tt.op, tt.at, diff)
		}
	}
}

// Of all small lists no subsequence is longer than the one that is found, and
// it is one.
func TestAlign(t *testing.T) {
	lists := [][]any{{}}
	for from := 0; len(lists) < 121; from++ {
		for _, e := range []any{"a", "b", "c"} {
			lists = append(lists, append(lists[from][:len(lists[from]):len(lists[from])], e))
		}
	}
	for _, a := range lists {
		for _, b := range lists {
			pairs := align(a, b)
			if len(pairs) != longest(a, b) {
				t.Fatalf("%v and %v: %v", a, b, pairs)
			}
			for i, p := range pairs {
				if a[p[0]] != b[p[1]] || i > 0 && (pairs[i-1][0] >= p[0] || pairs[i-1][1] >= p[1]) {
					t.Fatalf("%v and %v: %v", a, b, pairs)
				}
			}
		}
	}
}

// longest common subsequence, by its definition.
func longest(a, b []any) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return 0
	case a[0] == b[0]:
		return 1 + longest(a[1:], b[1:])
	}
	return max(longest(a[1:], b), longest(a, b[1:]))
}

// Tiers come in their order, then what is none by name.
func TestCompareTiers(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"foundation", "data", -1}, {"data", "foundation", 1}, {"foundation", "a", -1}, {"a", "foundation", 1}, {"a", "b", -1}, {"b", "a", 1}, {"data", "data", 0}} {
		if got := compareTiers(tt.a, tt.b); got < 0 != (tt.want < 0) || got > 0 != (tt.want > 0) {
			t.Errorf("%s and %s: %d", tt.a, tt.b, got)
		}
	}
}
