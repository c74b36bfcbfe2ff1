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

// The operations between two lists, and between two mappings of which little
// stays.
func TestOperations(t *testing.T) {
	a, b, c := m{"name": "a"}, m{"name": "b"}, m{"name": "c", "v": "1"}
	for name, tt := range map[string]struct {
		path       string
		base, want any
		ops        []op
	}{
		"the same":                  {"/x", m{"a": "1"}, m{"a": "1"}, nil},
		"another kind":              {"/x", "1", m{"a": "1"}, []op{{"replace", "/x", m{"a": "1"}}}},
		"a list for a mapping":      {"/x", m{"a": "1"}, l{"1"}, []op{{"replace", "/x", l{"1"}}}},
		"a value":                   {"/x", "1", "2", []op{{"replace", "/x", "2"}}},
		"a key comes":               {"/x", m{"b": "1", "c": "1"}, m{"a/b": "1", "b": "1", "c": "1"}, []op{{"add", "/x/a~1b", "1"}}},
		"less than the whole":       {"/x", m{"a": "1", "b": "1"}, m{"a": "1"}, []op{{"remove", "/x/b", nil}}},
		"as much as the whole":      {"/x", m{"a": "1", "b": "1", "c": "1"}, m{"a": "1"}, []op{{"remove", "/x/b", nil}, {"remove", "/x/c", nil}}},
		"more than the whole":       {"/x", m{"a": "1", "b": "1", "c": "1", "d": "1"}, m{"a": "1"}, []op{{"replace", "/x", m{"a": "1"}}}},
		"all of the root":           {"", m{"a": "1", "b": "1", "c": "1", "d": "1"}, m{"a": "1"}, []op{{"remove", "/b", nil}, {"remove", "/c", nil}, {"remove", "/d", nil}}},
		"all of the metadata":       {"/metadata", m{"a": "1", "b": "1", "c": "1"}, m{}, []op{{"remove", "/metadata/a", nil}, {"remove", "/metadata/b", nil}, {"remove", "/metadata/c", nil}}},
		"an element goes":           {"", l{a, b}, l{b}, []op{{"remove", "/0", nil}}},
		"the last goes":             {"", l{a, b}, l{a}, []op{{"remove", "/1", nil}}},
		"two go":                    {"", l{a, b, c}, l{c}, []op{{"remove", "/0", nil}, {"remove", "/0", nil}}},
		"one comes at the end":      {"", l{a}, l{a, b}, []op{{"add", "/-", b}}},
		"one comes first":           {"", l{a}, l{b, a}, []op{{"add", "/0", b}}},
		"two come between":          {"", l{a, c}, l{a, b, m{"name": "d"}, c}, []op{{"add", "/1", b}, {"add", "/2", m{"name": "d"}}}},
		"two come at the end":       {"", l{}, l{a, b}, []op{{"add", "/-", a}, {"add", "/-", b}}},
		"one changes within":        {"", l{a, c}, l{a, m{"name": "c", "v": "2"}}, []op{{"replace", "/1/v", "2"}}},
		"one changes behind a gone": {"", l{a, c}, l{m{"name": "c", "v": "2"}}, []op{{"remove", "/0", nil}, {"replace", "/0/v", "2"}}},
		"two change places":         {"", l{a, b}, l{b, a}, []op{{"remove", "/0", nil}, {"add", "/-", a}}},
		"one takes the place":       {"", l{"a", "b", "c"}, l{"a", "x", "c"}, []op{{"replace", "/1", "x"}}},
		"two take the places":       {"", l{"a", "b"}, l{"x", "y"}, []op{{"replace", "/0", "x"}, {"replace", "/1", "y"}}},
		"two for one":               {"", l{"a", "z"}, l{"x", "y", "z"}, []op{{"replace", "/0", "x"}, {"add", "/1", "y"}}},
		"one for two":               {"", l{"a", "b", "z"}, l{"x", "z"}, []op{{"replace", "/0", "x"}, {"remove", "/1", nil}}},
		"a name for what has none":  {"", l{"x", "z"}, l{a, "z"}, []op{{"remove", "/0", nil}, {"add", "/0", a}}},
		"what has none for a name":  {"", l{a, "z"}, l{"x", "z"}, []op{{"remove", "/0", nil}, {"add", "/0", "x"}}},
		"another name":              {"", l{a, "z"}, l{b, "z"}, []op{{"remove", "/0", nil}, {"add", "/0", b}}},
	} {
		if diff := cmp.Diff(tt.ops, operations(tt.path, tt.base, tt.want), cmp.AllowUnexported(op{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
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
