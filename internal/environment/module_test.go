package environment

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// What is wrong with the file of a module is told at its place, and what is
// right is read however it is written.
func TestModuleFile(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"module: 5", `1:9 "module" is not a string`},
		{"module: \"\"", `1:9 "" is no name of a module`},
		{"module: \"a b\"", `1:9 "a b" is no name of a module`},
		{"module: \"a\" | \"b\"", `1:9 "module" is not a string`},
		{"module: \"\\(x)\"", `1:9 "module" is not a string`},
		{"[1]", "1:1 the file of the module is no list of fields"},
		{"\"x\"", "1:1 the file of the module is no list of fields"},
		{"module: \"a.example@v0\"\nlanguage: 5", `2:11 "language" is no struct`},
		{"module: \"a.example@v0\"\nlanguage: version: 5", `2:20 "version" is not a string`},
		{"module: \"a.example@v0\"\nlanguage: version: \"latest\"", `2:20 "latest" is no version of CUE`},
		{"module: [1]\nlanguage: version: {}", "1:9 \"module\" is not a string\n2:20 \"version\" is not a string"},
		{"module: \"a.example@v0\"\nlanguage: version: \"v99.0.0\"", "2:20 the module is written in CUE v99.0.0"},
		{"module: \"whiskops.github.io\"", "1:9 module \"whiskops.github.io\" hides the contract"},
		{"", ""},
		{"language: version: \"v0.9.0\"", ""},
		{"{module: #\"a.example/b_c@v1\"#}\nlanguage: {version: \"v0.9.0\"}\nlanguage: {}\nsource: kind: \"git\"", ""},
	} {
		m, fs := Repository{FS: fstest.MapFS{"cue.mod/module.cue": {Data: []byte(tt.src)}}, Dir: "r"}.module()
		var got []string
		for _, f := range fs {
			if f.Code != "WO119" || f.File != "r/cue.mod/module.cue" || f.Help == "" {
				t.Errorf("%q: %+v", tt.src, f)
			}
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
		}
		if all := strings.Join(got, "\n"); all != tt.want && (tt.want == "" || !strings.HasPrefix(all, tt.want)) {
			t.Errorf("%q: %q, want %q", tt.src, all, tt.want)
		}
		if strings.Contains(tt.src, "b_c") && m.path.Path != "a.example/b_c" {
			t.Errorf("%q: path %q", tt.src, m.path.Path)
		}
	}
}
