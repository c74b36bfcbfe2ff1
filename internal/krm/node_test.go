package krm

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What goes through JSON and what does not is the same node.
func TestNodeIsAsJSON(t *testing.T) {
	type named struct {
		A int    `json:"a"`
		B string `json:"b,omitempty"`
	}
	type word string
	for name, v := range map[string]any{
		"plain":   M{"b": L{1, "x", true, nil, M{}, L{}}, "a": "yes", "": "no"},
		"typed":   M{"m": map[string]string{"b": "1:30", "a": "<&>"}, "l": []string{"on", ""}, "o": []M{{"x": 1}, nil}},
		"nil":     M{"m": M(nil), "l": L(nil), "s": map[string]string(nil), "w": []string(nil), "o": []M(nil), "p": (*named)(nil)},
		"structs": M{"s": named{A: 1}, "p": &named{B: "y"}, "l": []named{{A: 2}}, "w": word("off"), "m": map[string]bool{"t": true}},
		"numbers": M{"i": math.MaxInt64, "n": int64(-1), "u": uint8(7), "f": 1.5, "g": 1e21, "d": json.Number("1.50"), "e": json.Number("12"), "z": json.Number("")},
		"text":    M{"bad": "a\xff\xfeb", "\xff": 1, "unicode": "é \u2028 🐙", "lines": "a\nb\n"},
	} {
		plain, err := plainValue(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := node(plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := node(v)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-JSON +directly):\n%s", name, diff)
		}
	}
	for name, v := range map[string]any{"channel": M{"c": make(chan int)}, "number": L{json.Number("x")}, "infinite": math.Inf(1)} {
		if _, err := Node(v); err == nil {
			t.Errorf("%s is no object, but made one", name)
		}
	}
}
