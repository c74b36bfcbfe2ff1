package place

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// chain writes n lines of which each refers to the one before it.
func chain(first, line string, n int) string {
	lines := []string{first}
	for i := 1; i <= n; i++ {
		lines = append(lines, strings.NewReplacer("NOW", fmt.Sprint("_a", i), "BEFORE", fmt.Sprint("_a", i-1), "NUMBER", fmt.Sprint(i)).Replace(line))
	}
	return strings.Join(lines, "\n") + "\n"
}

func pairs(n int, between string) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("({a%d: 1} | {a%d: 2})", i, i))
	}
	return strings.Join(all, between)
}

// What grows is found before it is evaluated, at the place where it becomes too
// much.
func TestTooHeavy(t *testing.T) {
	const (
		values = "this makes more than 30000 values"
		text   = "this makes more than 1 MiB of text"
		ways   = "these alternatives can be combined in more than 1000 ways"
		depth  = "this is more than 400 structs, lists and references inside one another"
	)
	for _, tt := range []struct{ name, src, want string }{
		{"range at the bound", "import \"list\"\n_l: list.Range(0, 30_000, 1)", ""},
		{"range above it", "import \"list\"\n_l: list.Range(0, 30_001, 1)", "2:5 " + values},
		{"range by steps", "import \"list\"\n_l: list.Range(0, 1M, 100)", ""},
		{"range downwards", "import \"list\"\n_l: list.Range(30001, 0, -1)", "2:5 " + values},
		{"range of calculated numbers", "import \"list\"\n_n: 300 * 100\n_l: list.Range(0, _n + 1, 1)", "3:5 " + values},
		{"repeated list", "import \"list\"\n_l: list.Repeat([1, 2, 3], 10K)", "2:5 " + values},
		{"repeated text", "import \"strings\"\n_l: strings.Repeat(\"0123456789\", 80_000)", ""},
		{"text repeated more often", "import \"strings\"\n_l: strings.Repeat(\"0123456789\", 100_000)", "2:5 " + text},
		{"multiplied numbers", "_n: 1024 * 1024 * 1024 * 1024\n_m: _n * 1000000", ""},
		{"multiplied text", "_l: \"0123456789\" * 1e30", "1:5 " + text},
		{"comprehension below", "import \"list\"\n_l: list.Range(0, 50, 1)\n_m: [for x in _l for y in _l {x + y}]", ""},
		{"comprehension above", "import \"list\"\n_l: list.Range(0, 150, 1)\n_m: [for x in _l for y in _l {x + y}]", "3:6 " + values},
		{"doubled structs", chain("_a0: x: 1", "NOW: {x: BEFORE, y: BEFORE}", 30), "15:7 " + values},
		{"interpolation below", chain(`_a0: "0123456789"`, `NOW: "`+strings.Repeat(`\(BEFORE)`, 10)+`"`, 4), ""},
		{"interpolation above", chain(`_a0: "0123456789"`, `NOW: "`+strings.Repeat(`\(BEFORE)`, 10)+`"`, 9), "6:6 " + text},
		{"nine alternatives of two", "_d: " + pairs(9, " & "), ""},
		{"ten alternatives of two", "_d: " + pairs(10, " & "), "1:5 " + ways},
		{"alternatives side by side", "_d: {" + strings.ReplaceAll(pairs(9, ", "), "(", "\n x: (") + "}", ""},
		{"a chain of them", chain("_a0: {x: 1} | {x: 2}", "NOW: BEFORE & ({xNUMBER: 1} | {xNUMBER: 2})", 14), "10:6 " + ways},
		{"embedded", "_d: {\n" + pairs(14, "\n") + "\n}", "1:5 " + ways},
		{"said again and again", "_d: " + pairs(14, "\n_d: ") + "\n", "10:1 " + ways},
		{"a thousand words", "_d: " + strings.Join(slices.Repeat([]string{`"a"`}, 190), " | "), ""},
		{"deep below", chain("_a0: x: 1", "NOW: x: BEFORE", 199), ""},
		{"deep above", chain("_a0: x: 1", "NOW: x: BEFORE", 201), "201:8 " + depth},
		{"deep the other way", "_a0: x: _a1\n" + strings.Repeat("\n", 3) + chain("_a9999: x: 1", "NOW: x: _a0", 1), ""},
		{"a number of numbers", "import s \"strings\"\n_n0: 1\n" + chain("_a0: 1", "NOW: BEFORE + BEFORE", 60) + "\nx: s.Repeat(\"a\", _a60)", "18:7 " + values + "\n65:4 " + text},
		{"under another name", "import s \"strings\"\nx: s.Repeat(\"a\", 2000000)", "2:4 " + text},
		{"replaced text", "import \"strings\"\n_a: \"" + strings.Repeat("a", 1000) + "\"\nx: strings.Replace(_a, \"a\", _a, -1)", ""},
		{"text replaced by more", "import \"strings\"\n_a: \"" + strings.Repeat("a", 1030) + "\"\nx: strings.Replace(_a, \"a\", _a, -1)", "3:4 " + text},
		{"a pattern replaced", "import \"regexp\"\n_a: \"" + strings.Repeat("a", 1030) + "\"\nx: regexp.ReplaceAll(\"a\", _a, _a)", "3:4 " + text},
		{"joined with much", "import (\"list\", \"strings\")\n_l: list.Repeat([\"\"], 2000)\nx: strings.Join(_l, \"" + strings.Repeat("a", 600) + "\")", "3:4 " + text},
		{"encoded again and again", "import \"encoding/hex\"\nx: " + strings.Repeat("hex.Encode(", 20) + `"a"` + strings.Repeat(")", 20), "2:15 " + text},
		{"shifted", "import \"math/bits\"\nx: bits.Lsh(1, 10M)", "2:4 " + text},
		{"digits", "import \"strconv\"\nx: strconv.FormatFloat(1.5, 102, 2M, 64)", "2:4 " + text},
		{"unknown text", "import \"strings\"\nx: strings.Repeat(y.z, 2M)", "2:4 " + text},
		{"in a circle", "_a: x: _b\n_b: y: _a\n_c: _c", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, fs := Parse(".", map[string][]byte{"a.cue": []byte(tt.src)})
			var got []string
			for _, f := range fs {
				if f.Code != CodeSize || f.Help == "" {
					t.Errorf("%+v", f)
				}
				got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
			}
			if strings.Join(got, "\n") != tt.want {
				t.Errorf("findings %q, want %q", got, tt.want)
			}
		})
	}
}

