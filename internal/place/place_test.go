package place

import (
	"testing"

	"cuelang.org/go/cue/ast"
	"github.com/google/go-cmp/cmp"
)

// References may lead in circles or grow without end: the search gives up.
func TestPositionEnds(t *testing.T) {
	// Parse would refuse it.
	f, fs := parseFile("a.cue", []byte(`
a: b & {x: y.z}
b: a & c
c: b & b
y: y.z
d0: {}
d1: d0 & d0 & d0
d2: d1 & d1 & d1 & {q: d2}
d3: d2 & d2 & d2
d4: d3 & d3 & d3
d5: d4 & d4 & d4
d6: d5 & d5 & d5
d7: d6 & d6 & d6
d8: d7 & d7 & d7
d9: d8 & d8 & d8
`))
	if len(fs) > 0 {
		t.Fatal(fs)
	}
	p := &Package{Dir: ".", Files: []*ast.File{f}}
	for _, path := range [][]string{{"a", "x", "y"}, {"y", "z", "z"}, {"d9", "q", "q", "q", "x"}, {"nowhere"}} {
		p.Find(path)
		p.Cycle(path)
	}
}

func TestJoinPath(t *testing.T) {
	for _, labels := range [][]string{
		{"kafka", "replicas"}, {"cluster", "nodes", "my-pool", "cpu"}, {"runtimes", "stemCells", "python:3.12"},
		{"kafka", "external", "bootstrap", "[0]"}, {"labels", "a.b/c\"d\\"}, {"ü", ""}, {"a\nb"}, {"[x]"},
	} {
		if diff := cmp.Diff(labels, SplitPath(JoinPath(labels...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", JoinPath(labels...), diff)
		}
	}
	if got, want := JoinPath("runtimes", "stemCells", "python:3.12", "[0]"), `runtimes.stemCells."python:3.12"[0]`; got != want {
		t.Errorf("JoinPath = %s, want %s", got, want)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"replicas", "userMemory", "replicationFactor", "minInSyncReplicas", "heap", "logs", "logLevel"}
	for word, want := range map[string]string{
		"replicsa": "replicas", "Replicas": "replicas", "user_memory": "userMemory", "memory": "userMemory",
		"loglevel": "logLevel", "log": "logs", "colour": "", "replicas": "", "x": "", "": "",
	} {
		if got := Suggest(word, known); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
