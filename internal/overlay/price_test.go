package overlay

import "testing"

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		of   any
		want int
	}{
		{nil, 1}, {"", 1}, {"a", 1}, {"a\nb", 2}, {"a\nb\n", 3}, {int64(1), 1},
		{m{}, 1}, {m{"a": "1"}, 1}, {m{"a": "1", "b": "2"}, 2},
		{m{"a": m{}}, 1}, {m{"a": m{"b": "1"}}, 2}, {m{"a": m{"b": "1", "c": "2"}}, 3}, {m{"a": "1\n2"}, 3},
		{l{}, 1}, {l{"a"}, 1}, {l{"a", "b"}, 2}, {l{m{"a": "1", "b": "2"}, "c"}, 3},
		{m{"a": l{}}, 1}, {m{"a": l{"b"}}, 2}, {m{"a": l{"b", "c"}}, 3},
	} {
		if got := lines(tt.of); got != tt.want {
			t.Errorf("%v takes %d lines, want %d", tt.of, got, tt.want)
		}
	}
}

func TestSaid(t *testing.T) {
	for _, tt := range []struct {
		base, of any
		want     int
	}{
		{"a", "a", 1}, {"a", "b", 0}, {"a\nb", "a\nb", 2}, {nil, "a", 0}, {int64(1), "1", 0},
		{m{"a": "1", "b": "2"}, m{"a": "1", "b": "3", "c": "4"}, 1}, {m{"a": "1", "b": "2"}, m{"a": "1", "b": "2"}, 2},
		{m{}, m{"a": nil}, 0}, {"a", m{"a": "1"}, 0}, {m{"a": "1"}, l{"1"}, 0},
		{l{"a", "b"}, l{"a", "c", "b"}, 1}, {l{"a", "b", "c"}, l{"a", "b"}, 2}, {l{}, l{"a"}, 0},
	} {
		if got := said(tt.base, tt.of); got != tt.want {
			t.Errorf("%v says %d lines of %v, want %d", tt.base, got, tt.of, tt.want)
		}
	}
}

// The operation and its path are two lines; a value is one more, or as many as
// it takes below that.
func TestPrice(t *testing.T) {
	for _, tt := range []struct {
		ops  []op
		want int
	}{
		{nil, 0}, {[]op{{"remove", "/a", nil}}, 2}, {[]op{{"replace", "/a", "x"}}, 3}, {[]op{{"add", "/a", m{}}}, 3}, {[]op{{"add", "/a", l{}}}, 3},
		{[]op{{"add", "/a", m{"b": "1"}}}, 4}, {[]op{{"add", "/a", l{"b", "c"}}}, 5}, {[]op{{"add", "/a", "x\ny"}}, 5},
		{[]op{{"remove", "/a", nil}, {"remove", "/b", nil}, {"add", "/c", "x"}}, 7},
	} {
		if got := price(tt.ops); got != tt.want {
			t.Errorf("%v cost %d lines, want %d", tt.ops, got, tt.want)
		}
	}
}
