package track

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// TestFaults: each test that is named is in the repository.
func TestFaults(t *testing.T) {
	all, err := Faults()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there is no fault")
	}
	repository := os.DirFS("../..")
	for _, f := range all {
		held := f.Held
		if f.With != "" {
			held = append(held, f.With)
		}
		for _, h := range held {
			if err := h.Check(repository); err != nil {
				t.Errorf("%s: %v", f.Fault, err)
			}
		}
	}
}

// TestCheck: what is not there is found.
func TestCheck(t *testing.T) {
	repository := fstest.MapFS{
		"a/a_test.go":          {Data: []byte("package a\n\nfunc TestA(t *testing.T) { try(\"some words\") }\n")},
		"a/a.go":               {Data: []byte("package a\n\nfunc TestB(t *testing.T) { try(\"other words\") }\n")},
		"a/testdata/cases.txt": {Data: []byte("words of data\n\nfunc TestC(")},
		"a/b/b_test.go":        {Data: []byte("package b\n\nfunc TestD(t *testing.T) { try(\"words below\") }\n")},
	}
	for held, want := range map[Held]string{
		"a TestA":               "",
		"a TestA/some words":    "",
		"a TestA/words of data": "",
		"a TestA/cases":         "",
		"a/b TestD":             "",
		"a TestA/other words":   "says",
		"a TestA/words below":   "says",
		"a TestB":               "has no TestB",
		"a TestC":               "has no TestC",
		"a TestD":               "has no TestD",
		"c TestA":               "no folder c",
		"../a TestA":            "FOLDER TestName",
		"a":                     "FOLDER TestName",
		"a Example":             "FOLDER TestName",
	} {
		err := held.Check(repository)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", held, err, want)
		}
	}
}

// TestCommand: a test is run in its own module.
func TestCommand(t *testing.T) {
	for held, want := range map[Held]string{
		"internal/rules TestBounds/WO230": "go test ./internal/rules -run '^TestBounds$'",
		"e2e/servers TestKafka":           "cd e2e && go test ./servers -run '^TestKafka$'",
		"e2e/network TestMutations":       "cd e2e/network && go test ./ -run '^TestMutations$'",
		"e2e/networks TestMutations":      "cd e2e && go test ./networks -run '^TestMutations$'",
	} {
		if got := held.Command(); got != want {
			t.Errorf("%q: %s, want %s", held, got, want)
		}
	}
}

// TestRefused: a row that says too little or two things is no row.
func TestRefused(t *testing.T) {
	const row = "- {fault: a, kind: b, introduced: c, "
	for text, want := range map[string]string{
		row + "found: reader, held: [d TestE]}":                             "",
		row + "found: test, with: d TestE, held: [d TestE]}":                "",
		row + "found: reader, open: why}":                                   "",
		row + "found: luck, held: [d TestE]}":                               "found is",
		row + "found: test, held: [d TestE]}":                               "with",
		row + "found: user, with: d TestE, held: [d TestE]}":                "with",
		row + "found: user}":                                                "held",
		row + "found: user, held: [d TestE], open: why}":                    "held",
		row + "found: user, holds: [d TestE]}":                              "unknown field",
		"- {fault: a, kind: b, found: user, held: [d TestE]}":               "introduced",
		row + "found: user, open: why}\n" + row + "found: user, open: why}": "twice",
	} {
		_, err := parse([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
