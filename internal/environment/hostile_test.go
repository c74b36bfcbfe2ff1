package environment

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/place"
)

// Input that would end the process or keep it busy is one finding at once. The
// sizes are those at which the parser overflows its stack or takes hours; a quarter
// of them is enough for most.
func TestHostileInput(t *testing.T) {
	size := place.MaxInput - 1000
	if testing.Short() {
		size /= 16
	}
	noise := bytes.Repeat([]byte{0x7f, 'E', 'L', 'F', 0, 0xff, '"', '\n', '(', 0x80}, size/10)
	for _, tt := range []struct {
		name, src, code string
	}{
		{"brackets", "a: " + strings.Repeat("[", size), place.CodeSize},
		{"braces", "a: " + strings.Repeat("{a: ", size/4), place.CodeSize},
		{"parentheses", "a: " + strings.Repeat("(", size), place.CodeSize},
		{"operators", "a: " + strings.Repeat("!", size), place.CodeSize},
		{"labels", strings.Repeat("a: ", size/3), place.CodeSize},
		{"sum", "a: 1" + strings.Repeat(" + 1", size/4), place.CodeSize},
		{"interpolations", "a: " + strings.Repeat(`"\(`, size/3), place.CodeSize},
		{"attribute", "@a(" + strings.Repeat("(", size/8), place.CodeSyntax},
		{"noise", string(noise), place.CodeSyntax},
		{"commas", strings.Repeat(",", size), place.CodeSyntax},
		{"byte order mark alone", "\ufeff", place.CodeNothing},
		{"names that lead to names", "a: password: _1\n" + chain(size) + "}", place.CodeSyntax},
		{"texts below a password", "a: password: [" + strings.Repeat("\"abcdefgh\", ", size/12) + "\n}", place.CodeSyntax},
		{"NUL", "a: edge: host: \"a\x00b\"", place.CodeSyntax},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, fs, err := LoadBytes(".", map[string][]byte{"a.cue": []byte(tt.src)})
			if err != nil || len(fs) != 1 || fs[0].Code != tt.code {
				t.Errorf("findings %.300v, %v, want one %s", fs, err, tt.code)
			}
		})
	}
}

// What cannot be weighed has a bound when it is evaluated: each of these would
// take more memory than there is, in one step. The same on a small scale is fine.
func TestLargeSteps(t *testing.T) {
	const env = "a: {profile: \"development\", edge: host: \"a.example.com\", namespace: \"n\\(len(_x))\"}\n"
	for _, tt := range []struct{ name, imports, src, few, many string }{
		{"a variable", `"strings"`, "_y: [for n in [N] {strings.Repeat(\"a\", n)}]\n_x: _y[0]", "4096", "4097"},
		{"a part of a list", `"strings"`, "_x: strings.Repeat(\"a\", [N][0])", "4096", "100000000000"},
		{"a default", `"strings"`, "_n: *N | int\n_x: strings.Repeat(\"a\", _n)", "4096", "100000000000"},
		{"a calculated number", `"strings"`, "_x: strings.Repeat(\"a\", div(N, 1))", "4096", "100000000000"},
		{"under another name", `s "strings"`, "_x: s.Repeat(\"a\", div(N, 1))", "4096", "100000000000"},
		{"a list", `"list"`, "_x: list.Repeat([1], div(N, 1))", "1000", "100000000000"},
		{"a shift", `"math/bits"`, "_x: \"\\(bits.Lsh(1, div(N, 1)))\"", "20", "100000000000"},
		{"digits", `"strconv"`, "_x: strconv.FormatFloat(1.5, 102, div(N, 1), 64)", "20", "100000000000"},
		{"a text that is given", `"strings"`, "_f: {s: string, out: strings.Replace(s, \"a\", s, -1)}\n_x: (_f & {s: strings.Repeat(\"a\", N)}).out", "1024", "1025"},
		{"what joins", `"strings"`, "_f: {s: string, out: strings.Join([\"a\", \"b\"], s)}\n_x: (_f & {s: strings.Repeat(\"a\", N)}).out", "4096", "4097"},
		{"text within a label", `"strings"`, "_l: \"\\(strings.Repeat(\"a\", len([1]) * N))\": 1\n_x: _l", "20", "100000000000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// Where a value is one of several, or within another, the evaluator says
			// of it no more than that it has none.
			many := place.CodeSize
			if code, ok := map[string]string{"a default": place.CodeIncomplete, "a shift": place.CodeIncomplete, "text within a label": place.CodeIncomplete, "a text that is given": place.CodeExpression}[tt.name]; ok {
				many = code
			}
			for number, code := range map[string]string{tt.few: "", tt.many: many} {
				src := "import " + tt.imports + "\n" + env + strings.ReplaceAll(tt.src, "N", number)
				_, fs, err := LoadBytes(".", map[string][]byte{"a.cue": []byte(src)})
				if code == "" && (err != nil || len(fs) > 0) || code != "" && (len(fs) == 0 || fs[0].Code != code || fs[0].Line == 0) {
					t.Errorf("%s: findings %+v, %v, want %q", number, fs, err, code)
				}
			}
		})
	}
}

// chain is fields of which each refers to the one after it.
func chain(size int) string {
	var b strings.Builder
	for i := 1; b.Len() < size-100; i++ {
		fmt.Fprintf(&b, "_%d: _%d\n", i, i+1)
	}
	return b.String()
}

// A real file is far from the limits of nesting.
func TestNestingOfRealInput(t *testing.T) {
	deep := `import "strings"
a: edge: host: "\(strings.ToLower("A\("b" + "\("c")")"))x\(_y)"
_y: "z"
a: imagePullSecrets: [for x in ["a", "b"] if x != "c" {"\(x)-\(x)"}]
`
	if _, fs, err := LoadBytes(".", map[string][]byte{"a.cue": []byte(deep)}); err != nil || len(fs) > 0 {
		t.Error(fs, err)
	}
	long := "a: edge: host: \"a\"\na: runtimes: families: [" + strings.Repeat(`"nodejs", `, 300) + "]\n"
	if _, fs, err := LoadBytes(".", map[string][]byte{"a.cue": []byte(long)}); err != nil || len(fs) > 0 {
		t.Error(fs, err)
	}
}
