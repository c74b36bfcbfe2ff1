package environment

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/whiskops/whiskops/internal/place"
)

// Input that would end the process or keep it busy is one finding at once. The
// sizes are those at which the parser overflows its stack or takes hours.
func TestHostileInput(t *testing.T) {
	const size = place.MaxInput - 1000
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
