package environment

import (
	"testing"
	"testing/fstest"
)

// Who watches a run is told the file that is evaluated, as far as one can know.
func TestBeginNamesTheFile(t *testing.T) {
	const plain, loop = "package environments\n\na: {}\n", "package environments\n\nb: [for i in [1] {i}]\n"
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"one", fstest.MapFS{"a.cue": {Data: []byte(plain)}}, "evaluating envs/a.cue"},
		{"two", fstest.MapFS{"a.cue": {Data: []byte(plain)}, "c.cue": {Data: []byte("package environments\n\nc: {}\n")}}, "evaluating envs"},
		{"one of two calculates", fstest.MapFS{"a.cue": {Data: []byte(plain)}, "b.cue": {Data: []byte(loop)}},
			"evaluating envs (envs/b.cue:3:1 has the most to calculate)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			r := Repository{Begin: func(what string) (end func()) { got = what; return func() {} }}
			if _, _, err := r.Load(tt.files, "envs"); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("begun %q, want %q", got, tt.want)
			}
		})
	}
}
