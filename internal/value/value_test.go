package value

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

type (
	m = map[string]any
	l = []any
)

func TestRead(t *testing.T) {
	for text, want := range map[string]any{
		"a":                                      "a",
		"'1'":                                    "1",
		"1":                                      int64(1),
		"1.0":                                    int64(1),
		"0o17":                                   int64(15),
		"1_000":                                  int64(1000),
		"+1":                                     int64(1),
		"1.5":                                    1.5,
		"9223372036854775807":                    int64(math.MaxInt64),
		"9223372036854775808":                    uint64(math.MaxInt64 + 1),
		"18446744073709551616":                   1.8446744073709552e19,
		"True":                                   true,
		"~":                                      nil,
		"2026-01-02":                             "2026-01-02T00:00:00Z",
		"{a: [1, {b: null}]}":                    m{"a": l{int64(1), m{"b": nil}}},
		"{a: &x {b: c}, d: *x}":                  m{"a": m{"b": "c"}, "d": m{"b": "c"}},
		"{a: &x {b: c}, d: {<<: *x, e: f}}":      m{"a": m{"b": "c"}, "d": m{"b": "c", "e": "f"}},
		"{1: a, true: b, '<<': c, 1.5: d}":       m{"1": "a", "true": "b", "<<": "c", "1.5": "d"},
		"!odd {a: !own b, c: !!str 1}":           m{"a": "b", "c": "1"},
		"!!float 3":                              int64(3),
		"[]":                                     l{},
		"{}":                                     m{},
		"a: 1\n---\n":                            m{"a": int64(1)},
		"[9007199254740993, 9007199254740992.0]": l{int64(9007199254740993), 9007199254740992.0},
	} {
		n := yaml.MustParse(text).YNode()
		got, err := Read(n)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if plain, ok := Plain(n); ok && !cmp.Equal(want, plain) {
			t.Errorf("%s is read directly as %v", text, plain)
		}
	}
	for _, text := range []string{"{a: 1, a: 2}", "{1: a, '1': b}", ".nan", "[.inf]", "{a: {? [b] : c, ? [b] : d}}"} {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			continue
		}
		if v, err := Read(&n); err == nil {
			t.Errorf("%s is read as %v", text, v)
		}
	}
}

func TestOfAndInto(t *testing.T) {
	type spec struct {
		Size  int               `json:"size"`
		Ratio float64           `json:"ratio,omitempty"`
		Words map[string]string `json:"words,omitempty"`
	}
	v, err := Of([]spec{{Size: 1}, {Ratio: 0.5, Words: map[string]string{"a": "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := l{m{"size": int64(1)}, m{"size": int64(0), "ratio": 0.5, "words": m{"a": "b"}}}
	if diff := cmp.Diff(any(want), v); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var back []spec
	if err := Into(v, &back); err != nil || back[1].Ratio != 0.5 {
		t.Errorf("got %v, %v", back, err)
	}
	if err := Into(m{"sise": 1}, &spec{}); err == nil {
		t.Error("a field that a struct does not have is taken")
	}
	if _, err := Of(math.NaN()); err == nil {
		t.Error("NaN has no JSON")
	}
}

func TestEqualAndCopy(t *testing.T) {
	of := func() m { return m{"a": l{int64(1), m{"b": "c"}, nil}, "n": nil} }
	v := of()
	c := CopyMap(v)
	if !Equal(v, c) || !Equal(any(v), of()) {
		t.Error("a copy is not equal")
	}
	c["a"].(l)[1].(m)["b"] = "d"
	if Equal(v, c) || !Equal(v, of()) {
		t.Error("a copy shares what it holds")
	}
	for _, pair := range [][2]any{
		{l{"a", "b"}, l{"b", "a"}}, {l{"a"}, l{"a", "a"}}, {m{"a": nil}, m{}}, {m{"a": nil}, m{"b": nil}}, {int64(1), "1"}, {int64(1), 1.0},
		{m{}, l{}}, {m{}, nil}, {nil, m{}}, {"a", l{"a"}}, {false, nil},
	} {
		if Equal(pair[0], pair[1]) || Equal(pair[1], pair[0]) {
			t.Errorf("%v and %v are equal", pair[0], pair[1])
		}
	}
}

func TestDiff(t *testing.T) {
	want := m{"kind": "K", "metadata": m{"name": "a"}, "list": l{int64(1), l{"x"}, "last"}, "gone": m{"a": int64(1)}, "type": "1"}
	is := m{"kind": "K", "metadata": m{"name": "b"}, "list": l{int64(2), l{"x", nil}}, "new": l{m{"b": true, "name": "n"}}, "type": int64(1)}
	lines := `- metadata.name: "a"
+ metadata.name: "b"
- gone: {a: 1}
- list[0]: 1
+ list[0]: 2
+ list[1][1]: null
- list[2]: "last"
+ new: [{name: "n", b: true}]
- type: "1"
+ type: 1
`
	if diff := cmp.Diff(lines, Diff(want, is)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if d := Diff(want, CopyMap(want)); d != "" {
		t.Errorf("equal values differ:\n%s", d)
	}
	if d := Diff("a", l{}); d != "- : \"a\"\n+ : []\n" {
		t.Errorf("got %q", d)
	}
}

func TestKeys(t *testing.T) {
	got := Keys(m{"name": 1, "b": 1, "kind": 1}, m{"a": 1, "b": 1, "$patch": 1, "metadata": 1}, m{"apiVersion": 1, "kind": 1})
	if want := []string{"$patch", "apiVersion", "kind", "metadata", "name", "a", "b"}; !slices.Equal(want, got) {
		t.Errorf("got %v, want %v", got, want)
	}
}
