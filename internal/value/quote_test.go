package value

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/whiskops/whiskops/internal/seeds"
)

// nasty are strings that some reader of YAML treats in a way of its own.
var nasty = []string{
	"", "y", "Y", "n", "yes", "NO", "on", "Off", "true", "FALSE", "~", "null", "Null", "<<", "=", "?", "-", "--", "---", "...", "...\n",
	"0", "-1", "+1", "1.5e", "1.5e3", "6.8523015e+5", "1e3", "0x1", "0X1F", "0o17", "017", "08", "0b11", "-0b11", "1_000", "_1", "1:30", "190:20:30.15", "-1:30",
	"1.", ".5", "-.5", "._", "._1", "+._", ".", ".inf", "-.INF", "+.inf", ".NaN", "10.0.0.1", "::1", "2.0.0",
	"2026-01-01", "2026-1-1", "2026-01-01T10:00:00Z", "2026-01-01t10:00:00.1-05:00", "2026-01-01 10:00:00", "2026-01-01 10:00:00.10 -5", "2026-01-01 \t1:2:3Z",
	" a", "a ", "\ta", "a\t", " ", "\t", "\n", "\n\n", " \n", "a\n", "a\n\n", "a \nb", "a\t\nb", "\na", " a\nb", "\ta\nb", "a\n b\n", "a\n\tb\n",
	"a\r", "\r\n", "a\r\nb", "a\r\nb\r\n", "a\rb", "\u0085", "a\u0085b", "\u2028", "a\u2028b", "a\nb\u2029", "\ufeff", "\ufeffa", "a\ufeffb\n", "\u007f", "a\nb\u007f",
	"\x00", "a\x1bb", "\u0080", "a\u009fb\nc", "\u00a0", "\ufffd", "\ufffe", "\uffff", "\ue000", "\U0001f419", "a\U0001f419\nb", "e\u0301",
	"'", "''", "\"", "'a'", "\"a\"", "it's", "\\", "a\\nb", "# a", "a #b", "a:", "a: b", ": a", "- a", "? a", "*a", "&a", "!a", "!!str a", "%a", "@a", "`a", "|", ">", "|\na",
	"{", "}", "[", "]", ",", "{a: b}", "[a]", "{{ .A }}", "$(A)", "key: |\n  text\n", "---\na: b\n", "a\n---\nb", "#\na", "%YAML 1.1\n---\n",
	strings.Repeat("word ", 60), strings.Repeat("x", 300), strings.Repeat("x", 1100), strings.Repeat("word ", 60) + "\nend",
}

// TestEveryReaderReadsTheSameString: a string comes back as it was from the
// readers of YAML 1.2 (kyaml's) and 1.1 (kubectl's), as a value, in a list and
// as a key.
func TestEveryReaderReadsTheSameString(t *testing.T) {
	for _, s := range nasty {
		readBack(t, s)
	}
	for _, seed := range seeds.Of(t, 20, 400) {
		r := rand.New(rand.NewPCG(seed, 0))
		for range 50 {
			var b strings.Builder
			for range 1 + r.IntN(5) {
				b.WriteString(piece(r))
			}
			readBack(t, b.String())
		}
		if t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

func FuzzQuoted(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(readBack)
}

// piece of a string: a nasty one, a part of one, or any character.
func piece(r *rand.Rand) string {
	s := nasty[r.IntN(len(nasty))]
	switch r.IntN(3) {
	case 0:
		if len(s) > 0 {
			i := r.IntN(len(s))
			return s[i : i+1]
		}
	case 1:
		return string(rune(r.IntN(0x10ffff)))
	}
	return s
}

func readBack(t *testing.T, s string) {
	t.Helper()
	s = string([]rune(s)) // what is no UTF-8 is mended
	text := printed(t, map[string]any{"v": s, "l": []any{s, map[string]any{"v": s}}, "k" + s: s, "m": map[string]any{s: ""}})
	for reader, read := range map[string]func([]byte, any) error{"1.2": yaml.Unmarshal, "1.1": func(text []byte, v any) error { return yamlv2.Unmarshal(text, v) }} {
		var v map[string]any
		if err := read(text, &v); err != nil {
			t.Errorf("%q: YAML %s: %v\n%s", s, reader, err, text)
			continue
		}
		plain, err := Settle(v)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"v": s, "l": []any{s, map[string]any{"v": s}}, "k" + s: s, "m": map[string]any{s: ""}}
		if diff := Diff(want, plain); diff != "" {
			t.Errorf("%q: YAML %s (- written, + read):\n%s%s", s, reader, diff, text)
		}
	}
}

func printed(t *testing.T, v any) []byte {
	t.Helper()
	n, err := Node(v)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	if err := e.Encode(n); err != nil {
		t.Fatalf("%q: %v", v, err)
	}
	return b.Bytes()
}

// What a person reads most stays without quotes.
func TestQuotesAreForThoseThatNeedThem(t *testing.T) {
	for s, style := range map[string]yaml.Style{
		"controller": 0, "512Mi": 0, "10s": 0, "http://a:80/": 0, "kafka-0.kafka:9092": 0, "yesterday": 0, "a=b": 0, "-Xmx1g": 0,
		"no": yaml.DoubleQuotedStyle, "=": yaml.DoubleQuotedStyle, "._": yaml.DoubleQuotedStyle, "190:20:30": yaml.DoubleQuotedStyle, "~": yaml.DoubleQuotedStyle, "1:30": yaml.DoubleQuotedStyle, "<<": yaml.DoubleQuotedStyle, "2026-01-01 10:00:00 -5": yaml.DoubleQuotedStyle,
		"a\nb\n": yaml.LiteralStyle, "a\n\tb": yaml.LiteralStyle, "a \nb": yaml.DoubleQuotedStyle, "a\r\nb": yaml.DoubleQuotedStyle,
	} {
		if got := quoted(s).Style; got != style {
			t.Errorf("%q has style %d, wanted %d", s, got, style)
		}
	}
}