// A fleet is many environments: each has the bounds for itself.
func TestFleetIsNotHeavy(t *testing.T) {
	src := "import \"list\"\n_base: kafka: topics: list.Range(0, 1000, 1)\n"
	for i := range 1000 {
		src += fmt.Sprintf("e%d: _base & {edge: host: *\"a\" | string}\n", i)
	}
	if _, fs := Parse(".", map[string][]byte{"a.cue": []byte(src)}); len(fs) > 0 {
		t.Error(fs[0])
	}
}

func TestCostly(t *testing.T) {
	for src, want := range map[string]string{
		"a: 1\nb: {c: \"x\"}":                                "",
		"a: 1 | 2\nb: [for x in [1] for y in [2] {x}]\n":     "a.cue:2:1",
		"\na: \"\\(b)\"\nb: 1\n":                             "a.cue:2:1",
		"a: 1 | 2 | 3\nb: len(\"x\")\n":                      "a.cue:1:1",
		"a: b: c: {d: 1 | 2}\nb: {c: [len(\"a\"), 1 | 2]}\n": "a.cue:2:1",
	} {
		p, fs := Parse(".", map[string][]byte{"a.cue": []byte(src)})
		if len(fs) > 0 {
			t.Fatal(fs)
		}
		got := ""
		if at, ok := p.Costly(); ok {
			got = fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
}
